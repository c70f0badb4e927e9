"""回访: one visit per result. What was tried, what was said, and in which state that leaves it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from contracts.envelope import decision_id
from contracts.events.revisit import RevisitAnswered
from contracts.words import Satisfaction, VisitMethod

ZONE = ZoneInfo("Asia/Shanghai")

VISIT_AFTER = timedelta(days=1)
"""Working order of the desk only; the legal deadline (one working day) is the SLA monitor's."""
TRIES = 3
TRY_DAYS = 2
"""Domain section 4: three tries on two days, then a link by SMS, then unreached."""
LINK_WAIT = timedelta(days=2)
"""Calendar days for the caller to answer by the link (D)."""
CODE_WAIT = timedelta(days=5)
"""Calendar days for an anonymous caller to answer by query code (D): nobody can be phoned."""


class VisitState(StrEnum):
    """Where a visit stands."""

    DUE = "due"
    LINK_SENT = "link_sent"
    AUDIT = "audit"
    ANSWERED = "answered"
    REDO = "redo"
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A try that reached nobody."""

    at: datetime
    method: VisitMethod
    by: str

    @property
    def day(self) -> date:
        """The calendar day in Asia/Shanghai."""
        return self.at.astimezone(ZONE).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit with everything that happened to it. ``redo`` is the order number it led to."""

    visit: str
    round: int
    unit: str | None
    method: VisitMethod
    due: datetime
    scheduled_at: datetime
    tries: tuple[Try, ...] = ()
    answer: RevisitAnswered | None = None
    answered_at: datetime | None = None
    unreached_at: datetime | None = None
    redo: str | None = None

    @property
    def link_sent_at(self) -> datetime | None:
        """When the tries were used up and the link went out; None before."""
        for index in range(TRIES - 1, len(self.tries)):
            if len({attempt.day for attempt in self.tries[: index + 1]}) >= TRY_DAYS:
                return self.tries[index].at
        return None

    @property
    def gives_up_at(self) -> datetime | None:
        """When waiting for an answer ends by itself; None while it is the centre's turn to try."""
        if self.answer is not None or self.unreached_at is not None:
            return None
        if self.link_sent_at is not None:
            return whole_second(self.link_sent_at + LINK_WAIT)
        if self.method is VisitMethod.INTERNET:
            return whole_second(self.scheduled_at + CODE_WAIT)
        return None

    @property
    def state(self) -> VisitState:
        """Where it stands."""
        if self.redo is not None:
            return VisitState.REDO
        if self.answer is not None:
            return VisitState.AUDIT if wants_audit(self.answer) else VisitState.ANSWERED
        if self.unreached_at is not None:
            return VisitState.UNREACHED
        return VisitState.LINK_SENT if self.link_sent_at is not None else VisitState.DUE


def visit_id(subject: str, round_: int) -> str:
    """The id of the visit about the result of this round: the same wherever it is computed."""
    return decision_id(subject, "visit", (str(round_),))


def wants_audit(answer: RevisitAnswered) -> bool:
    """S1: dissatisfied or untrue, the centre examines who is responsible. Satisfied but unsolved was explained."""
    return answer.satisfaction is Satisfaction.DISSATISFIED or not answer.result_true


def whole_second(instant: datetime) -> datetime:
    """``instant`` rounded up to the second: stores keep milliseconds, and a wake-up must not come early."""
    cut = instant.replace(microsecond=0)
    return cut if cut == instant else cut + timedelta(seconds=1)
