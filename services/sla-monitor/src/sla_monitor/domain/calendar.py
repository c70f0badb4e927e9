"""The working calendar: which days and hours count, and where a period ends (Civil Code art. 201 and 203).

Everything is answered from an index that is built once per calendar version, so a due instant across a year costs
microseconds. Instants go in and come out aware, in UTC; days and hours are those of the calendar's zone.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MICRO = 1_000_000
FIRST_YEAR = 2005
LAST_YEAR = 2050
_BASE = date(FIRST_YEAR, 1, 1).toordinal()
_DAYS = date(LAST_YEAR, 12, 31).toordinal() - _BASE + 1


class OutsideCalendar(ValueError):
    """The period reaches beyond the years the calendar can index."""


class DayKind(StrEnum):
    """Why a day counts or does not."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"


@dataclass(frozen=True, slots=True)
class Day:
    """One day: whether it counts, and the holiday's name in both languages where it has one."""

    kind: DayKind
    zh: str = ""
    en: str = ""

    @property
    def working(self) -> bool:
        """Whether it is a working day."""
        return self.kind is DayKind.WORKING or self.kind is DayKind.MAKEUP


Spans = tuple[tuple[int, int], ...]
"""Opening hours of a day: (from, to) in microseconds since local midnight, ascending, not touching."""


