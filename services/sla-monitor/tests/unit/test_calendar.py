"""The working calendar: the days, the hours, and where a period ends."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla_monitor.data import shipped_calendar, shipped_text
from sla_monitor.domain.calendar import Calendar, Day, DayKind, OutsideCalendar, days_from
from sla_monitor.domain.calendar_table import read_calendar

CALENDAR = shipped_calendar()
SHANGHAI = ZoneInfo("Asia/Shanghai")


def instants(first: str, last: str) -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime.fromisoformat(first), datetime.fromisoformat(last), timezones=st.just(UTC))


INSTANTS = instants("2018-01-01", "2027-11-01")


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_every_day_from_2018_to_2026_agrees_with_chinesecalendar() -> None:
    days = list(days_from(date(2018, 1, 1), date(2026, 12, 31)))
    assert [chinese_calendar.is_workday(day) for day in days] == [CALENDAR.day(day).working for day in days]


def test_every_announced_year_names_its_notice() -> None:
    assert list(range(2018, 2027)) == sorted(CALENDAR.announced)
    assert all("国办发明电" in CALENDAR.sources[year] for year in CALENDAR.announced)


def test_the_make_up_days_of_2026_are_the_announced_ones() -> None:
    found = [day for day in days_from(date(2026, 1, 1), date(2026, 12, 31)) if CALENDAR.day(day).kind is DayKind.MAKEUP]
    announced = ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    assert announced == [f"{day:%m-%d}" for day in found]


def test_a_year_not_announced_has_the_statutory_days_of_the_decree_and_no_make_up_days() -> None:
    days = list(days_from(date(2027, 1, 1), date(2027, 12, 31)))
    holidays = [f"{day:%m-%d}" for day in days if CALENDAR.day(day).kind is DayKind.HOLIDAY]
    expected = [
        "01-01", "02-05", "02-06", "02-07", "02-08", "04-05", "05-01", "05-02",
        "06-09", "09-15", "10-01", "10-02", "10-03",
    ]  # fmt: skip
    assert expected == holidays
    assert not any(CALENDAR.day(day).kind is DayKind.MAKEUP for day in days)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-02-13T16:00", 5, "2026-02-27T17:30"),  # the make-up Saturday counts, the festival does not
        ("2026-02-13T23:59", 1, "2026-02-14T17:30"),
        ("2026-02-14T00:00", 1, "2026-02-24T17:30"),
        ("2026-03-07T10:00", 1, "2026-03-09T17:30"),  # received on a Saturday
        ("2025-12-31T10:00", 1, "2026-01-04T17:30"),  # over New Year, onto a make-up Sunday
        ("2024-02-28T10:00", 1, "2024-02-29T17:30"),  # 29 February
        ("2028-02-28T10:00", 2, "2028-03-01T17:30"),
        ("2018-12-28T10:00", 1, "2018-12-29T17:30"),  # named by the notice for 2019
    ],
)
def test_working_days_end_at_close_of_business_and_do_not_count_the_first_day(start: str, days: int, due: str) -> None:
    assert beijing(due) == CALENDAR.add_working_days(beijing(start), days)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-02T10:00", 2, "2026-03-02T12:00"),  # not 14:00
        ("2026-03-02T11:59", 2, "2026-03-02T15:59"),
        ("2026-03-02T12:00", 2, "2026-03-02T16:00"),
        ("2026-03-02T15:30", 2, "2026-03-02T17:30"),
        ("2026-03-02T15:31", 2, "2026-03-03T08:31"),
        ("2026-03-02T17:30", 2, "2026-03-03T10:30"),
        ("2026-03-02T08:29", 2, "2026-03-02T10:30"),
        ("2026-03-06T17:00", 2, "2026-03-09T10:00"),
        ("2026-02-14T17:00", 2, "2026-02-24T10:00"),
        ("2026-03-02T10:00:30", 2, "2026-03-02T14:00:30"),
    ],
)
def test_working_hours_end_on_the_minute_reached(start: str, hours: int, due: str) -> None:
    assert beijing(due) == CALENDAR.add_working_time(beijing(start), timedelta(hours=hours))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-02T10:00", 3, "2026-03-05T17:30"),
        ("2026-03-02T10:00", 5, "2026-03-09T17:30"),  # the last day is a Saturday
        ("2026-02-10T10:00", 4, "2026-02-14T17:30"),
        ("2026-02-10T10:00", 5, "2026-02-24T17:30"),
    ],
)
def test_calendar_days_move_on_only_when_the_last_day_is_off(start: str, days: int, due: str) -> None:
    assert beijing(due) == CALENDAR.add_calendar_days(beijing(start), days)


def test_the_zone_of_the_instant_does_not_matter() -> None:
    start = beijing("2026-02-13T16:00")
    same = [start, start.astimezone(UTC), start.astimezone(ZoneInfo("America/New_York"))]
    assert len({CALENDAR.add_working_days(instant, 5) for instant in same}) == 1


def test_a_period_that_touches_an_unannounced_year_is_provisional() -> None:
    due = beijing("2026-12-31T17:30")
    assert CALENDAR.provisional(beijing("2026-12-28T10:00"), due) is False
    assert CALENDAR.provisional(beijing("2026-12-28T10:00"), due + timedelta(days=1)) is True


def test_seasons_change_the_close_of_business() -> None:
    text = shipped_text("calendar.toml") + (
        '[[hours]]\njurisdiction = "330200"\nfrom = "06-01"\nto = "09-30"\nspans = ["08:30-12:00", "14:30-18:00"]\n'
    )
    summer = read_calendar(text, "330200")
    assert beijing("2026-06-02T18:00") == summer.add_working_days(beijing("2026-06-01T09:00"), 1)
    assert beijing("2026-10-08T17:30") == summer.add_working_days(beijing("2026-09-30T09:00"), 1)
    assert beijing("2026-06-02T17:30") == read_calendar(text, "410400").add_working_days(beijing("2026-06-01T09:00"), 1)


def test_a_season_may_run_over_new_year() -> None:
    text = shipped_text("calendar.toml") + (
        '[[hours]]\njurisdiction = "230100"\nfrom = "11-01"\nto = "03-31"\nspans = ["08:30-12:00", "13:30-16:30"]\n'
    )
    winter = read_calendar(text, "230100")
    assert beijing("2026-01-06T16:30") == winter.add_working_days(beijing("2026-01-05T09:00"), 1)
    assert beijing("2026-04-02T17:30") == winter.add_working_days(beijing("2026-04-01T09:00"), 1)


def test_a_period_beyond_the_calendar_is_an_error_and_not_a_date() -> None:
    with pytest.raises(OutsideCalendar):
        CALENDAR.add_working_days(beijing("2050-12-31T10:00"), 5)
    with pytest.raises(OutsideCalendar):
        CALENDAR.add_working_time(beijing("2050-12-30T10:00"), timedelta(hours=100))
    with pytest.raises(OutsideCalendar):
        CALENDAR.add_calendar_days(beijing("1999-01-01T10:00"), 1)


@given(INSTANTS, st.integers(1, 60))
def test_one_more_day_is_never_earlier(start: datetime, days: int) -> None:
    assert CALENDAR.add_working_days(start, days) < CALENDAR.add_working_days(start, days + 1)
    assert CALENDAR.add_calendar_days(start, days) <= CALENDAR.add_calendar_days(start, days + 1)


@given(INSTANTS, st.integers(1, 40 * 60))
def test_working_time_between_start_and_end_is_what_was_added(start: datetime, minutes: int) -> None:
    length = timedelta(minutes=minutes)
    assert length == CALENDAR.working_time(start, CALENDAR.add_working_time(start, length))


def with_holiday(day: date) -> Calendar:
    special = {**CALENDAR.special, day: Day(DayKind.HOLIDAY, "临时", "extra")}
    return Calendar("x", CALENDAR.zone, special, CALENDAR.announced, CALENDAR.seasons)


EXTRA = {day: with_holiday(day) for day in (date(2026, 3, 4), date(2026, 2, 14), date(2026, 10, 8), date(2026, 6, 30))}


@given(
    st.sampled_from(sorted(EXTRA)),
    instants("2026-01-05", "2026-10-30"),
    st.integers(1, 30),
)
def test_adding_a_holiday_never_makes_anything_due_earlier(day: date, start: datetime, length: int) -> None:
    fewer = EXTRA[day]
    hours = timedelta(hours=length)
    assert CALENDAR.add_working_days(start, length) <= fewer.add_working_days(start, length)
    assert CALENDAR.add_calendar_days(start, length) <= fewer.add_calendar_days(start, length)
    assert CALENDAR.add_working_time(start, hours) <= fewer.add_working_time(start, hours)
