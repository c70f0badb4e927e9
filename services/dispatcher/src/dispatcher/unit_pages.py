"""The member unit's desk: my orders by what is due, one screen per order, reply with preview."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.auth import Principal, allow
from chassis.ids import Ids
from chassis.pages.shell import PageShell
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.commands import UNIT_COMMAND
from dispatcher.domain.guard import open_to
from dispatcher.doors import OrderPath, obey_member, person_of, unit_order
from dispatcher.forms import fields_of, key_of, parsed
from dispatcher.page_parts import deadlines, due_of, moments
from dispatcher.ports import OrderNumbers, Orders, Standing, UnitFiles
from dispatcher.shown import listed
from dispatcher.use_cases.mask_text import masked

OfUnit = Annotated[Principal, allow(Role.UNIT_HANDLER, Role.UNIT_HEAD)]


def router(orders: Orders, numbers: OrderNumbers, standing: Standing, ids: Ids, files: UnitFiles) -> APIRouter:
    """The pages under ``/desk/unit``. The unit is the token's, never the address's."""
    api = APIRouter(include_in_schema=False)

    @api.get("/desk/unit")
    async def work_list(
        principal: OfUnit, request: Request, cursor: Annotated[str | None, Query(max_length=200)] = None
    ) -> Response:
        unit = _unit(principal)
        rows, after = await numbers.page({"row.units": unit, "row.open": True}, "due", cursor, 50)
        items = [
            {**listed(row["row"], row["_id"], unit), "due_at": due_of(row["row"])}
            for row in rows
            if open_to(row["row"], person_of(principal))
        ]
        name = standing.tables().directory.name(unit)
        return _shell(request).render(request, "dispatcher_unit.html", rows=items, after=after, unit_name=name, ids=ids)

    @api.get("/desk/unit/{order}")
    async def one(principal: OfUnit, request: Request, order: OrderPath) -> Response:
        return await show(principal, request, order)

    @api.post("/desk/unit/{order}/preview")
    async def preview(principal: OfUnit, request: Request, order: OrderPath) -> Response:
        text = (await request.form()).get("public_text")
        words = masked(text[:20_000], standing.tables().directory) if isinstance(text, str) else ""
        return _shell(request).render(request, "dispatcher_preview.html", text=words, order=order)

    @api.post("/desk/unit/{order}/{action}")
    async def act(principal: OfUnit, request: Request, order: OrderPath, action: str) -> Response:
        form = await request.form()
        asked = parsed(UNIT_COMMAND, {**fields_of(form), "type": action, "work_order": order})
        if isinstance(asked, str):
            return await show(principal, request, order, wrong=asked)
        unit = _unit(principal)
        answer = await obey_member(orders, numbers, standing, unit, key_of(form), principal, asked, files)
        return await show(principal, request, order, answer=dict(answer.body))

    async def show(
        principal: Principal, request: Request, order: str, wrong: str | None = None,
        answer: dict[str, Any] | None = None,
    ) -> Response:  # fmt: skip
        unit = _unit(principal)
        shown = await unit_order(orders, numbers, standing, person_of(principal), order)
        own = next((part for part in shown["work"] if part["unit"] == unit), None)
        return _shell(request).render(
            request,
            "dispatcher_unit_order.html",
            order=shown,
            own=own,
            moments=moments(shown),
            deadlines=deadlines(shown),
            units=[one for one in standing.tables().directory.units.values() if one.id != unit],
            wrong=wrong,
            answer=answer,
            ids=ids,
            fetches=True,
        )

    return api


def _unit(principal: Principal) -> str:
    if principal.unit is None:
        raise Problem(403, "Forbidden", "Your token is for no unit.", "other-unit", "unit")
    return principal.unit


def _shell(request: Request) -> PageShell:
    shell: PageShell = request.app.state.pages
    return shell
