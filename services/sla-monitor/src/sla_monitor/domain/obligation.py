"""One deadline of an appeal at one instant."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts.words import Clock, DeadlineKind
from sla_monitor.domain.policy import Policy
from sla_monitor.domain.term import Term


class State(StrEnum):
    """How an obligation stands. A right that was not used (return) lapses; it is never breached."""

    RUNNING = "running"
    HELD = "held"
    MET = "met"
    BREACHED = "breached"
    STOPPED = "stopped"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One deadline at one instant. All instants are UTC.

    ``ended`` is when what was owed came, in time or not; ``met_at`` is the same for a deadline that was met. ``waits``
    is since when a reply or return waits for the centre; ``stopped`` is when the clock was stopped, even after due.
    ``warnings`` are (number, instant), only while it runs.
    """

    deadline: str
    kind: DeadlineKind
    clock: Clock
    unit: str | None
    round: int
    number: int
    started: datetime
    due: datetime
    state: State
    ended: datetime | None
    waits: datetime | None
    stopped: datetime | None
    warnings: tuple[tuple[int, datetime], ...]
    provisional: bool
    policy: Policy
    calendar_version: str
    term: Term

    @property
    def overdue(self) -> bool:
        """Missed, and nothing has come, stopped it or waits for the centre: somebody must be reminded."""
        return self.state is State.BREACHED and self.ended is None and self.stopped is None and self.waits is None

    def open_at(self, instant: datetime) -> bool:
        """Whether, by all that is known now, nothing had come, stopped it or waited for the centre at ``instant``."""
        return all(at is None or at > instant for at in (self.ended, self.stopped, self.waits))

    @property
    def met_at(self) -> datetime | None:
        """When it was met."""
        return self.ended if self.state is State.MET else None

    @property
    def policy_version(self) -> str:
        """The policy version this clock runs under."""
        return self.policy.version


def deadline_id(kind: DeadlineKind, clock: Clock, unit: str | None, round: int, number: int) -> str:
    """The stable name of a deadline within its appeal."""
    return f"{kind}/{clock}/{unit or '-'}/{round}/{number}"


def state_of(
    kind: DeadlineKind,
    due: datetime,
    end: datetime | None,
    waits: datetime | None,
    stop: datetime | None,
    now: datetime,
) -> State:
    """How it stands at ``now``: what came by the due instant met it, a stop by then ended it, waiting holds it."""
    if end is not None and end <= due and (stop is None or end <= stop):
        return State.MET
    if stop is not None and stop <= due:
        return State.STOPPED
    if end is None and waits is not None and waits <= due:
        # A reply that waits for review, or a return that waits for the centre: not ended, not breached, not urged.
        return State.HELD if stop is None else State.STOPPED
    if now <= due:
        return State.RUNNING
    return State.LAPSED if kind is DeadlineKind.RETURN else State.BREACHED
