"""The classifier's queries and its collections beside the appeals' documents."""

import asyncio
import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chassis.document import Document
from chassis.documents import INDEXES, Documents
from chassis.mongo import EPOCH, DuplicateKey, Index, Row, Store
from classifier.domain.guidance import SignOff
from classifier.domain.view import fold
from classifier.ports import FeedItem, Found, Page
from classifier.rules import ClassifierRules
from contracts.words import Exclusion

APPEALS = "appeals"
LINE_MESSAGES = "line_messages"
SIGN_OFFS = "guidance_sign_offs"

RANKS = (0, 1)
"""Of the triage desk: dangerous first."""

ALL_INDEXES: Mapping[str, Sequence[Index]] = {
    APPEALS: (
        *INDEXES,
        Index((("row.triage_rank", 1), ("row.triage_since", 1), ("_id", 1)), sparse=True),
        Index((("row.red_since", 1),), sparse=True),
        Index((("row.emergency_at", 1),), sparse=True),
        Index((("row.references", 1),), sparse=True),
        Index((("row.decided_at", 1),), sparse=True),
    ),
    LINE_MESSAGES: (Index((("line", 1), ("seq", 1)), unique=True),),
    SIGN_OFFS: (),
}


class StoredDesks:
    """Implements ``ports.Desks`` over the rows of the documents."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def triage(self, cursor: str | None, limit: int) -> Page:
        """See ``ports.Desks``."""
        # One look per rank: pinned, the index gives the page in order and no server reads what lies behind it.
        rank, after = 0, None
        if cursor is not None:
            rank, since, last = _read(cursor, 3)
            after = (_instant(since), last)
        rows: list[Row] = []
        for each in RANKS:
            if len(rows) > limit or each < rank:
                continue
            where: Row = {"row.triage_rank": each, "row.triage_since": {"$gte": EPOCH}}
            if after is not None and each == rank:
                at, last = after
                later = [{"row.triage_since": {"$gt": at}}, {"row.triage_since": at, "_id": {"$gt": last}}]
                where = {"row.triage_rank": each, "$or": later}
            order = [("row.triage_since", 1), ("_id", 1)]
            collection = self._documents.collection
            rows += await self._documents.store.find(collection, where, sort=order, limit=limit + 1 - len(rows))
        return _paged(rows, limit, ("triage_rank", "triage_since"))

    async def emergencies(self, *, only_open: bool, cursor: str | None, limit: int) -> Page:
        """See ``ports.Desks``."""
        name, way = ("red_since", 1) if only_open else ("emergency_at", -1)
        return await self._by_time(name, way, cursor, limit)

    async def examples(self, cursor: str | None, limit: int) -> Page:
        """See ``ports.Desks``."""
        return await self._by_time("decided_at", 1, cursor, limit)

    async def by_reference(self, reference: str) -> str | None:
        """See ``ports.Desks``."""
        rows = await self._documents.rows({"row.references": reference}, limit=1)
        return str(rows[0]["_id"]) if rows else None

    async def unacknowledged(self) -> Mapping[str, int]:
        """See ``ports.Desks``."""
        counts: dict[str, int] = {}
        for row in await self._documents.rows({"row.red_since": {"$gte": EPOCH}}, limit=10_000):
            for line in row["row"].get("open_lines", ()):
                counts[line] = counts.get(line, 0) + 1
        return counts

    async def _by_time(self, name: str, way: int, cursor: str | None, limit: int) -> Page:
        field = f"row.{name}"
        where: Row = {field: {"$gte": EPOCH}}
        beyond = "$gt" if way > 0 else "$lt"
        if cursor is not None:
            since, last = _read(cursor, 2)
            at = _instant(since)
            where = {"$or": [{field: {beyond: at}}, {field: at, "_id": {beyond: last}}]}
        return await self._page(where, [(field, way), ("_id", way)], limit, (name,))

    async def _page(self, where: Row, order: Sequence[tuple[str, int]], limit: int, fields: Sequence[str]) -> Page:
        collection = self._documents.collection
        rows = await self._documents.store.find(collection, where, sort=order, limit=limit + 1)
        return _paged(rows, limit, fields)


def _paged(rows: Sequence[Row], limit: int, fields: Sequence[str]) -> Page:
    items = tuple(_found(row) for row in rows[:limit])
    more = None
    if len(rows) > limit:
        last = items[-1].document
        more = _write([*(last.row[name] for name in fields), last.subject])
    return Page(items, more)


def _found(row: Row) -> Found:
    document = Document(row["_id"], row)
    return Found(document, fold(document.subject, document.facts))


def _write(parts: Sequence[Any]) -> str:
    plain = [part.isoformat() if isinstance(part, datetime) else part for part in parts]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> list[Any]:
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise ValueError("the cursor is not one of ours") from None
    plain = isinstance(parts, list) and len(parts) == length and all(isinstance(part, (str, int)) for part in parts)
    if not plain:
        raise ValueError("the cursor is not one of ours")
    return list(parts)


def _instant(text: object) -> datetime:
    at = datetime.fromisoformat(str(text))
    if at.tzinfo is None:
        raise ValueError("the cursor is not one of ours")
    return at


class StoredLineFeed:
    """Implements ``ports.LineFeed``. ``seq`` is last + 1 under a unique index, so no reader passes one that is late."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._collection = store.collection(LINE_MESSAGES)
        self._locks: dict[str, asyncio.Lock] = {}
        self._bells: dict[str, asyncio.Event] = {}

    async def add(self, line: str, message_id: str, body: Mapping[str, Any]) -> bool:
        """See ``ports.LineFeed``."""
        async with self._locks.setdefault(line, asyncio.Lock()):
            while True:
                if await self._store.find(self._collection, {"_id": message_id}, fields={"_id": 1}, limit=1):
                    return False
                newest = await self._store.find(
                    self._collection, {"line": line}, fields={"seq": 1}, sort=[("seq", -1)], limit=1
                )
                seq = newest[0]["seq"] + 1 if newest else 1
                row = {"_id": message_id, "line": line, "seq": seq, "body": dict(body)}
                try:
                    await self._store.call("insert", self._collection.insert_one(row), writes=1)
                except DuplicateKey:
                    continue  # another process took this number, or kept this message
                self._bells.pop(line, asyncio.Event()).set()
                return True

    async def after(self, line: str, seq: int, limit: int) -> Sequence[FeedItem]:
        """See ``ports.LineFeed``."""
        where = {"line": line, "seq": {"$gt": seq}}
        rows = await self._store.find(self._collection, where, sort=[("seq", 1)], limit=limit)
        return [FeedItem(seq=row["seq"], id=row["_id"], body=row["body"]) for row in rows]

    async def news(self, line: str, seconds: float) -> None:
        """See ``ports.LineFeed``."""
        bell = self._bells.setdefault(line, asyncio.Event())
        # Another process may have kept it, which rings no bell here: look again every half second.
        try:
            await asyncio.wait_for(bell.wait(), min(seconds, 0.5))
        except TimeoutError:
            return


