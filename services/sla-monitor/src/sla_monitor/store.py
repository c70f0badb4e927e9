"""The monitor's collections and queries."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.documents import INDEXES as DOCUMENT_INDEXES
from chassis.documents import Documents
from chassis.mongo import Index, Row

CASES = "cases"

INDEXES: Mapping[str, Sequence[Index]] = {
    CASES: (
        *DOCUMENT_INDEXES,
        Index((("row.number", 1),), sparse=True),
        Index((("row.due", 1), ("_id", 1)), sparse=True),
        Index((("row.units", 1), ("row.due", 1), ("_id", 1))),
        Index((("row.urged", 1),), sparse=True),
        Index((("row.supervised", 1),), sparse=True),
    )
}

_FLAG = {"urges": "row.urged", "supervisions": "row.supervised"}


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
        where: Row = {"row.due": {"$exists": True} if until is None else {"$lte": until}}
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
        """Appeals with standing urges or supervisions."""
        where: Row = {_FLAG[step]: True}
        if unit is not None:
            where["row.units"] = unit
        return [_shown(row) for row in await self._documents.rows(where, limit=limit)]


def _shown(row: Row) -> dict[str, Any]:
    return {"subject": row["_id"], **row["row"]}
