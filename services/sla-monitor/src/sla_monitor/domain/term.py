"""How long a clock runs: the period, the law that is stricter, granted extensions, or a date somebody set."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.words import AppealType, DeadlineKind, Urgency
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.policy import Measure, Period, Policy, Statute, due

Grant = tuple[datetime, int, bool]
"""A granted extension: when it was decided, working days, whether it is a special written one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """From ``start`` to ``due``. ``period`` is None where a leader set the date."""

    start: datetime
    due: datetime
    period: Period | None
    extended_days: int = 0
    stricter: Statute | None = None
    longer: Statute | None = None

    def provisional(self, calendar: Calendar) -> bool:
        """Whether a year without a notice had a say in it."""
        by_calendar = self.period is not None and (self.period.measure is not Measure.WALL_HOURS or self.extended_days)
        return bool(by_calendar) and calendar.provisional(self.start, self.due)

    def warnings(self, calendar: Calendar, policy: Policy) -> tuple[tuple[int, datetime], ...]:
        """Number and instant of each warning: 1 at a share of the period, 2 some working days before the end."""
        found = [(1, self._share(calendar, policy.warn_percent))]
        if self.period is None or self.period.in_days:
            found.append((2, calendar.working_days_before(self.due, policy.warn_days_before)))
        return tuple((number, at) for number, at in found if self.start < at < self.due)

    def _share(self, calendar: Calendar, percent: int) -> datetime:
        if self.period is None or self.period.measure is not Measure.WALL_HOURS:
            working = calendar.working_time(self.start, self.due) * percent / 100
            if working > timedelta(0):
                return calendar.add_working_time(self.start, working)
        return self.start + (self.due - self.start) * percent / 100


def term(
    calendar: Calendar,
    policy: Policy,
    kind: DeadlineKind,
    start: datetime,
    *,
    type: AppealType | None = None,
    urgency: Urgency | None = None,
    round: int = 1,
    topic: str = "",
    grants: Sequence[Grant] = (),
) -> Term:
    """The term of a clock of ``kind`` that starts at ``start``."""
    period = policy.period(kind, type, urgency, round)
    end = due(calendar, start, period)
    stricter = longer = None
    if topic and (law := policy.statute(kind, topic, type, start)):
        lawful = due(calendar, start, law.period)
        if lawful < end:
            period, end, stricter = law.period, lawful, law
        elif lawful > end:
            longer = law
    days = 0
    if grants and period.in_days:
        days, end = _extended(calendar, policy, start, period, end, grants)
    return Term(start=start, due=end, period=period, extended_days=days, stricter=stricter, longer=longer)


def extension_caps(policy: Policy, period: Period) -> tuple[int, int]:
    """Working days that ordinary and special extensions of a period may add in all; a period in hours has none."""
    return (period.length * policy.extension_factor, policy.special_cap_days) if period.in_days else (0, 0)


def _extended(
    calendar: Calendar, policy: Policy, start: datetime, period: Period, end: datetime, grants: Sequence[Grant]
) -> tuple[int, datetime]:
    """Working days that count, and the due instant: at most so many times and so long, decided before the due time.

    Of more grants than the policy allows the longest count, so that one more never makes anything due earlier.
    """
    ordinary: list[int] = []
    special = total = 0
    most, most_special = extension_caps(policy, period)
    for at, days, written in sorted(grants, key=lambda grant: grant[0]):
        if at > end:
            continue  # S2: what stands undecided at the due time is refused
        if written:
            special = min(special + days, most_special)
        else:
            ordinary = sorted([*ordinary, days], reverse=True)[: policy.extension_times]
        total = min(sum(ordinary), most) + special
        if total:
            end = due(calendar, start, period, total)
    return total, end
