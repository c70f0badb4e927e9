"""What the two pages that register share: the form, its checks by field, and the way to a receipt."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chassis.pages.shell import PageShell
from contracts.words import Channel, Lane
from first_look import suspect_lines
from intake.domain.submission import missing_elements, readable_phone
from intake.domain.timeline_words import MISSING
from intake.ports import Receipt
from intake.requests import AppealBody

_FIELDS = {
    ("text",): "text",
    ("caller", "name"): "name",
    ("caller", "phone"): "phone",
    ("caller", "address"): "address",
    ("place", "text"): "place",
    ("place", "area_code"): "area_code",
    ("subject_unit",): "subject_unit",
    ("accused_unit",): "accused_unit",
    ("source_number",): "source_number",
}
_WORDS = {"string_too_long": "form.wrong.too_long", "string_pattern_mismatch": "form.wrong.area_code"}


class Filled(BaseModel):
    """A form as it came. Only the key is checked here: what a person typed is refused field by field, on the form."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    key: Annotated[str, Field(min_length=16, max_length=128)]
    text: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    place: str = ""
    area_code: str = ""
    subject_unit: str = ""
    accused_unit: str = ""
    source_number: str = ""
    channel: Channel = Channel.PHONE
    anonymous: bool = False
    confidential: bool = False
    consent: bool = False
    attachments: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=10)] = []

    def __repr__(self) -> str:
        return "Filled(…)"

    def asked(self) -> dict[str, Any]:
        """As ``POST /appeals`` would be asked; the form's key is its message's id."""
        caller = {"name": self.name.strip(), "phone": self.phone.strip(), "address": self.address.strip()}
        place = self.place.strip()
        return {
            "channel": self.channel,
            "message_id": self.key,
            "text": self.text,
            "caller": {name: value for name, value in caller.items() if value} or None,
            "place": {"text": place, "area_code": self.area_code.strip() or None} if place else None,
            "anonymous": self.anonymous,
            "confidential": self.confidential,
            "subject_unit": self.subject_unit.strip() or None,
            "accused_unit": self.accused_unit.strip() or None,
            "source_number": self.source_number.strip() or None,
            "attachments": self.attachments,
        }

    def without(self, wrong: Mapping[str, str], key: str) -> dict[str, Any]:
        """The values to show again under ``key``: what is wrong is not repeated, but a text is never thrown away."""
        return {name: "" if name in wrong and name != "text" else value for name, value in self} | {"key": key}


def checked(filled: Filled) -> tuple[AppealBody | None, dict[str, str]]:
    """The body, or the key of the words that say what is wrong, by field. Repeats nothing of what was sent."""
    wrong: dict[str, str] = {}
    body: AppealBody | None = None
    try:
        body = AppealBody.model_validate(filled.asked())
    except ValidationError as error:
        for entry in error.errors(include_input=False, include_url=False, include_context=False):
            field = _FIELDS.get(tuple(str(part) for part in entry["loc"]), "text")
            wrong[field] = _WORDS.get(entry["type"], "form.wrong.other")
    if filled.phone.strip() and "phone" not in wrong and not readable_phone(filled.phone.strip()):
        wrong["phone"] = "form.wrong.phone"
    if filled.area_code.strip() and not filled.place.strip():
        wrong["place"] = "form.wrong.place"
    return (None if wrong else body), wrong


def lane_of(filled: Filled) -> Lane:
    """The places that registering this takes."""
    return Lane.EMERGENCY if suspect_lines(filled.text) else Lane.ORDINARY


def address_of(request: Request) -> str:
    """Where the request comes from; counted, never kept as it is."""
    return request.client.host if request.client is not None else ""


def shell_of(request: Request) -> PageShell:
    """The page shell of the app that serves ``request``."""
    shell: PageShell = request.app.state.pages
    return shell


def look(request: Request, filled: Filled, template: str) -> Response:
    """The first look at what is typed so far: lines it might concern, and what the record still lacks."""
    body, _ = checked(filled)
    missing = missing_elements(body.submission(())) if body is not None and filled.text.strip() else ()
    lines = suspect_lines(filled.text)
    return shell_of(request).render(request, template, lines=lines, missing=[MISSING[part] for part in missing])


def receipt_page(
    request: Request, template: str, receipt: Receipt, filled: Filled, done: str = "file.done"
) -> Response:
    """Number and code, large, with what is missing; ``done`` is the key of the heading."""
    return shell_of(request).render(
        request,
        template,
        status=201,
        done=done,
        number=receipt.number,
        code=receipt.query_code,
        missing=[MISSING[part] for part in receipt.missing],
        lines=suspect_lines(filled.text),
    )