class StoredSignOffs:
    """Implements ``ports.SignOffs``."""

    def __init__(self, store: Store, rules: ClassifierRules) -> None:
        self._store = store
        self._collection = store.collection(SIGN_OFFS)
        self._rules = rules

    async def add(self, sign_off: SignOff) -> bool:
        """See ``ports.SignOffs``."""
        row: Row = {
            "_id": sign_off.id,
            "signed_by": sign_off.signed_by,
            "signed_at": sign_off.signed_at,
            "grounds": sorted(sign_off.grounds),
            "least_confidence": sign_off.least_confidence,
            "until": sign_off.until,
        }
        try:
            await self._store.call("insert", self._collection.insert_one(row), writes=1)
        except DuplicateKey:
            return False
        await self.refresh()
        return True

    async def revoke(self, sign_off_id: str, by: str, at: datetime) -> bool:
        """See ``ports.SignOffs``. The first revocation stands."""
        change = {"$set": {"revoked_at": at, "revoked_by": by}}
        where = {"_id": sign_off_id, "revoked_at": {"$exists": False}}
        await self._store.call("update", self._collection.update_one(where, change), writes=1)
        known = await self._store.find(self._collection, {"_id": sign_off_id}, fields={"_id": 1}, limit=1)
        await self.refresh()
        return bool(known)

    async def all(self) -> tuple[SignOff, ...]:
        """See ``ports.SignOffs``."""
        rows = await self._store.find(self._collection, {}, sort=[("signed_at", 1), ("_id", 1)])
        return tuple(_sign_off(row) for row in rows)

    async def refresh(self) -> None:
        """See ``ports.SignOffs``."""
        self._rules.swap_sign_offs(await self.all())


def _sign_off(row: Row) -> SignOff:
    return SignOff(
        id=row["_id"],
        signed_by=row["signed_by"],
        signed_at=row["signed_at"].astimezone(UTC),
        grounds=frozenset(Exclusion(ground) for ground in row["grounds"]),
        least_confidence=row["least_confidence"],
        until=row.get("until"),
        revoked_at=row.get("revoked_at"),
    )
