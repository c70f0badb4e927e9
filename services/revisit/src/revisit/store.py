"""Looks visits up: the queries of the two desks and the indexes they stand on."""

import base64
import binascii
import json

from chassis.documents import INDEXES, Documents
from chassis.mongo import Index, Row
from revisit.ports import BadCursor

COLLECTION = "appeals"

MAX_VISITS = 20_000
"""Visits whose appeal is remembered: it never changes."""

VISIT_INDEXES = {
    COLLECTION: (
        *INDEXES,
        Index((("row.state", 1), ("row.due", 1), ("_id", 1))),
        Index((("row.visits", 1),)),
    )
}


class StoredVisits:
    """Visits by their rows."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._subjects: dict[str, str] = {}

    async def subject_of(self, visit: str) -> str | None:
        """The appeal that this visit belongs to, by an index."""
        if visit not in self._subjects:
            rows = await self._documents.rows({"row.visits": visit}, limit=1)
            if not rows:
                return None
            self._subjects[visit] = rows[0]["_id"]
            if len(self._subjects) > MAX_VISITS:
                del self._subjects[next(iter(self._subjects))]
        return self._subjects[visit]

    async def waiting(self, state: str, after: str | None, limit: int) -> tuple[list[Row], str | None]:
        """Rows in ``state``, what is due first. Raises ``BadCursor``."""
        where: Row = {"row.state": state}
        if after is not None:
            due, subject = _read(after)
            where["$or"] = [{"row.due": {"$gt": due}}, {"row.due": due, "_id": {"$gt": subject}}]
        found = await self._documents.rows(where, sort=[("row.due", 1), ("_id", 1)], limit=limit + 1)
        rows = [{**row["row"], "subject": row["_id"]} for row in found[:limit]]
        if len(found) <= limit:
            return rows, None
        return rows, _cursor(rows[-1]["due"], rows[-1]["subject"])


def _cursor(due: str, subject: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([due, subject]).encode()).decode()


def _read(cursor: str) -> tuple[str, str]:
    try:
        due, subject = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (binascii.Error, ValueError, TypeError):
        raise BadCursor from None
    if not isinstance(due, str) or not isinstance(subject, str):
        raise BadCursor
    return due, subject
