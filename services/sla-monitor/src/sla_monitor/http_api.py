"""The monitor's doors: deadlines with their explanations, what is urged and supervised, the tables in force."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from chassis.auth import Principal, allow
from chassis.problems import Problem
from contracts.words import Role
from sla_monitor.ports import Board, Cases
from sla_monitor.rules import MonitorRules
from sla_monitor.use_cases.explain_deadlines import explain_deadlines

Watcher = Annotated[Principal, allow(Role.SUPERVISOR, Role.DUTY_OFFICER, Role.REVIEWER, Role.LEADER, Role.OPERATOR)]
Unit = Annotated[str | None, Query(pattern=r"^[a-z0-9-]{2,40}$", description="Only this member unit's")]
Limit = Annotated[int, Query(ge=1, le=500)]


def router(cases: Cases, board: Board, rules: MonitorRules) -> APIRouter:
    """The service's routes."""
    routes = APIRouter(tags=["deadlines"])

    @routes.get("/deadlines")
    async def open_deadlines(
        _: Watcher,
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
        return {"items": items, "next": after}

    @routes.get("/deadlines/{number}")
    async def explained(number: Annotated[str, Path(max_length=40)], _: Watcher) -> dict[str, Any]:
        """Every clock of one appeal, explained step by step."""
        subject = await board.subject_of(number)
        if subject is None:
            raise Problem(404, "Not found", "No appeal has this number.", "unknown-number", "number")
        items = await explain_deadlines(cases, subject, rules.policies, rules.calendar)
        return {"subject": subject, "number": number, "items": items}

    @routes.get("/urges")
    async def urges(_: Watcher, unit: Unit = None, limit: Limit = 200) -> dict[str, Any]:
        """Appeals with urges that stand unanswered."""
        return {"items": await board.climbed("urges", unit, limit), "next": None}

    @routes.get("/supervisions")
    async def supervisions(_: Watcher, unit: Unit = None, limit: Limit = 200) -> dict[str, Any]:
        """Appeals under supervision."""
        return {"items": await board.climbed("supervisions", unit, limit), "next": None}

    return routes
