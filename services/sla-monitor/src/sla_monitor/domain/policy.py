"""The policy table as rules use it: how long a period is, which version holds, what the thresholds are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.words import AppealType, DeadlineKind, SupervisionKind, Urgency
from sla_monitor.domain.calendar import Calendar


class Measure(StrEnum):
    """How a period is counted."""

    WORKING_HOURS = "working_hours"
    WALL_HOURS = "wall_hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


@dataclass(frozen=True, slots=True)
class Period:
    """A length in its measure, with the source of the rule in both languages."""

    length: int
    measure: Measure
    source: str
    source_zh: str

    @property
    def in_days(self) -> bool:
        """Whether it is counted in days; only such a period can be extended by working days."""
        return self.measure in (Measure.WORKING_DAYS, Measure.CALENDAR_DAYS)


def due(calendar: Calendar, start: datetime, period: Period, extended_days: int = 0) -> datetime:
    """When a period that starts at ``start`` ends, UTC; ``extended_days`` are granted working days on top."""
    match period.measure:
        case Measure.WORKING_DAYS:
            return calendar.add_working_days(start, period.length + extended_days)
        case Measure.CALENDAR_DAYS:
            end = calendar.add_calendar_days(start, period.length)
        case Measure.WORKING_HOURS:
            end = calendar.add_working_time(start, timedelta(hours=period.length))
        case Measure.WALL_HOURS:
            end = start + timedelta(hours=period.length)
    return calendar.move_working_days(end, extended_days) if extended_days else end


@dataclass(frozen=True, slots=True)
class Statute:
    """A period of the law for a topic (prefix) and types; stricter wins, longer is told to the caller."""

    kind: DeadlineKind
    topic: str
    types: frozenset[AppealType]
    period: Period
    law_zh: str
    law_en: str
    until: datetime | None = None


PeriodKey = tuple[DeadlineKind, AppealType | None, Urgency | None, int]

MAX_ROUND = 4
"""Rounds above this one follow the rows of this one."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Policy:
    """One version of one jurisdiction's table. ``periods`` has a row for every combination."""

    version: str
    jurisdiction: str
    effective_from: datetime
    applies_to_open: bool
    periods: Mapping[PeriodKey, Period]
    statutes: tuple[Statute, ...]
    extension_times: int
    extension_factor: int
    special_cap_days: int
    warn_percent: int
    warn_days_before: int
    grace: timedelta
    settle: timedelta
    urge_on: frozenset[DeadlineKind]
    redo_rounds: int
    repeat_days: int
    repeat_callers: int | None
    crowd_callers: int | None
    sent_back_times: int
    supervise: Mapping[str, SupervisionKind]

    def period(
        self,
        kind: DeadlineKind,
        type: AppealType | None = None,
        urgency: Urgency | None = None,
        round: int = 1,
    ) -> Period:
        """The period of a kind, for a type, urgency and round where they are known."""
        return self.periods[kind, type, urgency, min(max(round, 1), MAX_ROUND)]

    def statute(self, kind: DeadlineKind, topic: str, type: AppealType | None, start: datetime) -> Statute | None:
        """The law for this kind, topic and type, in force when the clock starts; the longest topic prefix wins."""
        found: Statute | None = None
        for law in self.statutes:
            if law.until is not None and start >= law.until:
                continue
            if topic.startswith(law.topic) and law.kind is kind and (not law.types or type in law.types):
                found = law if found is None or len(law.topic) > len(found.topic) else found
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Policies:
    """All known versions. ``"*"`` serves a jurisdiction that has no table of its own."""

    versions: tuple[Policy, ...]
    _of: dict[str, tuple[Policy, ...]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        if not self.versions:
            raise ValueError("at least one policy is needed")
        ordered = sorted(self.versions, key=lambda policy: policy.effective_from)
        object.__setattr__(self, "versions", tuple(ordered))

    def of(self, jurisdiction: str) -> tuple[Policy, ...]:
        """The versions that serve a jurisdiction, oldest first."""
        found = self._of.get(jurisdiction)
        if found is None:
            own = tuple(policy for policy in self.versions if policy.jurisdiction == jurisdiction)
            found = own or tuple(policy for policy in self.versions if policy.jurisdiction == "*") or self.versions
            self._of[jurisdiction] = found
        return found

    def at(self, jurisdiction: str, started: datetime, now: datetime) -> Policy:
        """The version that holds at ``now`` for a clock that started at ``started``.

        The one in force at the start (the oldest one for an earlier start), unless a later version, in force by now,
        applies to open clocks.
        """
        versions = self.of(jurisdiction)
        if len(versions) == 1:
            return versions[0]
        chosen = versions[0]
        for policy in versions[1:]:
            if policy.effective_from <= started or (policy.applies_to_open and policy.effective_from <= now):
                chosen = policy
        return chosen

    def next_change(self, jurisdiction: str, now: datetime) -> datetime | None:
        """When the next version that applies to open clocks comes into force."""
        coming = (policy for policy in self.of(jurisdiction) if policy.applies_to_open)
        return next((policy.effective_from for policy in coming if policy.effective_from > now), None)
