"""What the monitor's doors have in common: who may, how commands are named, how answers are given."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Header, Path
from fastapi.responses import JSONResponse
from pydantic import StringConstraints

from chassis.auth import Principal, allow
from chassis.document import Answer, Change
from chassis.problems import Problem
from contracts.events.ladder import AccountabilityBarred
from contracts.recusal import Recusals, recusals
from contracts.topology import UNIT_ID
from contracts.words import Role
from sla_monitor.ports import Board, Cases

WATCHERS = (Role.SUPERVISOR, Role.DUTY_OFFICER, Role.REVIEWER, Role.LEADER, Role.OPERATOR)
Watcher = Annotated[Principal, allow(*WATCHERS)]
Supervisor = Annotated[Principal, allow(Role.SUPERVISOR)]
Operator = Annotated[Principal, allow(Role.OPERATOR)]
Key = Annotated[
    str,
    Header(alias="Idempotency-Key", min_length=1, max_length=128, description="The command's id: repeat it to retry."),
]
NumberPath = Annotated[str, Path(min_length=1, max_length=40, description="Public number of the appeal.")]
UnitId = Annotated[str, StringConstraints(pattern=f"^{UNIT_ID}$")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


def given(answer: Answer) -> JSONResponse:
    """The kept answer as a response: plain JSON when accepted, else a problem document."""
    media = "application/json" if answer.status < 400 else "application/problem+json"
    return JSONResponse(dict(answer.body), answer.status, media_type=media)


async def case_or_404(cases: Cases, board: Board, number: str, principal: Principal, attempt: str) -> str:
    """The appeal with this number. Raises ``Problem`` 404, also for who must recuse; that is recorded."""
    subject = await board.subject_of(number)
    if subject is None or await must_recuse(cases, subject, principal, attempt):
        raise Problem(404, "Not found", "No appeal has this number.", "unknown-number", "number")
    return subject


async def must_recuse(cases: Cases, subject: str, principal: Principal, attempt: str) -> bool:
    """Whether this person takes no part in the appeal; then the ``attempt`` is recorded with it."""
    told = recusals((await cases.load(subject)).facts)
    if not told.bar(principal.user, principal.unit):
        return False
    made = told.recorded(AccountabilityBarred, attempt, principal.user, principal.unit, cases.now())
    await cases.change(subject, lambda _: Change(decisions=(made,)))
    return True


def open_to(rows: Sequence[Mapping[str, Any]], principal: Principal) -> list[dict[str, Any]]:
    """Lines of a list without those that the reader must recuse from."""
    return [
        {name: value for name, value in row.items() if name not in ("recused", "barred")}
        for row in rows
        if not Recusals(frozenset(row.get("recused", ())), frozenset(row.get("barred", ()))).bar(
            principal.user, principal.unit
        )
    ]
