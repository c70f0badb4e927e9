"""通报名单: how often each unit was late, urged and supervised (S0). Published, small numbers are hidden."""

from collections.abc import Iterable, Mapping
from typing import Any

WHAT = {"breach": "breaches", "urge": "urges", "supervision": "supervisions"}
SMALLEST_SHOWN = 5
"""Counts below this, other than zero, are hidden when published: they would point at single cases (D)."""


def bulletin_list(marks: Iterable[Mapping[str, Any]], *, hide_small: bool) -> list[dict[str, Any]]:
    """One row per unit, the most breaches first; by name where counts are hidden, so that the order tells nothing."""
    counts: dict[str, dict[str, int]] = {}
    for mark in marks:
        unit = counts.setdefault(mark["unit"], dict.fromkeys(WHAT.values(), 0))
        unit[WHAT[mark["what"]]] += 1
    if hide_small:
        return [{"unit": unit, **{name: _public(n) for name, n in row.items()}} for unit, row in sorted(counts.items())]
    ordered = sorted(counts.items(), key=lambda one: ([-n for n in one[1].values()], one[0]))
    return [{"unit": unit, **row} for unit, row in ordered]


def _public(count: int) -> int | None:
    return count if count == 0 or count >= SMALLEST_SHOWN else None
