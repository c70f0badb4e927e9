"""What people must look at again: knowledge that grew old, rows of the catalogue that end (S2: kept current)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dispatcher.domain.catalogue import Catalogue, CatalogueRow
from dispatcher.domain.knowledge import KnowledgeItem

Span = Literal["ended", "ending", "coming", "valid"]


@dataclass(frozen=True, slots=True)
class Aged:
    """An item and the day it was last looked at; ``stale`` when that is too long ago, or never."""

    item: KnowledgeItem
    checked: date | None
    stale: bool


def aged(
    items: Iterable[KnowledgeItem], edited: Mapping[str, date], checked: date | None, day: date, stale_days: int
) -> list[Aged]:
    """All items, the stale ones first and the oldest of them on top. ``edited``: item to the day of its last edit."""
    found = []
    for item in items:
        last = max(filter(None, (edited.get(item.id), checked)), default=None)
        found.append(Aged(item, last, last is None or (day - last).days > stale_days))
    return sorted(found, key=lambda one: (not one.stale, one.checked or date.min, one.item.id))


def span_of(row: CatalogueRow, day: date, ending_days: int) -> Span:
    """Whether a row holds on this day, ends within ``ending_days``, has ended or has not begun."""
    if row.valid_until is not None and row.valid_until <= day:
        return "ended"
    if row.valid_from > day:
        return "coming"
    if row.valid_until is not None and row.valid_until <= day + timedelta(days=ending_days):
        return "ending"
    return "valid"


def uncovered(catalogue: Catalogue, day: date, ending_days: int) -> list[CatalogueRow]:
    """Rows that have ended, or end soon, without one that speaks of the same topic and area afterwards."""
    found = []
    for row in catalogue.rows:
        if span_of(row, day, ending_days) not in ("ended", "ending") or row.valid_until is None:
            continue
        after = max(row.valid_until, day)
        if not any(
            (other.topic, other.area) == (row.topic, row.area) and other.matches(row.topic, other.area, after)
            for other in catalogue.rows
        ):
            found.append(row)
    return found
