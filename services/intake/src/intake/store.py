"""Intake's collections beside the documents: finding appeals, wrong codes, line keys, void numbers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chassis.document import Document
from chassis.documents import INDEXES as DOCUMENT_INDEXES
from chassis.mongo import DUPLICATE, BulkRefused, Collection, DuplicateKey, Index, Row, Store, UpdateOne
from intake import files, vault
from intake.ports import Appeal

APPEALS = "appeals"
WRONG_CODES = "wrong_codes"
FILINGS = "filings"
UNIT_FILES = "unit_files"
LINE_KEYS = "line_keys"

WRONG_CODES_AN_HOUR = 10

INDEXES: dict[str, Sequence[Index]] = {
    APPEALS: (
        *DOCUMENT_INDEXES,
        Index((("area", 1), ("day", 1), ("seq", 1)), unique=True, sparse=True),
        Index((("number", 1),), unique=True, sparse=True),
        Index((("command", 1),), unique=True, sparse=True),
        Index((("attachments", 1),), sparse=True),
        Index((("row.files", 1),), sparse=True),
    ),
    UNIT_FILES: DOCUMENT_INDEXES,
    WRONG_CODES: (Index((("until", 1),)),),
    FILINGS: (Index((("until", 1),)),),
    vault.COLLECTION: vault.INDEXES,
    files.CHUNKS: files.INDEXES,
}
"""A channel message is unique by ``_id`` itself: the subject is derived from it (``use_cases/register_appeal.py``)."""


class MongoAppeals:
    """Implements ``ports.Appeals`` and the audit of numbers."""

    def __init__(self, store: Store, collection: Collection) -> None:
        self._store = store
        self._rows = collection

    async def by_number(self, number: str) -> Appeal | None:
        """The appeal; None for void and unknown numbers."""
        rows = await self._store.find(self._rows, {"number": number}, limit=1)
        if not rows or "code" not in rows[0]:
            return None
        return Appeal(rows[0]["_id"], Document(rows[0]["_id"], rows[0]), rows[0]["code"])

    async def by_attachment(self, attachment: str) -> Document | None:
        """The appeal that holds this file."""
        # At registration the file stands beside the number; what came later stands in the row of the facts.
        for field in ("attachments", "row.files"):
            rows = await self._store.find(self._rows, {field: attachment}, limit=1)
            if rows:
                break
        return Document(rows[0]["_id"], rows[0]) if rows else None

    async def numbers(self, area: str, day: str) -> list[Row]:
        """``seq`` and, for void ones, ``void`` (the reason) of every number of an area and day."""
        return await self._store.find(
            self._rows, {"area": area, "day": day}, fields={"_id": 0, "seq": 1, "void": 1}, sort=[("seq", 1)]
        )

    async def missing(self, area: str, day: str, after: int = 0) -> tuple[int, int]:
        """How many numbers after ``after`` have no row, up to the day's last, and that one; counts along the index."""
        where = {"area": area, "day": day, "seq": {"$gt": after}}
        # The last one first: what is registered in between can then only make the count look too good.
        last = await self._store.find(self._rows, where, fields={"seq": 1}, sort=[("seq", -1)], limit=1)
        if not last:
            return 0, after
        issued = await self._store.call("count", self._rows.count_documents(where))
        return max(0, last[0]["seq"] - after - issued), last[0]["seq"]

    async def void(self, row: Row) -> bool:
        """Explain a missing number by a row of its own; False when the number has a row already."""
        try:
            await self._store.call("insert", self._rows.insert_one(row), writes=1)
        except DuplicateKey:
            return False
        return True


class MongoWrongCodes:
    """Implements ``ports.WrongCodes``: a row per number and hour, refused by its own condition once it is full."""

    def __init__(self, store: Store, limit: int = WRONG_CODES_AN_HOUR) -> None:
        self._store = store
        self._rows = store.collection(WRONG_CODES)
        self._limit = limit

    async def full(self, number: str, now: datetime) -> bool:
        """Whether the hour's wrong codes are used up."""
        rows = await self._store.find(self._rows, {"_id": _hour(number, now), "wrong": {"$gte": self._limit}}, limit=1)
        return bool(rows)

    async def count(self, number: str, now: datetime) -> bool:
        """Record one more; False when they were used up. Rows of hours gone by are removed on the way."""
        row = {"_id": _hour(number, now), "wrong": {"$lt": self._limit}}
        more = {"$inc": {"wrong": 1}, "$set": {"until": now + timedelta(hours=1)}}
        old = self._rows.delete_many({"until": {"$lt": now - timedelta(hours=1)}})
        await self._store.call("delete", old)
        try:
            await self._store.bulk(self._rows, [UpdateOne(row, more, upsert=True)])
        except BulkRefused as refused:
            # The row is there and full, so the upsert met its own id.
            if set(refused.codes.values()) == {DUPLICATE}:
                return False
            raise
        return True


class MongoFilings:
    """Implements ``ports.Filings``: a row per source and hour that lists its keys, refused by its own condition."""

    def __init__(self, store: Store, limit: int) -> None:
        self._store = store
        self._rows = store.collection(FILINGS)
        self._limit = limit

    async def count(self, source: str, key: str, now: datetime) -> bool:
        """Record this key once; False when the hour is full. Rows of hours gone by are removed on the way."""
        name = _hour(source, now)
        await self._store.call("delete", self._rows.delete_many({"until": {"$lt": now - timedelta(hours=1)}}))
        room = {"_id": name, "filed": {"$lt": self._limit}, "keys": {"$ne": key}}
        more = {"$inc": {"filed": 1}, "$push": {"keys": key}, "$set": {"until": now + timedelta(hours=1)}}
        while True:
            try:
                await self._store.bulk(self._rows, [UpdateOne(room, more, upsert=True)])
                return True
            except BulkRefused as refused:
                if set(refused.codes.values()) != {DUPLICATE}:
                    raise
            # The row is full, or it holds this key already, or somebody made it at this very moment: then once more.
            rows = await self._store.find(self._rows, {"_id": name}, limit=1)
            if rows and (key in rows[0]["keys"] or rows[0]["filed"] >= self._limit):
                return key in rows[0]["keys"]


def _hour(number: str, now: datetime) -> str:
    return f"{number}:{now:%Y%m%d%H}"


class MongoLineKeys:
    """Implements ``ports.LineKeys``."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = store.collection(LINE_KEYS)

    async def of(self, line: str) -> dict[str, Any] | None:
        """The line's public JWK."""
        rows = await self._store.find(self._rows, {"_id": line}, limit=1)
        return dict(rows[0]["jwk"]) if rows else None

    async def put(self, line: str, jwk: dict[str, Any], by: str, at: datetime) -> None:
        """Set it."""
        new = {"$set": {"jwk": jwk, "by": by, "at": at}}
        await self._store.bulk(self._rows, [UpdateOne({"_id": line}, new, upsert=True)])
