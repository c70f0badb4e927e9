"""What the hotline centre uses over HTTP: lists, signatures, decisions, review, standing sign-offs."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import JSONResponse, Response

from chassis.auth import Principal, allow
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.centre_doors import CENTRE_DOORS, CentreDoor
from dispatcher.commands import CentreCommand, CommandId, SignOffBody
from dispatcher.domain.row import DESKS
from dispatcher.domain.sign_off import SignOff
from dispatcher.doors import OrderPath, answered, centre_order, obey, person_of
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.shown import listed, order_shown
from dispatcher.use_cases.find_orders import Search, find_orders
from dispatcher.work_lists import Form, Number, Since, State, Text, Topic, Until, exported

Key = Annotated[CommandId, Header(alias="Idempotency-Key", description="The command id, 1 to 128 characters.")]
_READERS = (Role.DUTY_OFFICER, Role.REVIEWER, Role.SUPERVISOR, Role.LEADER)
DutyOfficer = Annotated[Principal, allow(Role.DUTY_OFFICER)]
Reader = Annotated[Principal, allow(*_READERS)]
Exporter = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR)]
SignOffReader = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR, Role.AUDITOR)]
ChecklistReader = Annotated[Principal, allow(Role.REVIEWER, Role.DUTY_OFFICER, Role.SUPERVISOR, Role.AUDITOR)]
LeaderReader = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.LEADER)]


def router(orders: Orders, numbers: OrderNumbers, standing: Standing) -> APIRouter:
    """The routes under ``/work-orders``, ``/sign-offs``, ``/review-checklist`` and ``/leaders``."""
    api = APIRouter(tags=["work orders"])

    @api.get("/work-orders")
    async def work_orders(
        principal: Reader,
        number: Number = None,
        q: Text = None,
        state: State = None,
        topic: Topic = None,
        unit: Annotated[str | None, Query(pattern=r"^[a-z0-9-]{2,40}$")] = None,
        desk: Annotated[str | None, Query(pattern=f"^({'|'.join(DESKS)})$")] = None,
        since: Since = None,
        until: Until = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """Search: by number, words, state, topic, unit, list of the duty desk or day of acceptance; oldest first."""
        search = Search(number=number, text=q, state=state, topic=topic, unit=unit, desk=desk, since=since, until=until)
        rows, after = await find_orders(orders, numbers, search, person_of(principal), cursor, limit)
        return {"items": [listed(row["row"], row["_id"]) for row in rows], "next": after}

    @api.get("/work-orders/export")
    async def export(
        principal: Exporter,
        state: State = None,
        topic: Topic = None,
        unit: Annotated[str | None, Query(pattern=r"^[a-z0-9-]{2,40}$")] = None,
        since: Since = None,
        until: Until = None,
        form: Form = "csv",
    ) -> Response:
        """The centre's orders as CSV or JSON. Words of an accusation stay inside; retaliation is the supervisor's."""
        search = Search(state=state, topic=topic, unit=unit, since=since, until=until)
        return exported(orders, numbers, standing, search, principal, form)

    @api.get("/work-orders/{order}")
    async def work_order(order: OrderPath, principal: Reader) -> dict[str, Any]:
        """One order with its timeline and deadlines."""
        document = await centre_order(orders, numbers, standing, order, person_of(principal))
        return order_shown(document, standing.tables().directory)

    for door in CENTRE_DOORS:
        _command(api, door, orders, numbers, standing)
    _sign_offs(api, orders, standing)
    _tables(api, standing)
    return api


def _command(api: APIRouter, door: CentreDoor, orders: Orders, numbers: OrderNumbers, standing: Standing) -> None:
    async def carry_out(order: OrderPath, body: CentreCommand, key: Key, principal: Principal) -> Response:
        answer = await obey(orders, numbers, standing, order, key, principal, body)
        return answered(answer.status, dict(answer.body))

    # FastAPI reads body and roles from the annotations, which the table fills in.
    carry_out.__annotations__ |= {"body": door.body, "principal": Annotated[Principal, allow(*door.roles)]}
    name = door.name.replace("-", "_")
    api.post(f"/work-orders/{{order}}/{door.name}", name=name, description=door.words)(carry_out)


def _sign_offs(api: APIRouter, orders: Orders, standing: Standing) -> None:
    @api.get("/sign-offs")
    async def sign_offs(_: SignOffReader) -> dict[str, Any]:
        """Every standing sign-off ever given."""
        now = orders.now()
        return {"items": [_shown(one, now >= one.valid_from) for one in standing.all()], "next": None}

    @api.post("/sign-offs", status_code=201)
    async def give(body: SignOffBody, key: Key, principal: DutyOfficer) -> Response:
        """长期签批: matters of these topics are forwarded under this name until revoked."""
        # A name is given once, so the name itself makes a repeated request harmless.
        begins = body.valid_from or orders.now()
        if body.valid_until <= begins:
            raise Problem(422, "Invalid input", "The sign-off ends before it begins.", "empty-period", "valid_until")
        given = SignOff(
            name=body.name,
            by=principal.user,
            topics=body.topics,
            confidence=body.confidence,
            valid_from=begins,
            valid_until=body.valid_until,
        )
        if not await standing.give(given):
            known = next((one for one in standing.all() if one.name == body.name), None)
            same = known is not None and (known.by, known.topics, known.confidence, known.valid_until) == (
                given.by, given.topics, given.confidence, given.valid_until,
            )  # fmt: skip
            if known is None or not same:
                raise Problem(409, "Name taken", "A sign-off of this name was given before.", "name-taken", "name")
            given = known
        return JSONResponse(_shown(given, True), status_code=201)

    @api.post("/sign-offs/{name}/revocation")
    async def revoke(name: Annotated[str, Path(max_length=80)], key: Key, principal: DutyOfficer) -> dict[str, Any]:
        """Takes effect here at once and everywhere within seconds; it cannot be undone."""
        if not await standing.revoke(name, principal.user, orders.now()):
            raise Problem(404, "Not found", "There is no such sign-off.", "unknown-sign-off", "name")
        return next(_shown(one, True) for one in standing.all() if one.name == name)


def _tables(api: APIRouter, standing: Standing) -> None:
    @api.get("/review-checklist")
    async def checklist(_: ChecklistReader) -> dict[str, Any]:
        """What a reviewer answers point by point; ``may_not_apply``: some results have nothing of the kind."""
        return {"items": [asdict(point) for point in standing.tables().checklist], "next": None}

    @api.get("/leaders")
    async def leaders(_: LeaderReader) -> dict[str, Any]:
        """To whom matters are submitted."""
        items = [{"id": one.id, "zh": one.zh, "en": one.en} for one in standing.tables().leaders]
        return {"items": items, "next": None}


def _shown(one: SignOff, begun: bool) -> dict[str, Any]:
    return {
        "name": one.name,
        "by": one.by,
        "topics": list(one.topics),
        "confidence": one.confidence,
        "valid_from": one.valid_from.isoformat(),
        "valid_until": one.valid_until.isoformat(),
        "revoked_at": one.revoked_at.isoformat() if one.revoked_at is not None else None,
        "begun": begun,
    }
