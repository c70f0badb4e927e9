"""``deadline.*``: from the SLA monitor, the only service that computes one."""

from dataclasses import dataclass
from datetime import datetime

from contracts.events.base import Event, Short, Text, event
from contracts.words import Clock, DeadlineKind, Service

S = Service.SLA_MONITOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of an explanation a citizen can follow, in Chinese and English."""

    zh: Text
    en: Text


@event("deadline.set", S)
class DeadlineSet(Event):
    """A clock started and has a due instant (UTC).

    ``extension_cap``, ``special_extension_cap``: working days that ordinary and special written extensions may add in
    all; what is granted beyond does not count. None: not told, or nothing that can be extended.
    """

    deadline: Short
    kind: DeadlineKind
    clock: Clock
    unit: Short | None
    round: int
    number: int
    due: datetime
    provisional: bool
    policy_version: Short
    calendar_version: Short
    steps: tuple[Step, ...]
    extension_cap: int | None = None
    special_extension_cap: int | None = None


@event("deadline.met", S)
class DeadlineMet(Event):
    """What was owed came in time; ``at`` is when."""

    deadline: Short
    kind: DeadlineKind
    clock: Clock
    unit: Short | None
    round: int
    number: int
    at: datetime


@event("deadline.warned", S)
class DeadlineWarned(Event):
    """Due soon: warning ``warning`` (1 at 75 %, 2 one working day before)."""

    deadline: Short
    kind: DeadlineKind
    clock: Clock
    unit: Short | None
    round: int
    number: int
    due: datetime
    warning: int


@event("deadline.breached", S)
class DeadlineBreached(Event):
    """Missed. The fact's time is the due instant."""

    deadline: Short
    kind: DeadlineKind
    clock: Clock
    unit: Short | None
    round: int
    number: int
    due: datetime


@event("deadline.cleared", S)
class DeadlineCleared(Event):
    """A fact that came late over the wire shows that the deadline was kept after all."""

    deadline: Short
    kind: DeadlineKind
    clock: Clock
    unit: Short | None
    round: int
    number: int
    reason: Short


@event("deadline.recomputed", S)
class DeadlineRecomputed(Event):
    """The due instant moved: an extension, a calendar notice or an open policy change. Caps as in ``DeadlineSet``."""

    deadline: Short
    kind: DeadlineKind
    clock: Clock
    unit: Short | None
    round: int
    number: int
    previous: datetime
    due: datetime
    provisional: bool
    why: Short
    policy_version: Short
    calendar_version: Short
    steps: tuple[Step, ...]
    extension_cap: int | None = None
    special_extension_cap: int | None = None


@event("calendar.loaded", S)
class CalendarLoaded(Event):
    """A calendar version came into force; open deadlines it touches are computed again."""

    version: Short
    years: tuple[int, ...]
    source: Text


@event("policy.loaded", S)
class PolicyLoaded(Event):
    """A policy version was loaded; it comes into force at ``effective_from``."""

    version: Short
    jurisdiction: Short
    effective_from: datetime
    applies_to_open: bool
    by: Short
