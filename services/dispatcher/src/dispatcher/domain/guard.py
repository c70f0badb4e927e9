"""An accusation never reaches the accused unit, nor what is above or below it (domain rules, section 7)."""

from collections.abc import Iterable

from dispatcher.domain.member_unit import HOTLINE_CENTER, SUPERVISION_OFFICE, Directory


def barred_units(accused: Iterable[str], directory: Directory) -> frozenset[str]:
    """Every unit that may not get, see or hold an order in which ``accused`` are accused of misconduct."""
    found: set[str] = set()
    for unit in accused:
        found.add(unit)
        found.update(directory.above(unit))
        found.update(directory.below(unit))
    return frozenset(found)


def guarded_unit(barred: frozenset[str]) -> str | None:
    """Who gets an accusation: the supervision office; the centre where that office is concerned; else nobody."""
    return next((unit for unit in (SUPERVISION_OFFICE, HOTLINE_CENTER) if unit not in barred), None)
