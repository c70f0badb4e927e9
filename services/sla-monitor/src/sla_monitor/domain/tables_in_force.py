"""Which tables are in force, and whether a new one may come into force. A bad one is refused with line and reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum

from contracts.table_text import BadTable
from sla_monitor.domain.calendar import Calendar, days_from
from sla_monitor.domain.calendar_table import read_calendar
from sla_monitor.domain.policy import Policies, Policy
from sla_monitor.domain.policy_table import read_policy
from sla_monitor.domain.refusal import Refusal

MOVABLE = (date(2005, 1, 1), date(2050, 12, 31))
"""The days that two calendars are compared on."""


class TableKind(StrEnum):
    """What can be loaded."""

    CALENDAR = "calendar"
    POLICY = "policy"


@dataclass(frozen=True, slots=True)
class LoadedTable:
    """A table as it was loaded: the text is the truth, all else follows from it."""

    version: str
    text: str
    loaded_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Tables:
    """What is in force."""

    calendar: Calendar
    policies: Policies


def new_calendar(text: str, jurisdiction: str, in_force: Calendar, known: Sequence[str]) -> Calendar | Refusal:
    """The calendar in ``text``, when it may follow the one in force: a new version that forgets no announced year."""
    try:
        calendar = read_calendar(text, jurisdiction)
    except BadTable as error:
        return bad_table(error)
    if calendar.version in known:
        return Refusal("version-known", "此版本号已使用", "This version was loaded before; give it a new one.", line=1)
    forgotten = sorted(in_force.announced - calendar.announced)
    if forgotten:
        named = ", ".join(map(str, forgotten))
        return Refusal(
            "year-forgotten",
            f"现行日历已公布的年份在新表中缺失:{named}",
            f"Years announced in the calendar in force are missing: {named}.",
        )
    return calendar


def new_policy(text: str, in_force: Policies, now: datetime) -> Policy | Refusal:
    """The policy in ``text``, when it may be added: a new version of its jurisdiction, in force from now or later."""
    try:
        policy = read_policy(text)
    except BadTable as error:
        return bad_table(error)
    if any((policy.jurisdiction, policy.version) == (one.jurisdiction, one.version) for one in in_force.versions):
        return Refusal("version-known", "此版本号已使用", "This version was loaded before; give it a new one.", line=1)
    if policy.effective_from < now:
        # What started under the old version keeps it; a date in the past would change it behind its back.
        return Refusal(
            "effective-in-the-past", "生效时间不得早于现在", "effective_from must not lie in the past.", line=1
        )
    return policy


def bad_table(error: BadTable) -> Refusal:
    """The reader's error as a refusal; its reason names keys and forms, and quotes only dates and years."""
    where = f"第{error.line}行:" if error.line else ""
    return Refusal("bad-table", f"{where}{error.reason}", str(error), "body.table", error.line or None)


def first_change(before: Calendar, after: Calendar) -> datetime | None:
    """The first instant (UTC) from which the two calendars differ: days, opening hours, or provisional years."""
    years = before.announced ^ after.announced
    for day in days_from(*MOVABLE):
        if day.year in years or before.opening(day) != after.opening(day) or before.day(day) != after.day(day):
            return datetime.combine(day, time(), after.zone).astimezone(UTC)
    return None
