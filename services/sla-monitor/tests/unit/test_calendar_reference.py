"""The fast calendar against a slow one that is obviously right: it walks day by day and asks chinesecalendar.

``CALENDAR_MINUTES=all`` walks every minute of 2018 to 2026 instead of 20 000 random ones (minutes of work).
"""

import os
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache

import chinese_calendar
import pytest

from contracts.words import AppealType, DeadlineKind, Urgency
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.domain.policy import Measure, Period, due
from sla_monitor.domain.term import term

CALENDAR = shipped_calendar()
POLICY = shipped_policies().versions[0]
BEIJING = timezone(timedelta(hours=8))
SPANS = ((time(8, 30), time(12)), (time(14), time(17, 30)))
FIRST, LAST = datetime(2018, 1, 1, tzinfo=BEIJING), datetime(2026, 12, 15, tzinfo=BEIJING)
DAY = timedelta(days=1)


@cache
def working(day: date) -> bool:
    return chinese_calendar.is_workday(day)


@cache
def slow_working_days(day: date, count: int) -> datetime:
    while count:
        day += DAY
        count -= working(day)
    return datetime.combine(day, time(17, 30), tzinfo=BEIJING)


@cache
def slow_calendar_days(day: date, count: int) -> datetime:
    day += count * DAY
    while not working(day):
        day += DAY
    return datetime.combine(day, time(17, 30), tzinfo=BEIJING)


def slow_working_hours(start: datetime, hours: int) -> datetime:
    left, day = timedelta(hours=hours), start.date()
    while True:
        for at, to in SPANS if working(day) else ():
            opens = max(datetime.combine(day, at, tzinfo=BEIJING), start)
            closes = datetime.combine(day, to, tzinfo=BEIJING)
            if closes > opens:
                if left <= closes - opens:
                    return opens + left
                left -= closes - opens
        day += DAY


def slow_due(start: datetime, length: int, measure: Measure) -> datetime:
    match measure:
        case Measure.WALL_HOURS:
            return start + timedelta(hours=length)
        case Measure.WORKING_HOURS:
            return slow_working_hours(start, length)
        case Measure.WORKING_DAYS:
            return slow_working_days(start.date(), length)
        case Measure.CALENDAR_DAYS:
            return slow_calendar_days(start.date(), length)


EXPECTED: dict[DeadlineKind, tuple[int, Measure]] = {
    DeadlineKind.RECEIPT: (2, Measure.WORKING_HOURS),
    DeadlineKind.CONTACT: (3, Measure.WORKING_DAYS),
    DeadlineKind.RESOLVE: (5, Measure.WORKING_DAYS),
    DeadlineKind.RETURN: (1, Measure.WORKING_DAYS),
    DeadlineKind.URGE_REPLY: (2, Measure.WORKING_DAYS),
    DeadlineKind.REDO: (5, Measure.WORKING_DAYS),
    DeadlineKind.REVISIT: (1, Measure.WORKING_DAYS),
    DeadlineKind.SUPERVISION_SYSTEM: (2, Measure.WORKING_DAYS),
    DeadlineKind.SUPERVISION_WRITTEN: (3, Measure.WORKING_DAYS),
    DeadlineKind.SUPERVISION_SPECIAL_TOPIC: (5, Measure.WORKING_DAYS),
    DeadlineKind.SUPERVISION_INSTRUCTION: (3, Measure.WORKING_DAYS),
}


def minutes() -> Iterator[datetime]:
    total = int((LAST - FIRST) / timedelta(minutes=1))
    if os.environ.get("CALENDAR_MINUTES") == "all":
        return (FIRST + timedelta(minutes=each) for each in range(total))
    chance = random.Random(12345)
    return (FIRST + timedelta(minutes=chance.randrange(total)) for _ in range(20_000))


@pytest.mark.timeout(7200)
def test_every_measure_agrees_with_a_slow_walk_at_random_minutes() -> None:
    cases = ((2, Measure.WORKING_HOURS), (5, Measure.WORKING_DAYS), (7, Measure.CALENDAR_DAYS))
    periods = {case: Period(*case, "", "") for case in cases}
    for start in minutes():
        instant = start.astimezone(UTC)
        for (length, measure), period in periods.items():
            assert slow_due(start, length, measure) == due(CALENDAR, instant, period), (start, measure)


def test_every_kind_agrees_at_every_boundary_of_every_day_and_the_minute_before_and_after() -> None:
    edges = [time(0), time(8, 30), time(12), time(14), time(17, 30), time(23, 59)]
    chance = random.Random(7)
    for nth in range((LAST - FIRST).days):
        day = FIRST.date() + nth * DAY
        for edge in edges:
            at = datetime.combine(day, edge, tzinfo=BEIJING)
            kind = chance.choice(list(EXPECTED))
            for start in (at - timedelta(minutes=1), at, at + timedelta(minutes=1)):
                for each in {kind, DeadlineKind.RECEIPT}:
                    found = term(CALENDAR, POLICY, each, start.astimezone(UTC), type=AppealType.COMPLAINT)
                    assert slow_due(start, *EXPECTED[each]) == found.due, (start, each)


@pytest.mark.parametrize("kind", list(DeadlineKind))
def test_every_kind_agrees_on_every_day(kind: DeadlineKind) -> None:
    length, measure = EXPECTED[kind]
    for nth in range((LAST - FIRST).days):
        start = FIRST + nth * DAY + timedelta(hours=10)
        found = term(CALENDAR, POLICY, kind, start.astimezone(UTC), type=AppealType.HELP, urgency=Urgency.NORMAL)
        assert slow_due(start, length, measure) == found.due


def test_an_urgent_receipt_runs_around_the_clock() -> None:
    start = datetime(2026, 2, 17, 23, 30, tzinfo=BEIJING)
    found = term(CALENDAR, POLICY, DeadlineKind.RECEIPT, start, urgency=Urgency.URGENT)
    assert datetime(2026, 2, 18, 1, 30, tzinfo=BEIJING) == found.due


def test_inquiries_are_answered_in_three_working_days() -> None:
    start = datetime(2026, 3, 2, 10, tzinfo=BEIJING)
    found = term(CALENDAR, POLICY, DeadlineKind.RESOLVE, start, type=AppealType.INQUIRY)
    assert datetime(2026, 3, 5, 17, 30, tzinfo=BEIJING) == found.due
