"""Forms of pages become the same commands that come over HTTP and AMQP."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData

from chassis.problems import Problem

T = TypeVar("T")
KEY = "key"
"""The hidden field with the command's id: pressing a button twice is one command."""

_LISTS = ("co_units", "member_units", "checklist", "not_applicable", "attachments")
_LINES = ("reasons", "attendees", "decisions", "staff")
_INSTANTS = ("until", "due", "held_at", "visited_at", "contacted_at")
_ZONE = ZoneInfo("Asia/Shanghai")


def fields_of(form: FormData) -> dict[str, Any]:
    """The filled-in fields: one reason per line, dates as local time in Shanghai."""
    found: dict[str, Any] = {}
    for name in form:
        values = [value.strip() for value in form.getlist(name) if isinstance(value, str) and value.strip()]
        if name == KEY or not values:
            continue
        if name in _LISTS:
            found[name] = values
        elif name in _LINES:
            found[name] = [line.strip() for value in values for line in value.splitlines() if line.strip()]
        elif name in _INSTANTS:
            found[name] = _instant(values[0], name)
        else:
            found[name] = values[0]
    return found


def key_of(form: FormData) -> str:
    """The command's id. Raises ``Problem`` 422 without one."""
    key = form.get(KEY)
    if not isinstance(key, str) or not 1 <= len(key) <= 128:
        raise Problem(422, "No command id", "Load the page again.", "command-id", KEY)
    return key


def parsed(adapter: TypeAdapter[T], fields: Mapping[str, Any]) -> T | str:
    """The command, or the name of the first field that is wrong; never what was written."""
    try:
        return adapter.validate_python(dict(fields))
    except ValidationError as error:
        location = error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
        return str(location[-1]) if location else "body"


def _instant(text: str, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise Problem(422, "Invalid input", "A date is not valid.", "invalid-input", name) from None
    return at if at.tzinfo is not None else at.replace(tzinfo=_ZONE)
