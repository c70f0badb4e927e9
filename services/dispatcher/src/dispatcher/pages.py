"""The centre's desks: signature, returns, extensions, review, instructions; and the public directory."""

import asyncio
from pathlib import Path as FilePath
from typing import Annotated, Any
from urllib.parse import parse_qs, quote, urlsplit

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import TypeAdapter

from chassis.auth import Principal, allow, public
from chassis.ids import Ids
from chassis.pages.shell import PageShell
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.centre_doors import DOOR_OF
from dispatcher.commands import Recusal
from dispatcher.doors import OrderPath, centre_order, obey, person_of
from dispatcher.forms import fields_of, key_of, parsed
from dispatcher.page_parts import asked as asked_of
from dispatcher.page_parts import deadlines, due_of, moments, ruled, since_of, why
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.shown import listed, order_shown
from dispatcher.use_cases.find_orders import Search, find_orders

HERE = FilePath(__file__).parent
TEMPLATES = HERE / "templates"
CATALOGUE = HERE / "i18n"

LISTS: dict[str, tuple[str, ...]] = {
    "duty": ("retaliation", "signature", "return", "extension", "objection", "meeting", "major", "phone"),
    "review": ("review",),
    "leader": ("leader",),
}
"""Desk to the lists it works on."""
DESK_OF = {name: desk for desk, names in LISTS.items() for name in names}
DEFAULT = {"duty": "signature"}
"""The list a desk opens with, where it is not the first."""
COUNTED = 99
"""So far the lists' tabs count one by one."""

FETCHERS = (Role.DUTY_OFFICER, Role.REVIEWER)
"""Of those who open orders here, the ones to whom intake hands out files (its GET /attachments/{attachment_id})."""

DutyOfficer = Annotated[Principal, allow(Role.DUTY_OFFICER)]
Reviewer = Annotated[Principal, allow(Role.REVIEWER)]
Leader = Annotated[Principal, allow(Role.LEADER)]
Centre = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.REVIEWER, Role.SUPERVISOR, Role.LEADER)]
Desk = Annotated[str, Path(pattern="^(duty|review|leader)$")]
Cursor = Annotated[str | None, Query(max_length=200)]


