"""The centre's desks: signature, returns, extensions, review, instructions; and the public directory."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from chassis.auth import Principal, allow, public
from chassis.document import Command
from chassis.ids import Ids
from chassis.pages.shell import PageShell
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.commands import (
    CentreCommand,
    Designation,
    DirectAnswer,
    ExtensionDecision,
    Instruction,
    PhoneCall,
    ReturnDecision,
    Review,
    Signature,
)
from dispatcher.doors import OrderPath
from dispatcher.forms import fields_of, key_of, parsed
from dispatcher.page_parts import deadlines, due_of, moments, since_of, why
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.shown import listed, order_shown
from dispatcher.use_cases.obey_centre import obey_centre

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
CATALOGUE = HERE / "i18n"

LISTS: dict[str, tuple[str, ...]] = {
    "duty": ("signature", "return", "extension", "objection", "phone"),
    "review": ("review",),
    "leader": ("leader",),
}
"""Desk to the lists it works on."""

ACTIONS: dict[str, tuple[type[CentreCommand], Role]] = {
    "signature": (Signature, Role.DUTY_OFFICER),
    "direct-answer": (DirectAnswer, Role.DUTY_OFFICER),
    "return-decision": (ReturnDecision, Role.DUTY_OFFICER),
    "extension-decision": (ExtensionDecision, Role.DUTY_OFFICER),
    "designation": (Designation, Role.DUTY_OFFICER),
    "phoned": (PhoneCall, Role.DUTY_OFFICER),
    "review": (Review, Role.REVIEWER),
    "instruction": (Instruction, Role.LEADER),
}

DutyOfficer = Annotated[Principal, allow(Role.DUTY_OFFICER)]
Reviewer = Annotated[Principal, allow(Role.REVIEWER)]
Leader = Annotated[Principal, allow(Role.LEADER)]
Centre = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.REVIEWER, Role.LEADER)]
Cursor = Annotated[str | None, Query(max_length=200)]


def router(orders: Orders, numbers: OrderNumbers, standing: Standing, ids: Ids) -> APIRouter:
    """The pages under ``/desk/duty``, ``/desk/review``, ``/desk/leader``, ``/desk/orders`` and the directory."""
    api = APIRouter(include_in_schema=False)

    async def listing(request: Request, desk: str, name: str | None, cursor: str | None) -> Response:
        name = name if name in LISTS[desk] else LISTS[desk][0]
        rows, after = await numbers.page({"row.desks": name}, "since", cursor, 50)
        known = standing.tables().directory
        items = [
            {
                **listed(row["row"], row["_id"]),
                "due_at": due_of(row["row"]),
                "since_at": since_of(row["row"]),
                "unit_name": known.name(_unit(row["row"])),
            }
            for row in rows
        ]
        return _shell(request).render(
            request, "dispatcher_list.html", desk=desk, names=LISTS[desk], name=name, rows=items, after=after, ids=ids
        )

    @api.get("/desk/duty")
    async def duty(_: DutyOfficer, request: Request, list: str | None = None, cursor: Cursor = None) -> Response:
        return await listing(request, "duty", list, cursor)

    @api.get("/desk/review")
    async def review(_: Reviewer, request: Request, cursor: Cursor = None) -> Response:
        return await listing(request, "review", None, cursor)

    @api.get("/desk/leader")
    async def leader(_: Leader, request: Request, cursor: Cursor = None) -> Response:
        return await listing(request, "leader", None, cursor)

    @api.get("/desk/orders/{order}")
    async def one(principal: Centre, request: Request, order: OrderPath) -> Response:
        return await _order(request, orders, numbers, standing, ids, order, principal)

    @api.post("/desk/orders/{order}/{action}")
    async def act(principal: Centre, request: Request, order: OrderPath, action: str) -> Response:
        if action not in ACTIONS:
            raise Problem(404, "Not found", "There is no such action.", "unknown-action")
        model, role = ACTIONS[action]
        if role not in principal.roles:
            raise Problem(403, "Forbidden", "Your roles do not open this door.", "wrong-role")
        form = await request.form()
        asked = parsed(TypeAdapter(model), fields_of(form))
        if isinstance(asked, str):
            return await _order(request, orders, numbers, standing, ids, order, principal, wrong=asked)
        body = {"order": order, "command": model.__name__, **asked.model_dump(mode="json")}
        command = Command.of(principal.user, key_of(form), body)
        answer = await obey_centre(orders, numbers, standing, order, command, asked)
        return await _order(request, orders, numbers, standing, ids, order, principal, answer=dict(answer.body))

    @api.get("/directory")
    @api.get("/public/units")
    async def directory(
        _: Annotated[Principal | None, public("the directory of member units is published [S0]")], request: Request
    ) -> Response:
        known = standing.tables().directory
        return _shell(request).render(
            request, "dispatcher_directory.html", units=list(known.units.values()), directory=known
        )

    return api


async def _order(
    request: Request, orders: Orders, numbers: OrderNumbers, standing: Standing, ids: Ids, order: str,
    principal: Principal, *, wrong: str | None = None, answer: dict[str, Any] | None = None,
) -> Response:  # fmt: skip
    subject = await numbers.subject_of(order)
    if subject is None:
        raise Problem(404, "Not found", "There is no such order.", "unknown-order", "order")
    tables = standing.tables()
    document = await orders.load(subject)
    shown = order_shown(document, tables.directory)
    barred = set(document.row.get("barred", ()))
    return _shell(request).render(
        request,
        "dispatcher_order.html",
        order=shown,
        moments=moments(shown),
        why=why(shown["reason"]),
        deadlines=deadlines(shown),
        units=[unit for unit in tables.directory.units.values() if unit.id not in barred],
        directory=tables.directory,
        knowledge=tables.knowledge.search(shown["text_masked"], 3),
        roles={str(role) for role in principal.roles},
        wrong=wrong,
        answer=answer,
        ids=ids,
        catalog_version=tables.catalogue.version,
    )


def _unit(row: dict[str, Any]) -> str | None:
    pending: list[dict[str, Any]] = row.get("pending") or []
    found: str | None = pending[0]["unit"] if pending else row.get("proposed_unit") or row.get("unit")
    return found


def _shell(request: Request) -> PageShell:
    shell: PageShell = request.app.state.pages
    return shell
