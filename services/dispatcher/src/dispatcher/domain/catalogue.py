"""派单目录: who is responsible for what, by topic, area, level and validity; it says which row chose the unit.

Areas are codes of GB/T 2260: 410411 is a district, 410400 its city, 410000 the province; the larger holds the smaller.
"""

from dataclasses import dataclass
from datetime import date

DISTRICT = "district"


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """One line of responsibility. ``area`` ``*`` is everywhere; ``valid_until`` is the first day it no longer holds.

    ``level`` ``district``: only matters of which the district is known; ``city``: all.
    """

    id: str
    topic: str
    area: str
    level: str
    unit: str
    valid_from: date
    valid_until: date | None = None

    def matches(self, topic: str, area: str, day: date) -> bool:
        """Whether the row speaks of this topic, or one below it, in this area on this day."""
        covers = topic == self.topic or topic.startswith(self.topic + ".")
        valid = self.valid_from <= day and (self.valid_until is None or day < self.valid_until)
        near = self.level != DISTRICT or (area != "" and not area.endswith("00"))
        return covers and valid and near and area.startswith(_stem(self.area))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the whole catalogue."""

    version: str
    rows: tuple[CatalogueRow, ...]

    def choose(self, topic: str, area: str, day: date) -> CatalogueRow | None:
        """The row that decides: the longest topic, then the smallest area, the district's level, the earlier id."""
        matching = [row for row in self.rows if row.matches(topic, area, day)]
        return min(matching, key=_rank, default=None)


def _rank(row: CatalogueRow) -> tuple[int, int, bool, str]:
    return -row.topic.count("."), -len(_stem(row.area)), row.level != DISTRICT, row.id


def _stem(area: str) -> str:
    """What the codes of all places in an area begin with."""
    if area == "*":
        return ""
    return area[:2] if area.endswith("0000") else area[:4] if area.endswith("00") else area
