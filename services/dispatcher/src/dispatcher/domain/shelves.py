"""Where an order stands on the lists of the desks: the fields that the store's indexes are made of (ADR 0015).

Each list is read by two plain values, so that every server answers a narrow stretch of it from an index: who holds it
(``unit``, ``desk``) and where it stands (``turn`` by what is due, ``place`` by acceptance; both end with the subject,
so no two are equal). The rare second holder or second desk is named in ``also``. One order in ``ONE_IN`` is a mark: it
names the lists it stands on in ``marks``, and a reader cuts a list of any length at its marks.
"""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from dispatcher.domain.row import DESKS, FAR

ONE_IN = 256
"""Orders to a mark: a page reads about as many rows as a list has marks, and as many again."""


def of_unit(unit: str, state: str | None = None) -> str:
    """The list of a unit's open orders, all or in one state."""
    return f"unit {unit}" if state is None else f"unit {unit} {state}"


def of_desk(desk: str) -> str:
    """A list of the centre's desks."""
    return f"desk {desk}"


def is_mark(subject: str) -> bool:
    """Whether lists are cut at this order: always the same ones, spread evenly."""
    return crc32(subject.encode()) % ONE_IN == 0


def shelved(row: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """What is added to the row."""
    desks = sorted(row["desks"], key=DESKS.index)
    others = [unit for unit in row["units"] if unit != row["unit"]]
    found: dict[str, Any] = {
        "turn": f"{row['due']}~{subject}",
        "place": f"{row['since'] or FAR}~{subject}",
        "desk": desks[0] if desks else None,
    }
    also = [of_unit(unit) for unit in others] + [of_desk(desk) for desk in desks[1:]]
    if also:
        found["also"] = also
    marks = _marks(row, found["desk"]) if is_mark(subject) else []
    if marks:
        found["marks"] = marks
    return found


def _marks(row: Mapping[str, Any], desk: str | None) -> list[str]:
    found = [of_desk(desk)] if desk is not None else []
    if row["open"] and row["unit"] is not None:
        found += [of_unit(row["unit"]), of_unit(row["unit"], row["state"])]
    return found
