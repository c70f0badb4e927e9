"""Pages of the desks' lists, each from a narrow stretch of one index, whatever the list holds (ADR 0015)."""

import asyncio
import re
import time
from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

from chassis.documents import Documents
from chassis.mongo import Index, Row
from dispatcher.domain.shelves import ONE_IN, of_desk, of_unit

KEYS = {"due": "row.turn", "since": "row.place"}
"""What a list is sorted by, and the field that says so without two being equal."""

INDEXES = (
    Index((("row.unit", 1), ("row.open", 1), ("row.turn", 1))),
    Index((("row.unit", 1), ("row.open", 1), ("row.state", 1), ("row.turn", 1))),
    Index((("row.unit", 1), ("row.place", 1))),
    Index((("row.desk", 1), ("row.place", 1))),
    Index((("row.state", 1), ("row.place", 1))),
    Index((("row.place", 1),)),
    Index((("row.also", 1),), sparse=True),
    Index((("row.marks", 1),), sparse=True),
)

FRESH_SECONDS = 20.0
"""So long marks are taken from memory. Old ones make a stretch longer or shorter, never wrong."""
COUNTED_SECONDS = 3.0
"""So long a count is taken from memory."""
MOST_LISTS = 1_000
"""Lists whose marks are remembered."""


class ShelfPages:
    """Reads pages of lists. On a database that stops at the limit by itself and is ours alone, marks are not asked."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._remembered: dict[str, tuple[float, list[str]]] = {}
        self._counted: dict[str, tuple[float, tuple[int, bool]]] = {}

    async def page(self, where: Row, by: str, after: str | None, limit: int) -> tuple[list[Row], str | None]:
        """One page of rows that match, sorted by ``row.<by>`` and subject, and the cursor of the next.

        ``where`` names the unit as ``row.units`` and the desk as ``row.desks``, as people mean it.
        """
        key = KEYS[by]
        plain, second, name = _shelf(where, by)
        bounds = _bounds(plain.pop("row.since", None))
        if after is not None:
            bounds["$gt"] = after
        if second is None:
            rows = await self._stretches(plain, key, bounds, name, limit + 1)
        else:
            own, others = await asyncio.gather(
                self._stretches(plain, key, bounds, name, limit + 1),
                self._others(where, second, key, bounds, limit + 1),
            )
            rows = sorted([*own, *others], key=lambda row: _at(row, key)) if others else own
        page = rows[:limit]
        return page, _at(page[-1], key) if len(rows) > limit and page else None

    async def about(self, where: Row, by: str, most: int) -> tuple[int, bool]:
        """How many a list holds, and whether that is exact: beyond ``most`` it is told from its marks.

        Known for some seconds without asking again: counts stand on every page of a desk.
        """
        asked = str((sorted(where.items()), by, most))
        read, count = self._counted.get(asked, (-COUNTED_SECONDS, (0, True)))
        if time.monotonic() - read < COUNTED_SECONDS:
            return count
        _, _, name = _shelf(where, by)
        marks = await self._marks(name, KEYS[by]) if name is not None else []
        if len(marks) * ONE_IN > most * 4:
            count = len(marks) * ONE_IN, False
        else:
            rows, after = await self.page(where, by, None, most)
            count = len(rows), after is None
        self._counted.pop(asked, None)
        self._counted[asked] = (time.monotonic(), count)
        if len(self._counted) > MOST_LISTS:
            del self._counted[next(iter(self._counted))]
        return count

    async def _stretches(self, plain: Row, key: str, bounds: Row, name: str | None, count: int) -> list[Row]:
        """The first ``count`` rows, read up to the next mark, then to the second next, the fourth, the eighth …"""
        marks = await self._marks(name, key) if name is not None else []
        at, step, rows = bisect_right(marks, bounds.get("$gt", "")), 1, list[Row]()
        bounds = dict(bounds)
        while True:
            end = marks[at + step - 1] if at + step <= len(marks) else None
            last = end is None or end >= bounds.get("$lt", "\U0010ffff")
            part = bounds if last else {**bounds, "$lte": end}
            where = {**plain, key: part} if part else plain
            rows += await self._documents.rows(where, sort=((key, 1),), limit=count - len(rows))
            if last or len(rows) >= count:
                return rows
            bounds["$gt"] = end
            at, step = at + step, step * 2

    async def _others(self, where: Row, second: str, key: str, bounds: Row, count: int) -> list[Row]:
        """Orders of which the unit is a co-unit, or that stand on another desk before this one: few, read whole."""
        # By this one value alone: with any condition beside it the embedded server reads every document.
        rows = await self._documents.rows({"row.also": second}, limit=0)
        kept = [row for row in rows if _within(_at(row, key), bounds) and _meets(row["row"], where)]
        return sorted(kept, key=lambda row: _at(row, key))[:count]

    async def _marks(self, name: str, key: str) -> list[str]:
        if self._documents.store.alone:
            return []
        read, marks = self._remembered.get(name, (-FRESH_SECONDS, []))
        if time.monotonic() - read >= FRESH_SECONDS:
            rows = await self._documents.store.find(self._documents.collection, {"row.marks": name}, fields={key: 1})
            marks = sorted(_at(row, key) for row in rows)
            self._remembered.pop(name, None)
            self._remembered[name] = (time.monotonic(), marks)
            if len(self._remembered) > MOST_LISTS:
                del self._remembered[next(iter(self._remembered))]
        return marks


def _shelf(where: Mapping[str, Any], by: str) -> tuple[Row, str | None, str | None]:
    """The condition by plain values, the second name under which others stand on the list, and the marks' name."""
    plain = dict(where)
    if "row.desks" in where and by == "since":
        desk = plain.pop("row.desks")
        return {"row.desk": desk, **plain}, of_desk(desk), of_desk(desk)
    if "row.units" in where:
        unit = plain.pop("row.units")
        name = of_unit(unit, where.get("row.state")) if by == "due" and where.get("row.open") is True else None
        return {"row.unit": unit, **plain}, of_unit(unit), name
    return plain, None, None


def _bounds(since: Mapping[str, str] | None) -> Row:
    """Bounds on the instant as bounds on the place, which begins with it."""
    found: Row = {}
    for kind, value in (since or {}).items():
        # ``~`` follows the instant; what sorts behind it ends an instant that is included.
        found["$lt" if kind in ("$lt", "$lte") else "$gte"] = f"{value}\x7f" if kind in ("$lte", "$gt") else value
    return found


def _meets(row: Row, where: Mapping[str, Any]) -> bool:
    """Whether a row is as asked, by the conditions that searches are made of; bounds are looked at elsewhere."""
    for field, wanted in where.items():
        value = row.get(field.removeprefix("row."))
        if isinstance(wanted, dict):
            if "$regex" in wanted and re.search(wanted["$regex"], value or "") is None:
                return False
        elif wanted not in value if isinstance(value, list) else wanted != value:
            return False
    return True


def _within(at: str, bounds: Mapping[str, str]) -> bool:
    return at > bounds.get("$gt", "") and at >= bounds.get("$gte", "") and ("$lt" not in bounds or at < bounds["$lt"])


def _at(row: Row, key: str) -> str:
    found: str = row["row"][key.removeprefix("row.")]
    return found
