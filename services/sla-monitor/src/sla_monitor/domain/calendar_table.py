"""Reads a calendar file (TOML text) into a ``Calendar``; a bad file is refused with line and reason."""

import re
from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

from contracts.table_text import BadTable, Row, TableText
from sla_monitor.domain.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    Calendar,
    Day,
    DayKind,
    Season,
    Spans,
    days_from,
    micros_of,
)

_SPAN = re.compile(r"^(\d\d):(\d\d)-(\d\d):(\d\d)$")


def read_calendar(text: str, jurisdiction: str = "*") -> Calendar:
    """The calendar in ``text`` with the opening hours of ``jurisdiction`` (area code), or those of all (``*``).

    Raises ``BadTable``.
    """
    table = TableText(text)
    top = table.top()
    version = top.take("version", str)
    try:
        zone = ZoneInfo(top.take("zone", str))
    except (KeyError, ValueError, OSError):
        raise top.refuse("zone", "no such time zone") from None
    top.done()
    special: dict[date, Day] = {}
    sources: dict[int, str] = {}
    for row in table.rows("notice"):
        _read_notice(row, special, sources)
    _read_decree(table.row("decree"), special, frozenset(sources))
    seasons = _read_hours(table.rows("hours"), jurisdiction)
    table.done()
    try:
        return Calendar(version, zone, special, frozenset(sources), seasons, sources)
    except ValueError as error:
        raise BadTable(0, str(error)) from None


def _read_notice(row: Row, special: dict[date, Day], sources: dict[int, str]) -> None:
    year = row.take("year", int)
    if year in sources:
        raise row.refuse("year", f"{year} has a notice already")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise row.refuse("year", f"must be {FIRST_YEAR} to {LAST_YEAR}")
    source = row.take("source", str)
    if not source.strip():
        raise row.refuse("source", "say which notice")
    for first, last, zh, en in _ranges(row, "holidays", row.take("holidays", list)):
        for day in days_from(first, last):
            _name(row, "holidays", special, year, day, Day(DayKind.HOLIDAY, zh, en))
    for day in row.take("makeup_days", list):
        if type(day) is not date:
            raise row.refuse("makeup_days", "must be dates such as 2026-02-14")
        if day.weekday() < 5:
            raise row.refuse("makeup_days", f"{day} is no Saturday or Sunday")
        _name(row, "makeup_days", special, year, day, Day(DayKind.MAKEUP))
    row.done()
    sources[year] = source


def _name(row: Row, key: str, special: dict[date, Day], year: int, day: date, what: Day) -> None:
    # A notice may reach into the December before it: 2018-12-29 was a make-up day of the notice for 2019.
    if day.year != year and not (day.year == year - 1 and day.month == 12):
        raise row.refuse(key, f"{day} is not in {year}")
    if day in special:
        raise row.refuse(key, f"{day} is named twice")
    special[day] = what


def _read_decree(row: Row, special: dict[date, Day], announced: frozenset[int]) -> None:
    row.take("source", str)
    for entry in row.take("fixed", list):
        try:
            month, day = (int(part) for part in entry["day"].split("-"))
            what = Day(DayKind.HOLIDAY, str(entry["zh"]), str(entry["en"]))
            days = [date(year, month, day) for year in range(FIRST_YEAR, LAST_YEAR + 1) if year not in announced]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise row.refuse("fixed", 'entries look like { day = "01-01", zh = "元旦", en = "..." }') from None
        for each in days:
            special.setdefault(each, what)
    for first, last, zh, en in _ranges(row, "lunar", row.take("lunar", list)):
        for each in days_from(first, last):
            if each.year not in announced:
                special.setdefault(each, Day(DayKind.HOLIDAY, zh, en))
    row.done()


def _ranges(row: Row, key: str, entries: list[Any]) -> list[tuple[date, date, str, str]]:
    found = []
    for number, entry in enumerate(entries, start=1):
        try:
            first, last, zh, en = entry["from"], entry["to"], entry["zh"], entry["en"]
        except (KeyError, TypeError):
            raise row.refuse(key, f"entry {number} needs from, to, zh and en") from None
        if type(first) is not date or type(last) is not date or not isinstance(zh, str) or not isinstance(en, str):
            raise row.refuse(key, f"entry {number}: from and to are dates, zh and en are texts")
        if not 0 <= (last - first).days <= 30:
            raise row.refuse(key, f"entry {number}: to must be 0 to 30 days after from")
        found.append((first, last, zh, en))
    return found


def _read_hours(rows: list[Row], jurisdiction: str) -> tuple[Season, ...]:
    own: list[Season] = []
    general: list[Season] = []
    for row in rows:
        place = row.take("jurisdiction", str)
        season = Season(_month_day(row, "from"), _month_day(row, "to"), _spans(row))
        row.done()
        if place == jurisdiction:
            own.append(season)
        elif place == "*":
            general.append(season)
    return tuple(own + general)


def _month_day(row: Row, key: str) -> tuple[int, int]:
    text = row.take(key, str)
    try:
        day = date.fromisoformat(f"2024-{text}")
    except ValueError:
        raise row.refuse(key, 'must be a month and a day such as "06-01"') from None
    return (day.month, day.day)


def _spans(row: Row) -> Spans:
    spans: list[tuple[int, int]] = []
    for text in row.take("spans", list):
        found = _SPAN.match(text) if isinstance(text, str) else None
        if not found:
            raise row.refuse("spans", 'must look like "08:30-12:00"')
        try:
            at, to = (micros_of(time(int(found[n]), int(found[n + 1]))) for n in (1, 3))
        except ValueError:
            raise row.refuse("spans", "no such time of day") from None
        if at >= to or (spans and at <= spans[-1][1]):
            raise row.refuse("spans", "must rise and not touch")
        spans.append((at, to))
    if not spans:
        raise row.refuse("spans", "must name at least one span")
    return tuple(spans)
