"""派单目录: who is responsible for what, by topic, area and validity; it says which row chose the unit."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueRow:
    """One line of responsibility. ``area`` ``*`` is everywhere; ``valid_until`` is the first day it no longer holds."""

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
        return covers and self.area in ("*", area) and valid


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One version of the whole catalogue."""

    version: str
    rows: tuple[CatalogueRow, ...]

    def choose(self, topic: str, area: str, day: date) -> CatalogueRow | None:
        """The row that decides: the longest topic, then a named area before ``*``, then the earlier id."""
        matching = [row for row in self.rows if row.matches(topic, area, day)]
        return min(matching, key=lambda row: (-row.topic.count("."), row.area == "*", row.id), default=None)
