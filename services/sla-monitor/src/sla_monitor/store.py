"""The monitor's collections and queries."""

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chassis.documents import INDEXES as DOCUMENT_INDEXES
from chassis.documents import Documents
from chassis.mongo import Index, Row

CASES = "cases"
TABLES = "tables"
SWEEPS = "sweeps"

INDEXES: Mapping[str, Sequence[Index]] = {
    CASES: (
        *DOCUMENT_INDEXES,
        Index((("row.number", 1),), sparse=True),
        Index((("row.due", 1), ("_id", 1)), sparse=True),
        Index((("row.until", 1),), sparse=True),
        Index((("row.part", 1),), sparse=True),
        Index((("row.units", 1), ("row.due", 1), ("_id", 1))),
        Index((("row.overdue", 1),), sparse=True),
        Index((("row.urged", 1),), sparse=True),
        Index((("row.supervised", 1),), sparse=True),
        Index((("row.marks.at", 1),), sparse=True),
    ),
    TABLES: DOCUMENT_INDEXES,
    SWEEPS: (Index((("done", 1),)),),
}

_FLAG = {"overdue": "row.overdue", "urges": "row.urged", "supervisions": "row.supervised"}
_EVER = datetime(1, 1, 1, tzinfo=UTC)
"""Before every instant: asks for a date at all, by the index (``$exists`` reads every document)."""
PRINTED = 300
"""Rows of each list that the live print covers; more than anybody looks at."""
MARKED = 500


class StoredBoard:
    """The board's queries over the cases."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def subject_of(self, number: str) -> str | None:
        """The appeal with this public number."""
        rows = await self._documents.rows({"row.number": number}, limit=1)
        return str(rows[0]["_id"]) if rows else None

    async def open(
        self, until: datetime | None, unit: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[dict[str, Any]], str | None]:
        """Appeals with open deadlines, what is due first first; ``after`` is the cursor of the page before."""
        where: Row = {"row.due": {"$gte": _EVER} if until is None else {"$lte": until}}
        if unit is not None:
            where["row.units"] = unit
        if after is not None:
            # Many deadlines end at the same minute, so the cursor names the last one shown and not its minute alone.
            due, _, subject = after.partition("|")
            at = datetime.fromisoformat(due)
            where["$or"] = [{"row.due": {"$gt": at}}, {"row.due": at, "_id": {"$gt": subject}}]
        rows = await self._documents.rows(where, sort=[("row.due", 1), ("_id", 1)], limit=limit)
        last = rows[-1] if len(rows) == limit else None
        cursor = f"{last['row']['due'].isoformat()}|{last['_id']}" if last is not None else None
        return [_shown(row) for row in rows], cursor

    async def climbed(self, step: str, unit: str | None, limit: int) -> Sequence[dict[str, Any]]:
        """Appeals that are overdue, urged or supervised."""
        where: Row = {_FLAG[step]: True}
        if unit is not None:
            where["row.units"] = unit
        return [_shown(row) for row in await self._documents.rows(where, sort=[("_id", 1)], limit=limit)]

    async def print_of(self) -> str:
        """A hash over what the board's lists begin with; two equal ones show the same."""
        found = hashlib.sha256()
        lists: tuple[tuple[Row, str], ...] = (
            ({"row.due": {"$gte": _EVER}}, "row.due"),
            *(({flag: True}, "_id") for flag in _FLAG.values()),
        )
        for where, order in lists:
            rows = await self._documents.store.find(
                self._documents.collection, where, fields={"v": 1}, sort=[(order, 1)], limit=PRINTED
            )
            found.update("|".join(f"{row['_id']}={row['v']}" for row in rows).encode() + b"\n")
        return found.hexdigest()[:16]

    async def part(self, part: int) -> list[Row]:
        """What is open, overdue, urged and supervised in one part of the cases (``domain.row.PARTS``)."""
        lists = ("open", "missed", "urged_units", "supervised_units")
        fields = {f"row.{name}": 1 for name in lists}
        rows = await self._documents.store.find(self._documents.collection, {"row.part": part}, fields=fields)
        return [row["row"] for row in rows]

    async def marked(self, first: datetime, last: datetime) -> AsyncIterator[Mapping[str, Any]]:
        """Breaches, urges and supervisions from ``first`` on and before ``last``."""
        after = ""
        while True:
            where: Row = {"row.marks": {"$elemMatch": {"at": {"$gte": first, "$lt": last}}}, "_id": {"$gt": after}}
            rows = await self._documents.rows(where, sort=[("_id", 1)], limit=MARKED)
            for row in rows:
                for mark in row["row"]["marks"]:
                    if first <= mark["at"] < last:
                        yield mark
            if len(rows) < MARKED:
                return
            after = rows[-1]["_id"]


def _shown(row: Row) -> dict[str, Any]:
    shown = {name: value for name, value in row["row"].items() if name != "marks"}
    return {"subject": row["_id"], **shown}