@dataclass(frozen=True, slots=True)
class Season:
    """Opening hours from one month-day to another, both included; may run over New Year. ``(1, 1)`` is 1 January."""

    first: tuple[int, int]
    last: tuple[int, int]
    spans: Spans

    def covers(self, day: date) -> bool:
        """Whether ``day`` falls into the season."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


_WORKING, _WEEKEND = Day(DayKind.WORKING), Day(DayKind.WEEKEND)


@dataclass(frozen=True, eq=False)
class Calendar:
    """One version of the calendar, with one jurisdiction's opening hours.

    ``special`` holds the days that a notice or the decree names; all others follow the weekday rule. ``announced`` are
    the years with a notice: every other year is provisional.
    """

    version: str
    zone: ZoneInfo
    special: Mapping[date, Day]
    announced: frozenset[int]
    seasons: tuple[Season, ...]
    sources: Mapping[int, str] = field(default_factory=dict)
    _before: list[int] = field(init=False, repr=False)
    _working: list[int] = field(init=False, repr=False)
    _spans: list[Spans] = field(init=False, repr=False)
    _worked: list[int] = field(init=False, repr=False)
    _closes: dict[int, datetime] = field(init=False, repr=False)
    _years: list[datetime] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        before, working, spans, worked = [0], [], [], [0]
        for offset in range(_DAYS):
            day = date.fromordinal(_BASE + offset)
            if self.day(day).working:
                hours = next((season.spans for season in self.seasons if season.covers(day)), ())
                if not hours:
                    raise ValueError(f"no working hours on {day.isoformat()}")
                working.append(offset)
                spans.append(hours)
                worked.append(worked[-1] + sum(to - at for at, to in hours))
            before.append(len(working))
        object.__setattr__(self, "_before", before)
        object.__setattr__(self, "_working", working)
        object.__setattr__(self, "_spans", spans)
        object.__setattr__(self, "_worked", worked)
        object.__setattr__(self, "_closes", {})
        years = range(FIRST_YEAR, LAST_YEAR + 2)
        object.__setattr__(self, "_years", [datetime(year, 1, 1, tzinfo=self.zone).astimezone(UTC) for year in years])

    def day(self, day: date) -> Day:
        """What kind of day it is."""
        return self.special.get(day) or (_WORKING if day.weekday() < 5 else _WEEKEND)

    def local(self, instant: datetime) -> datetime:
        """The instant in the calendar's zone."""
        return instant.astimezone(self.zone)

    def provisional(self, start: datetime, due: datetime) -> bool:
        """Whether the period touches a year without a notice."""
        first = FIRST_YEAR - 1 + bisect_right(self._years, start)
        if first not in self.announced:
            return True
        last = first if due < self._years[first + 1 - FIRST_YEAR] else self.local(due).year
        return any(year not in self.announced for year in range(first + 1, last + 1))

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Close of business of the ``days``-th working day after the day of ``start``, which is not counted."""
        if days < 1:
            raise ValueError("a period in days has at least one day")
        return self._close(self._before[self._offset(self.local(start)) + 1] + days - 1)

    def add_calendar_days(self, start: datetime, days: int) -> datetime:
        """Close of business of the ``days``-th day after the day of ``start``, moved on to a working day (art. 203)."""
        if days < 1:
            raise ValueError("a period in days has at least one day")
        offset = self._offset(self.local(start)) + days
        if offset >= _DAYS:
            raise OutsideCalendar("the period ends after the last year of the calendar")
        return self._close(self._before[offset])

    def add_working_time(self, start: datetime, length: timedelta) -> datetime:
        """The instant at which ``length`` of working time has passed: 10:00 + 2 h = 12:00, not 14:00."""
        need = _micros(length)
        if need <= 0:
            raise ValueError("a period in hours is longer than nothing")
        goal = self._elapsed(self.local(start)) + need
        index = bisect_left(self._worked, goal) - 1
        if index >= len(self._working):
            raise OutsideCalendar("the period ends after the last year of the calendar")
        rest = goal - self._worked[index]
        for at, to in self._spans[index]:
            if rest <= to - at:
                return self._instant(self._working[index], at + rest)
            rest -= to - at
        raise AssertionError("the index is consistent")

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two instants; zero where ``end`` is not after ``start``."""
        passed = self._elapsed(self.local(end)) - self._elapsed(self.local(start))
        return timedelta(microseconds=max(0, passed))

    def working_days_before(self, instant: datetime, days: int) -> datetime:
        """The same local time ``days`` working days earlier; close of business stays close of business."""
        local = self.local(instant)
        offset = self._offset(local)
        index = self._before[offset] - days
        if index < 0:
            raise OutsideCalendar("the instant lies before the first year of the calendar")
        at = _time_of(local)
        here = self._before[offset]
        if self._before[offset + 1] > here and at == self._spans[here][-1][1]:
            return self._close(index)
        return self._instant(self._working[index], at)

    def move_working_days(self, instant: datetime, days: int) -> datetime:
        """The same local time ``days`` working days later; close of business stays close of business."""
        local = self.local(instant)
        offset = self._offset(local)
        index = self._before[offset + 1] + days - 1
        if days < 1:
            raise ValueError("moves by at least one day")
        here = self._before[offset]
        at = _time_of(local)
        if self._before[offset + 1] > here and at == self._spans[here][-1][1]:
            return self._close(index)
        if index >= len(self._working):
            raise OutsideCalendar("the period ends after the last year of the calendar")
        return self._instant(self._working[index], at)

    def opening(self, day: date) -> Spans:
        """Opening hours of ``day``; none on a day that is no working day."""
        offset = day.toordinal() - _BASE
        if not 0 <= offset < _DAYS:
            raise OutsideCalendar("the day lies outside the calendar")
        index = self._before[offset]
        return self._spans[index] if self._before[offset + 1] > index else ()

    def working_days_between(self, first: date, last: date) -> int:
        """Working days from ``first`` to ``last``, both included."""
        low, high = first.toordinal() - _BASE, last.toordinal() - _BASE
        if low < 0 or high >= _DAYS:
            raise OutsideCalendar("the days lie outside the calendar")
        return max(0, self._before[high + 1] - self._before[low])

    def _offset(self, local: datetime) -> int:
        offset = local.toordinal() - _BASE
        if not 0 <= offset < _DAYS:
            raise OutsideCalendar(f"only the years {FIRST_YEAR} to {LAST_YEAR} are known")
        return offset

    def _elapsed(self, local: datetime) -> int:
        """Working microseconds from the calendar's first day to ``local``."""
        offset = self._offset(local)
        index = self._before[offset]
        passed = self._worked[index]
        if self._before[offset + 1] > index:
            now = _time_of(local)
            for at, to in self._spans[index]:
                if now <= at:
                    break
                passed += min(now, to) - at
        return passed

    def _close(self, index: int) -> datetime:
        known = self._closes.get(index)
        if known is None:
            if index >= len(self._working):
                raise OutsideCalendar("the period ends after the last year of the calendar")
            known = self._closes[index] = self._instant(self._working[index], self._spans[index][-1][1])
        return known

    def _instant(self, offset: int, micros: int) -> datetime:
        local = datetime.fromordinal(_BASE + offset) + timedelta(microseconds=micros)
        return local.replace(tzinfo=self.zone).astimezone(UTC)


def days_from(first: date, last: date) -> Iterable[date]:
    """Every day from ``first`` to ``last``, both included."""
    return (first + timedelta(days=step) for step in range((last - first).days + 1))


def micros_of(clock: time) -> int:
    """Microseconds since midnight."""
    return ((clock.hour * 60 + clock.minute) * 60 + clock.second) * MICRO + clock.microsecond


def _time_of(local: datetime) -> int:
    return ((local.hour * 60 + local.minute) * 60 + local.second) * MICRO + local.microsecond


def _micros(length: timedelta) -> int:
    return (length.days * 86_400 + length.seconds) * MICRO + length.microseconds
