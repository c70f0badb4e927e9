"""The citizens' page of one appeal: how it stands, and the forms by which its caller acts on it."""

from typing import Any

from fastapi import Request, Response

from chassis.clock import infrastructure_now
from chassis.ids import Ids
from intake.answers import appeal_shown
from intake.domain.commands import object_to_guidance, over
from intake.domain.view import fold
from intake.doors import Doors
from intake.forms import shell_of
from intake.ports import Appeal
from intake.uploads import ACCEPT, MOST
from intake.use_cases.object_to_guidance import objection_of

FORMS = ("supplement", "objection", "withdrawal")


def query_page(request: Request, status: int = 200, **shown: Any) -> Response:
    """The way in: number and query code."""
    values: dict[str, Any] = {"number": "", "refused": "", "shown": None, "kept": "", "action": "/query", **shown}
    return shell_of(request).render(request, "intake_query.html", status=status, **values)


def appeal_page(request: Request, doors: Doors, ids: Ids, appeal: Appeal, status: int = 200, **shown: Any) -> Response:
    """The appeal as it stands now, with a fresh ticket and fresh keys in its forms.

    ``shown`` may hold what was answered to a form: ``done`` and ``refused`` (keys of words), ``said`` (words), ``form``
    (which one), ``wrong`` and ``values`` by field. A form that comes back keeps its key, so that it acts once.
    """
    number = str(appeal.document.row["number"])
    view = fold(appeal.document.facts)
    keys = {form: ids.fresh() for form in FORMS}
    again = shown.get("form", "supplement")
    if status in (422, 429) and shown.get("values", {}).get("key"):
        keys[again] = shown["values"]["key"]
    may = {
        "supplement": over(view, repeat=False) is None,
        "withdrawal": over(view, repeat=False) is None,
        "objection": object_to_guidance(view) is None and objection_of(appeal.document) is None,
    }
    values: dict[str, Any] = {
        "wrong": {},
        "values": {},
        "form": "",
        "done": "",
        "said": "",
        "refused": "",
        "kept": "",
        **shown,
    }
    return shell_of(request).render(
        request,
        "intake_query.html",
        status=status,
        number=number,
        action="/query",
        shown=appeal_shown(appeal),
        ticket=doors.tickets.give(number, infrastructure_now()),
        keys=keys,
        may=may,
        accept=ACCEPT,
        most=MOST,
        objected=objection_of(appeal.document),
        **values,
    )
