"""Knowledge that grew old and rows of the catalogue that end are flagged."""

from dataclasses import replace
from datetime import date, timedelta

from dispatcher.domain.catalogue import Catalogue
from dispatcher.domain.freshness import aged, span_of, uncovered
from dispatcher.shipped_tables import tables

DAY = date(2026, 6, 1)


def test_an_item_is_stale_after_its_days_and_not_a_day_before() -> None:
    items = tables().knowledge.items[:3]
    edited = {items[0].id: DAY - timedelta(days=10), items[1].id: DAY - timedelta(days=11)}
    found = aged(items, edited, None, DAY, 10)
    assert [(one.item.id, one.stale) for one in found] == [
        (items[2].id, True), (items[1].id, True), (items[0].id, False),
    ]  # fmt: skip


def test_the_later_of_edit_and_common_check_counts() -> None:
    item = tables().knowledge.items[0]
    found = aged((item,), {item.id: DAY - timedelta(days=400)}, DAY - timedelta(days=3), DAY, 180)
    assert (found[0].checked, found[0].stale) == (DAY - timedelta(days=3), False)


def test_a_row_says_whether_it_holds_ends_soon_has_ended_or_has_not_begun() -> None:
    row = replace(tables().catalogue.rows[0], valid_from=DAY - timedelta(days=50), valid_until=None)
    spans = [span_of(replace(row, valid_until=DAY + timedelta(days=days)), DAY, 30) for days in (0, 1, 30, 31)]
    assert spans == ["ended", "ending", "ending", "valid"]
    assert span_of(row, DAY, 30) == "valid"
    assert span_of(replace(row, valid_from=DAY + timedelta(days=1)), DAY, 30) == "coming"


def test_a_row_that_ends_is_told_unless_another_follows_it() -> None:
    row = replace(tables().catalogue.rows[0], valid_from=date(2026, 1, 1), valid_until=DAY + timedelta(days=5))
    after = replace(row, id="next", valid_from=DAY + timedelta(days=5), valid_until=None)
    assert uncovered(Catalogue("1", (row,)), DAY, 30) == [row]
    assert uncovered(Catalogue("1", (row, after)), DAY, 30) == []
    gap = replace(after, valid_from=DAY + timedelta(days=6))
    assert uncovered(Catalogue("1", (row, gap)), DAY, 30) == [row]
