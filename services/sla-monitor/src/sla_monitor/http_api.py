"""The monitor's doors: deadlines with their explanations, urges, supervisions, the bulletin list."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from chassis.auth import Principal, allow
from chassis.document import Command
from chassis.problems import Problem
from contracts.words import Role, SupervisionKind
from sla_monitor.doors import (
    Key,
    NumberPath,
    Prose,
    Supervisor,
    UnitId,
    Watcher,
    case_or_404,
    given,
    must_recuse,
    open_to,
)
from sla_monitor.ports import Board, Cases
from sla_monitor.rules import MonitorRules
from sla_monitor.use_cases.explain_deadlines import explain_deadlines
from sla_monitor.use_cases.list_bulletin import list_bulletin
from sla_monitor.use_cases.supervise import lift_by_person, open_by_person

Unit = Annotated[str | None, Query(pattern=r"^[a-z0-9-]{2,40}$", description="Only this member unit's.")]
Limit = Annotated[int, Query(ge=1, le=500)]
BulletinReader = Annotated[Principal, allow(Role.SUPERVISOR, Role.LEADER, Role.PUBLISHER)]


class SupervisionBody(BaseModel):
    """督办."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    number: Annotated[str, Field(min_length=1, max_length=40, description="Public number of the appeal.")]
    unit: Annotated[UnitId, Field(description="The unit to be supervised.")]
    kind: SupervisionKind
    reason: Annotated[Prose, Field(description="Why; personal data is masked.")]


class LiftingBody(BaseModel):
    """解除督办."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    reason: Annotated[Prose, Field(max_length=200)]


def router(cases: Cases, board: Board, rules: MonitorRules) -> APIRouter:
    """The routes under ``/deadlines``, ``/urges``, ``/supervisions`` and ``/bulletin-list``."""
    routes = APIRouter(tags=["deadlines"])

    @routes.get("/deadlines")
    async def open_deadlines(
        principal: Watcher,
        until: datetime | None = None,
        unit: Unit = None,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
        limit: Limit = 100,
    ) -> dict[str, Any]:
        """Appeals with open deadlines, what is due first first."""
        if until is not None and until.tzinfo is None:
            raise Problem(422, "Invalid time", "The time needs an offset.", "no-offset", "until")
        try:
            items, after = await board.open(until, unit, cursor, limit)
        except ValueError:
            raise Problem(422, "Invalid cursor", "The cursor is none of ours.", "invalid-cursor", "cursor") from None
        return {"items": open_to(items, principal), "next": after}

    @routes.get("/deadlines/{number}")
    async def explained(number: NumberPath, principal: Watcher) -> dict[str, Any]:
        """Every clock of one appeal, explained step by step."""
        subject = await case_or_404(cases, board, number, principal, "read")
        items = await explain_deadlines(cases, subject, rules.policies, rules.calendar)
        return {"subject": subject, "number": number, "items": items}

    @routes.get("/urges")
    async def urges(principal: Watcher, unit: Unit = None, limit: Limit = 200) -> dict[str, Any]:
        """Appeals with urges that stand unanswered."""
        return {"items": open_to(await board.climbed("urges", unit, limit), principal), "next": None}

    @routes.get("/supervisions")
    async def supervisions(principal: Watcher, unit: Unit = None, limit: Limit = 200) -> dict[str, Any]:
        """Appeals under supervision."""
        return {"items": open_to(await board.climbed("supervisions", unit, limit), principal), "next": None}

    @routes.post("/supervisions", status_code=201)
    async def supervise(body: SupervisionBody, key: Key, principal: Supervisor) -> Response:
        """督办: a person puts a unit under supervision."""
        subject = await case_or_404(cases, board, body.number, principal, "supervise")
        command = Command.of(principal.user, key, {"command": "supervise", **body.model_dump(mode="json")})
        return given(
            await open_by_person(cases, lambda: rules.tables, subject, body.unit, body.kind, body.reason, command)
        )

    @routes.post("/supervisions/{supervision}/lifting", status_code=201)
    async def lift(
        supervision: Annotated[str, Path(pattern=r"^DB[0-9A-Za-z]{1,40}$", description="Such as DB…01.")],
        body: LiftingBody,
        key: Key,
        principal: Supervisor,
    ) -> Response:
        """解除督办: a person lifts a supervision, whoever opened it."""
        subject = await board.subject_of(supervision[2:-2])
        if subject is None or await must_recuse(cases, subject, principal, "lift"):
            raise Problem(404, "Not found", "There is no such supervision.", "unknown-supervision", "supervision")
        command = Command.of(
            principal.user, key, {"command": "lift", "supervision": supervision, "reason": body.reason}
        )
        return given(await lift_by_person(cases, subject, supervision, body.reason, command))

    @routes.get("/bulletin-list")
    async def bulletin_list(
        principal: BulletinReader,
        first: Annotated[AwareDatetime, Query(alias="from", description="From this instant on, with offset.")],
        last: Annotated[AwareDatetime, Query(alias="to", description="Before this instant, with offset.")],
        published: Annotated[bool, Query(description="As published: counts of 1 to 4 are hidden.")] = False,
    ) -> dict[str, Any]:
        """通报名单: breaches, urges and supervisions per unit; a publisher sees what may be published."""
        hide = published or not principal.is_any(Role.SUPERVISOR, Role.LEADER)
        return {"items": await list_bulletin(board, first, last, hide_small=hide), "next": None}

    return routes
