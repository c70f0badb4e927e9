"""What intake's doors share: the use cases behind them, and how an appeal is opened to whoever has a right to it."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Header

from chassis.auth import Principal
from chassis.bus import Passing
from chassis.clock import BusinessClock, infrastructure_now
from chassis.crypto import MasterKey
from chassis.problems import Problem
from contracts.recusal import recusals
from contracts.words import Role
from intake.ports import Appeal, Files, LineKeys
from intake.tickets import Tickets
from intake.use_cases.count_address import CountAddress
from intake.use_cases.file_appeal import FileAppeal
from intake.use_cases.keep_files import KeepFiles
from intake.use_cases.object_to_guidance import ObjectToGuidance
from intake.use_cases.record_attempt import RecordAttempt
from intake.use_cases.register_appeal import RegisterAppeal
from intake.use_cases.reveal_caller import RevealCaller
from intake.use_cases.show_appeal import Closed, ShowAppeal
from intake.use_cases.supplement_appeal import SupplementAppeal
from intake.use_cases.withdraw_appeal import WithdrawAppeal

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=128, description="The command's id")]
STAFF = (Role.AGENT, Role.DUTY_OFFICER)
CODE_REASON = "the query code opens it"

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """The use cases and ports behind the doors."""

    register: RegisterAppeal
    file: FileAppeal
    count: CountAddress
    keep: KeepFiles
    tickets: Tickets
    show: ShowAppeal
    supplement: SupplementAppeal
    withdraw: WithdrawAppeal
    objection: ObjectToGuidance
    reveal: RevealCaller
    attempt: RecordAttempt
    files: Files
    line_keys: LineKeys
    clock: BusinessClock
    keys: MasterKey


async def or_busy(work: Awaitable[R]) -> R:
    """What passes by itself is told as such: the sender comes again with the same key, and nothing happens twice."""
    try:
        return await work
    except Passing:
        raise Problem(
            503, "Try again", "The store cannot answer right now.", "store-away", headers={"Retry-After": "2"}
        ) from None


async def open_appeal(doors: Doors, number: str, code: str | None, principal: Principal | None) -> Appeal:
    """The appeal for whoever proves a right to it. Raises ``Problem`` 401, 404 or 429.

    For a person of the centre who must recuse there is none, and the attempt is recorded.
    """
    if principal is not None and principal.is_any(*STAFF):
        found = await or_busy(doors.show.by_token(number))
        if found is None:
            raise unknown()
        if recusals(found.document.facts).bar(principal.user, principal.unit):
            await or_busy(doors.attempt(found.subject, principal))
            raise unknown()
        return found
    if not code:
        raise Problem(401, "Query code needed", "Send the query code in X-Query-Code.", "no-code", "x-query-code")
    opened = await or_busy(doors.show.by_code(number, code))
    if opened is Closed.TOO_MANY:
        now = infrastructure_now()
        wait = 3600 - now.minute * 60 - now.second
        raise Problem(
            429, "Too many wrong codes", "Wait for the next hour.", "codes-used-up", headers={"Retry-After": str(wait)}
        )
    if isinstance(opened, Closed):
        raise unknown()
    return opened


def unknown() -> Problem:
    """Number and code are refused alike, so that neither can be guessed apart."""
    return Problem(404, "Not found", "No appeal has this number and code.", "no-such-appeal")


def request_of(verb: str, number: str, body: dict[str, Any]) -> dict[str, Any]:
    """A command on an appeal as its fingerprint is made of it."""
    return {"verb": verb, "number": number, "body": body}
