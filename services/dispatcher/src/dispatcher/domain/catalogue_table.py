"""Reads a dispatch catalogue as people write it (TOML); a bad one is refused with its line and the reason."""

import re
from datetime import date

from contracts.table_text import Row, TableText
from dispatcher.domain.catalogue import Catalogue, CatalogueRow
from dispatcher.domain.member_unit import Directory

_TOPIC = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_AREA = re.compile(r"\*|[1-9]\d{5}")
_VERSION = re.compile(r"[\w.+-]{1,60}")
_LEVELS = ("city", "district")


def read_catalogue(text: str, directory: Directory) -> Catalogue:
    """The catalogue in ``text``. Raises ``BadTable``."""
    table = TableText(text)
    top = table.top()
    version = top.take("version", str)
    if not _VERSION.fullmatch(version):
        raise top.refuse("version", "1 to 60 letters, digits and . + -")
    top.done()
    rows: list[CatalogueRow] = []
    known: dict[str, int] = {}
    for row in table.rows("row"):
        found = _row(row, directory)
        if found.id in known:
            raise row.refuse("id", f"{found.id} is also in line {known[found.id]}")
        known[found.id] = row.line("id")
        _apart(row, found, rows)
        rows.append(found)
    table.done()
    if not rows:
        raise top.refuse("version", "the catalogue has no row")
    return Catalogue(version, tuple(rows))


def _row(row: Row, directory: Directory) -> CatalogueRow:
    def matching(key: str, pattern: re.Pattern[str], wanted: str) -> str:
        value = row.take(key, str)
        if not pattern.fullmatch(value):
            raise row.refuse(key, wanted)
        return value

    name = matching("id", re.compile(r".{1,100}"), "1 to 100 characters")
    topic = matching("topic", _TOPIC, "a topic such as water.supply")
    area = matching("area", _AREA, "six digits, or * for everywhere")
    level = row.take("level", str)
    if level not in _LEVELS:
        raise row.refuse("level", f"one of {', '.join(_LEVELS)}")
    unit = row.take("unit", str)
    if unit not in directory:
        raise row.refuse("unit", f"{unit[:40]} is no member unit")
    begins = row.take("valid_from", date)
    ends = row.take("valid_until", date) if row.has("valid_until") else None
    if ends is not None and ends <= begins:
        raise row.refuse("valid_until", "the row ends before it begins")
    row.done()
    return CatalogueRow(id=name, topic=topic, area=area, level=level, unit=unit, valid_from=begins, valid_until=ends)


def _apart(row: Row, found: CatalogueRow, others: list[CatalogueRow]) -> None:
    """Two rows for one topic and area on one day would leave it to their ids who is responsible."""
    for other in others:
        begins_before_end = other.valid_until is None or found.valid_from < other.valid_until
        ends_after_begin = found.valid_until is None or other.valid_from < found.valid_until
        if (other.topic, other.area) == (found.topic, found.area) and begins_before_end and ends_after_begin:
            raise row.refuse("topic", f"row {other.id} speaks of the same topic and area in the same days")