def router(orders: Orders, numbers: OrderNumbers, standing: Standing, ids: Ids) -> APIRouter:
    """The pages under ``/desk/duty``, ``/desk/review``, ``/desk/leader``, ``/desk/orders`` and the directory."""
    api = APIRouter(include_in_schema=False)

    async def listing(
        principal: Principal, request: Request, desk: str, name: str | None, cursor: str | None
    ) -> Response:
        name = name if name in LISTS[desk] else DEFAULT.get(desk, LISTS[desk][0])
        rows, after = await find_orders(orders, numbers, Search(desk=name), person_of(principal), cursor, 50)
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
            request,
            "dispatcher_list.html",
            desk=desk,
            names=LISTS[desk],
            counts=await counts(principal, desk),
            name=name,
            rows=items,
            after=after,
            ids=ids,
        )

    async def counts(principal: Principal, desk: str) -> dict[str, str]:
        """What stands behind each tab. Not for people of a unit: a count would tell of what the guard hides."""
        if principal.unit is not None:
            return {}
        asked = [numbers.about({"row.desks": name}, "since", COUNTED) for name in LISTS[desk]]
        told = dict(zip(LISTS[desk], await asyncio.gather(*asked), strict=True))
        return {name: str(count) if exact else f"{count}+" for name, (count, exact) in told.items()}

    async def following(principal: Principal, name: str, after: str, but: str) -> Response:
        """On to the next order of a list: behind ``after``, else the first again, else the list itself."""
        for cursor in (after or None, None):
            rows, _ = await find_orders(orders, numbers, Search(desk=name), person_of(principal), cursor, 2)
            other = next((row["_id"] for row in rows if row["_id"] != but), None)
            if other is not None:
                return RedirectResponse(f"/desk/orders/{quote(other)}?list={name}", 303)
        return RedirectResponse(f"/desk/{DESK_OF[name]}?list={name}", 303)

    @api.get("/desk/{desk}/next")
    async def next_order(
        principal: Centre, desk: Desk, list: str, after: Cursor = None, but: Annotated[str, Query(max_length=128)] = ""
    ) -> Response:
        if list not in LISTS[desk]:
            raise Problem(404, "Not found", "There is no such list.", "unknown-list", "list")
        return await following(principal, list, after or "", but)

    @api.get("/desk/duty")
    async def duty(
        principal: DutyOfficer, request: Request, list: str | None = None, cursor: Cursor = None
    ) -> Response:
        return await listing(principal, request, "duty", list, cursor)

    @api.get("/desk/review")
    async def review(principal: Reviewer, request: Request, cursor: Cursor = None) -> Response:
        return await listing(principal, request, "review", None, cursor)

    @api.get("/desk/leader")
    async def leader(principal: Leader, request: Request, cursor: Cursor = None) -> Response:
        return await listing(principal, request, "leader", None, cursor)

    @api.get("/desk/orders/{order}")
    async def one(principal: Centre, request: Request, order: OrderPath) -> Response:
        return await _order(request, orders, numbers, standing, ids, order, principal)

    @api.post("/desk/orders/{order}/{action}")
    async def act(principal: Centre, request: Request, order: OrderPath, action: str) -> Response:
        if action not in DOOR_OF:
            raise Problem(404, "Not found", "There is no such action.", "unknown-action")
        door = DOOR_OF[action]
        if not principal.is_any(*door.roles):
            raise Problem(403, "Forbidden", "Your roles do not open this door.", "wrong-role")
        form = await request.form()
        asked = parsed(TypeAdapter(door.body), fields_of(form))
        if isinstance(asked, str):
            return await _order(request, orders, numbers, standing, ids, order, principal, wrong=asked)
        answer = await obey(orders, numbers, standing, order, key_of(form), principal, asked)
        if isinstance(asked, Recusal) and answer.status == 200:
            return _shell(request).render(request, "dispatcher_recused.html", order=order)
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
    tables = standing.tables()
    document = await centre_order(orders, numbers, standing, order, person_of(principal))
    shown = order_shown(document, tables.directory)
    barred = set(document.row.get("barred", ()))
    return _shell(request).render(
        request,
        "dispatcher_order.html",
        order=shown,
        moments=moments(shown),
        why=why(shown["reason"]),
        asked=asked_of(shown),
        ruled=ruled(shown),
        list=_list(request),
        desk=DESK_OF.get(_list(request) or ""),
        place=f"{shown['since']}~{shown['subject']}",
        deadlines=deadlines(shown),
        units=[unit for unit in tables.directory.units.values() if unit.id not in barred],
        directory=tables.directory,
        leaders=tables.leaders,
        checklist=tables.checklist,
        knowledge=tables.knowledge.search(shown["text_masked"], 3),
        roles={str(role) for role in principal.roles},
        fetches=principal.is_any(*FETCHERS),
        recused=sorted({one.partition("\n")[0] for one in document.row.get("recused", ())}),
        wrong=wrong,
        answer=answer,
        ids=ids,
        catalog_version=tables.catalogue.version,
    )


def _list(request: Request) -> str | None:
    """The list somebody came from: in the address, or in that of the page whose form was sent."""
    query = request.query_params.get("list") or ""
    if not query and (page := request.headers.get("hx-current-url")):
        query = (parse_qs(urlsplit(page).query).get("list") or [""])[0]
    return query if query in DESK_OF else None


def _unit(row: dict[str, Any]) -> str | None:
    pending: list[dict[str, Any]] = row.get("pending") or []
    found: str | None = pending[0]["unit"] if pending else row.get("proposed_unit") or row.get("unit")
    return found


def _shell(request: Request) -> PageShell:
    shell: PageShell = request.app.state.pages
    return shell
