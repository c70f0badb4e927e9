"""What the monitor's doors have in common: who may, how commands are named, how answers are given."""

from typing import Annotated

from fastapi import Header, Path
from fastapi.responses import JSONResponse
from pydantic import StringConstraints

from chassis.auth import Principal, allow
from chassis.document import Answer
from chassis.problems import Problem
from contracts.topology import UNIT_ID
from contracts.words import Role
from sla_monitor.ports import Board

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


async def subject_or_404(board: Board, number: str) -> str:
    """The appeal with this number. Raises ``Problem`` 404."""
    subject = await board.subject_of(number)
    if subject is None:
        raise Problem(404, "Not found", "No appeal has this number.", "unknown-number", "number")
    return subject
