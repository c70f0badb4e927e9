"""What member units use over HTTP: their messages, their commands, their list; and the public directory."""

import csv
import io
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from chassis.auth import Principal, allow, public
from chassis.problems import tell
from chassis.requests import waiting
from contracts.words import Role
from dispatcher.commands import CommandId, UnitCommand
from dispatcher.domain.guard import open_to
from dispatcher.doors import OrderPath, answered, command_id, obey_member, own, person_of, unit_order
from dispatcher.ports import Feed, OrderNumbers, Orders, Standing, UnitFiles
from dispatcher.shown import listed
from dispatcher.use_cases.find_orders import Search, find_orders
from dispatcher.use_cases.read_messages import read_messages
from dispatcher.work_lists import Form, Number, Since, State, Text, Topic, Until, exported

MOST_WAIT_SECONDS = 30.0

_AT = "/units/{unit}"
_ORDERS = f"{_AT}/work-orders"
DOORS = (f"{_AT}/messages", f"{_AT}/commands", _ORDERS, f"{_ORDERS}/export", f"{_ORDERS}/{{order}}")
"""What units' programs use: refused requests are kept."""

UnitPath = Annotated[str, Path(pattern=r"^[a-z0-9-]{2,40}$", description="The member unit's id.")]
OfUnit = Annotated[Principal, allow(Role.UNIT_HANDLER, Role.UNIT_HEAD)]
Anybody = Annotated[Principal | None, public("the directory of member units is published [S0]")]
Key = Annotated[CommandId | None, Header(alias="Idempotency-Key", description="The command id, 1 to 128 characters.")]


def router(orders: Orders, numbers: OrderNumbers, standing: Standing, feed: Feed, files: UnitFiles) -> APIRouter:
    """The routes under ``/units``."""
    api = APIRouter(tags=["units"])

    @api.get("/units")
    async def units(
        _: Anybody,
        form: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
    ) -> Response:
        """成员单位名录: names and telephone numbers, as JSON or CSV."""
        directory = standing.tables().directory
        rows = [
            {"id": one.id, "zh": one.zh, "en": one.en, "phone": one.phone, "parent": one.parent}
            for one in directory.units.values()
        ]
        if form == "json":
            return JSONResponse({"version": directory.version, "items": rows, "next": None})
        text = io.StringIO()
        writer = csv.DictWriter(text, ["id", "zh", "en", "phone", "parent"])
        writer.writeheader()
        writer.writerows(rows)
        # The byte order mark makes spreadsheet programs read UTF-8.
        return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8")

    @api.get("/units/{unit}/messages")
    async def messages(
        principal: OfUnit,
        request: Request,
        unit: UnitPath,
        after: Annotated[int, Query(ge=0, description="The last cursor you have.")] = 0,
        limit: Annotated[int, Query(ge=1, le=500)] = 100,
        wait: Annotated[float, Query(ge=0, le=MOST_WAIT_SECONDS, description="Seconds to wait for the first.")] = 0,
    ) -> dict[str, Any]:
        """The unit's messages in order; at least once, each with a stable ``id``."""
        own(principal, unit, standing.tables().directory)
        if wait:
            with waiting(request):
                items = await feed.read(unit, after, limit, wait)
        else:
            items = await feed.read(unit, after, limit, 0)
        following = items[-1]["cursor"] if items else after
        shown = await read_messages(feed, numbers, unit, person_of(principal), items)
        return {"items": shown, "next": following}

    @api.post("/units/{unit}/commands")
    async def commands(
        principal: OfUnit,
        request: Request,
        unit: UnitPath,
        body: UnitCommand,
        key: Key = None,
    ) -> Response:
        """One command of the unit; the same id again gets the same answer. 409 with a ``code`` when a rule refuses."""
        own(principal, unit, standing.tables().directory)
        key = command_id(key, body.command_id)
        answer = await obey_member(orders, numbers, standing, unit, key, principal, body, files)
        if answer.status >= 400:
            tell(request.scope, str(answer.body.get("code", "")), answer.body.get("field"))
        return answered(answer.status, dict(answer.body))

    @api.get("/units/{unit}/work-orders")
    async def work_list(
        principal: OfUnit,
        unit: UnitPath,
        number: Number = None,
        q: Text = None,
        state: State = None,
        topic: Topic = None,
        since: Since = None,
        until: Until = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """The unit's open orders, by what is due first; with number, words, topic or days a search of all it has."""
        own(principal, unit, standing.tables().directory)
        person = person_of(principal)
        if any(one is not None for one in (number, q, topic, since, until)):
            search = Search(number=number, text=q, state=state, topic=topic, unit=unit, since=since, until=until)
            rows, after = await find_orders(orders, numbers, search, person, cursor, limit)
            return {"items": [listed(row["row"], row["_id"], unit) for row in rows], "next": after}
        where: dict[str, Any] = {"row.units": unit, "row.open": True}
        if state is not None:
            where["row.state"] = state
        rows, after = await numbers.page(where, "due", cursor, limit)
        items = [listed(row["row"], row["_id"], unit) for row in rows if open_to(row["row"], person)]
        return {"items": items, "next": after}

    @api.get("/units/{unit}/work-orders/export")
    async def export(
        principal: OfUnit,
        unit: UnitPath,
        state: State = None,
        topic: Topic = None,
        since: Since = None,
        until: Until = None,
        form: Form = "csv",
    ) -> Response:
        """The unit's orders, open and closed, as CSV or JSON."""
        own(principal, unit, standing.tables().directory)
        search = Search(state=state, topic=topic, unit=unit, since=since, until=until)
        return exported(orders, numbers, standing, search, principal, form, as_unit=unit)

    @api.get("/units/{unit}/work-orders/{order}")
    async def one_order(
        principal: OfUnit,
        unit: UnitPath,
        order: OrderPath,
    ) -> dict[str, Any]:
        """An order that the unit has or had, with its timeline, deadlines and their explanation."""
        own(principal, unit, standing.tables().directory)
        return await unit_order(orders, numbers, standing, person_of(principal), order)

    return api
