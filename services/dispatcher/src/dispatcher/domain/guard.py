"""An accusation never reaches the accused unit, nor what is above or below it (domain rules, section 7).

Every path by which an order could get to a unit or a person asks here: dispatch, return, designation, instruction,
joint handling, merge, reading, search, export and replay.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.recusal import named_in
from dispatcher.domain.member_unit import HOTLINE_CENTER, SUPERVISION_OFFICE, Directory


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts or reads. ``unit``: whose person that is, for the centre's people where their token says so."""

    user: str
    unit: str | None = None


def accused_units(accused: Iterable[str], directory: Directory) -> frozenset[str]:
    """Whom the words name, by id: a form takes free text. Words that name no member unit stay as they are."""
    return frozenset(unit for words in accused for unit in directory.named(words) or (words,))


def unit_unknown(accused: Collection[str], accusing: bool, directory: Directory) -> bool:
    """Whether somebody is accused of whom it is not known to which member unit they belong."""
    return accusing and (not accused or not all(directory.named(words) for words in accused))


def barred_units(accused: Iterable[str], directory: Directory) -> frozenset[str]:
    """Every unit that may not get, see or hold an order in which ``accused`` are accused of misconduct."""
    found: set[str] = set()
    for unit in accused_units(accused, directory):
        found.add(unit)
        found.update(directory.above(unit))
        found.update(directory.below(unit))
    return frozenset(found)


def guarded_unit(barred: frozenset[str]) -> str | None:
    """Who gets an accusation: the supervision office; the centre where that office is concerned; else nobody."""
    return next((unit for unit in (SUPERVISION_OFFICE, HOTLINE_CENTER) if unit not in barred), None)


def may_reach(unit: str, accused: Iterable[str], directory: Directory) -> bool:
    """Whether anything about the order may be sent, or sent again, to this unit."""
    return unit not in barred_units(accused, directory)


def must_recuse(person: Person, recused: Collection[str], barred: Collection[str]) -> bool:
    """回避: who said so or was told to, and whoever belongs to a unit that the accusation concerns."""
    return named_in(recused, person.user, person.unit) or (person.unit is not None and person.unit in barred)


def open_to(row: Mapping[str, Any], person: Person) -> bool:
    """Whether this person may find the order in a list, a search or an export; ``row`` as ``row_of`` makes it."""
    return not must_recuse(person, row.get("recused", ()), row.get("barred", ()))


def readable(
    messages: Sequence[Mapping[str, Any]], closed: Collection[str], read: Collection[str]
) -> list[Mapping[str, Any]]:
    """A unit's kept messages without those of orders that are closed to the reader; ``closed`` are their subjects.

    Whoever has read the assignment (``read``) learns that the order is gone, and gets the answers to its own commands.
    """
    return [
        one
        for one in messages
        if one["subject"] not in closed
        or one["type"].startswith("command.")
        or (one["type"] == "recalled" and one["subject"] in read)
    ]
