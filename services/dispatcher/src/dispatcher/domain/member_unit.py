"""Member units of the hotline network, and who is above and below whom."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

SUPERVISION_OFFICE = "supervision-office"
HOTLINE_CENTER = "hotline-center"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberUnit:
    """A unit with its published telephone numbers. ``over_http``: its orders come as a list, not in a queue."""

    id: str
    zh: str
    en: str
    phone: str
    duty_phone: str
    parent: str | None = None
    over_http: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """All member units by id."""

    version: str
    units: Mapping[str, MemberUnit]

    @staticmethod
    def of(version: str, units: Iterable[MemberUnit]) -> "Directory":
        """The directory of these units. Raises ``ValueError`` for a double id, an unknown parent or a loop."""
        by_id: dict[str, MemberUnit] = {}
        for unit in units:
            if unit.id in by_id:
                raise ValueError(f"unit {unit.id} is listed twice")
            by_id[unit.id] = unit
        directory = Directory(version, by_id)
        for unit in by_id.values():
            if unit.parent is not None and unit.parent not in by_id:
                raise ValueError(f"unit {unit.id} has an unknown parent")
            directory.above(unit.id)
        return directory

    def __contains__(self, unit: object) -> bool:
        return unit in self.units

    def name(self, unit: str | None) -> str:
        """The unit's Chinese name; its id where it is not known, a dash for none."""
        if unit is None:
            return "—"
        known = self.units.get(unit)
        return known.zh if known is not None else unit

    def named(self, words: str) -> frozenset[str]:
        """Every unit that free words name: by id, English or Chinese name in any case, width and spacing.

        A Chinese name counts inside other words too: 市城市管理局执法科 names 城市管理局.
        """
        if words in self.units:
            return frozenset((words,))
        plain = _plain(words)
        return frozenset(
            unit.id
            for unit in self.units.values()
            if plain in (_plain(unit.id), _plain(unit.en)) or _inside(_plain(unit.zh), plain)
        )

    def above(self, unit: str) -> tuple[str, ...]:
        """Parent, grandparent and so on. Raises ``ValueError`` for a loop."""
        found: list[str] = []
        at = self.units.get(unit)
        while at is not None and at.parent is not None:
            if at.parent == unit or at.parent in found:
                raise ValueError(f"unit {unit} is above itself")
            found.append(at.parent)
            at = self.units.get(at.parent)
        return tuple(found)

    def below(self, unit: str) -> frozenset[str]:
        """Children, grandchildren and so on."""
        return frozenset(other for other in self.units if unit in self.above(other))


def _plain(words: str) -> str:
    """Without what people write one way or the other."""
    return re.sub(r"[\s_\-]", "", unicodedata.normalize("NFKC", words).casefold())


def _inside(name: str, words: str) -> bool:
    return name == words or (len(name) > 1 and not name.isascii() and name in words)
