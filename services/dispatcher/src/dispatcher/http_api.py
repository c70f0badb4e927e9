"""What the hotline centre uses over HTTP: lists, signatures, decisions, review, standing sign-offs, knowledge."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from fastapi.responses import JSONResponse, Response

from chassis.auth import Principal, allow
from chassis.document import Command
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.commands import (
    CentreCommand,
    CommandId,
    Designation,
    DirectAnswer,
    ExtensionDecision,
    Instruction,
    Merge,
    PhoneCall,
    ReturnDecision,
    Review,
    Signature,
    SignOffBody,
    Submission,
    Unmerge,
)
from dispatcher.domain.sign_off import SignOff
from dispatcher.doors import OrderPath, answered
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.shown import listed, order_shown
from dispatcher.use_cases.obey_centre import obey_centre

Key = Annotated[CommandId, Header(alias="Idempotency-Key", description="The command id, 1 to 128 characters.")]
_READERS = (Role.DUTY_OFFICER, Role.REVIEWER, Role.SUPERVISOR, Role.LEADER)
DutyOfficer = Annotated[Principal, allow(Role.DUTY_OFFICER)]
Leader = Annotated[Principal, allow(Role.LEADER)]
Reviewer = Annotated[Principal, allow(Role.REVIEWER)]
Caller = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.AGENT)]
Reader = Annotated[Principal, allow(*_READERS)]
SignOffReader = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR, Role.AUDITOR)]
KnowledgeReader = Annotated[
    Principal, allow(Role.AGENT, Role.DUTY_OFFICER, Role.REVISIT_AGENT, Role.UNIT_HANDLER, Role.UNIT_HEAD)
]
LeaderReader = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.LEADER)]


def router(orders: Orders, numbers: OrderNumbers, standing: Standing) -> APIRouter:
    """The routes under ``/work-orders``, ``/sign-offs``, ``/knowledge``, ``/leaders`` and ``/dispatch-choice``."""
    api = APIRouter(tags=["work orders"])

    async def obey(order: str, key: str, principal: Principal, asked: CentreCommand) -> Response:
        name = type(asked).__name__
        body = {"order": order, "command": name, **asked.model_dump(mode="json")}
        command = Command.of(principal.user, key, body)
        answer = await obey_centre(orders, numbers, standing, order, command, asked)
        return answered(answer.status, dict(answer.body))

    @api.get("/work-orders")
    async def work_orders(
        _: Reader,
        state: Annotated[str | None, Query(pattern=r"^[A-Z_]{1,40}$")] = None,
        unit: Annotated[str | None, Query(pattern=r"^[a-z0-9-]{2,40}$")] = None,
        desk: Annotated[
            str | None, Query(pattern=r"^(signature|return|extension|review|objection|leader|phone)$")
        ] = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """Orders by state, unit, or list of the duty desk, oldest first."""
        where: dict[str, Any] = {}
        for field, value in (("row.state", state), ("row.units", unit), ("row.desks", desk)):
            if value is not None:
                where[field] = value
        rows, after = await numbers.page(where, "since", cursor, limit)
        return {"items": [listed(row["row"], row["_id"]) for row in rows if "row" in row], "next": after}

    @api.get("/work-orders/{order}")
    async def work_order(order: OrderPath, _: Reader) -> dict[str, Any]:
        """One order with its timeline and deadlines."""
        subject = await numbers.subject_of(order)
        if subject is None:
            raise Problem(404, "Not found", "There is no such order.", "unknown-order", "order")
        return order_shown(await orders.load(subject), standing.tables().directory)

    @api.post("/work-orders/{order}/signature")
    async def signature(order: OrderPath, body: Signature, key: Key, principal: DutyOfficer) -> Response:
        """签批: sign, and dispatch to the proposed or another unit."""
        return await obey(order, key, principal, body)

    @api.post("/work-orders/{order}/direct-answer")
    async def direct_answer(order: OrderPath, body: DirectAnswer, key: Key, principal: DutyOfficer) -> Response:
        """直办: answer from the knowledge base instead."""
        return await obey(order, key, principal, body)

    @api.post("/work-orders/{order}/submission")
    async def submission(order: OrderPath, body: Submission, key: Key, principal: DutyOfficer) -> Response:
        """呈办: a brief to a leader."""
        return await obey(order, key, principal, body)

    @api.post("/work-orders/{order}/instruction")
    async def instruction(order: OrderPath, body: Instruction, key: Key, principal: Leader) -> Response:
        """批示: the leader's instruction."""
        return await obey(order, key, principal, body)

    @api.post("/work-orders/{order}/designation")
    async def designation(order: OrderPath, body: Designation, key: Key, principal: DutyOfficer) -> Response:
        """指定承办: binding."""
        return await obey(order, key, principal, body)

    @api.post("/work-orders/{order}/return-decision")
    async def return_decision(order: OrderPath, body: ReturnDecision, key: Key, principal: DutyOfficer) -> Response:
        """退件审核."""
        return await obey(order, key, principal, body)

    @api.post("/work-orders/{order}/extension-decision")
    async def extension_decision(
        order: OrderPath, body: ExtensionDecision, key: Key, principal: DutyOfficer
    ) -> Response:
        """延期审批."""
        return await obey(order, key, principal, body)

    @api.post("/work-orders/{order}/review")
    async def review(order: OrderPath, body: Review, key: Key, principal: Reviewer) -> Response:
        """审核: approve, or send back with reasons."""
        return await obey(order, key, principal, body)

    @api.post("/work-orders/{order}/phoned")
    async def phoned(order: OrderPath, body: PhoneCall, key: Key, principal: Caller) -> Response:
        """Urgent help told to the unit's duty desk by phone."""
        return await obey(order, key, principal, body)

    @api.post("/work-orders/{order}/merge")
    async def merge(order: OrderPath, body: Merge, key: Key, principal: DutyOfficer) -> Response:
        """并单 into another order."""
        return await obey(order, key, principal, body)

    @api.post("/work-orders/{order}/unmerge")
    async def unmerge(order: OrderPath, body: Unmerge, key: Key, principal: DutyOfficer) -> Response:
        """撤销并单."""
        return await obey(order, key, principal, body)

    _sign_offs(api, orders, standing)
    _tables(api, standing)
    return api


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
    @api.get("/knowledge")
    async def knowledge(
        q: Annotated[str, Query(min_length=1, max_length=500)],
        _: KnowledgeReader,
    ) -> dict[str, Any]:
        """Search the knowledge base, in Chinese too."""
        base = standing.tables().knowledge
        items = [
            {
                "id": match.item.id,
                "title": match.item.title,
                "answer": match.item.answer,
                "answer_en": match.item.answer_en,
                "source": match.item.source,
                "score": match.score,
            }
            for match in base.search(q)
        ]
        return {"version": base.version, "items": items, "next": None}

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
