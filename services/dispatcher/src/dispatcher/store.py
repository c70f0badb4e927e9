"""Collections beside the appeals' documents: finding orders, and the standing sign-offs."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chassis.document import Document
from chassis.documents import INDEXES as DOCUMENT_INDEXES
from chassis.documents import Documents
from chassis.mongo import DuplicateKey, Index, Row, Store, StoreAway
from dispatcher import shipped_tables
from dispatcher.domain.guard import Person, open_to
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.sign_off import SignOff
from dispatcher.domain.tables import Tables
from dispatcher.shelf_pages import INDEXES as SHELVES
from dispatcher.shelf_pages import KEYS, ShelfPages
from dispatcher.table_versions import TableVersions

log = logging.getLogger(__name__)

ORDERS = "orders"
STRAYS = "stray_commands"
SIGN_OFFS = "sign_offs"

INDEXES = {
    ORDERS: (
        *DOCUMENT_INDEXES,
        Index((("row.number", 1),)),
        *SHELVES,
        Index((("row.had", 1), ("row.touched", 1), ("_id", 1))),
    ),
    STRAYS: DOCUMENT_INDEXES,
}

MAX_NUMBERS = 20_000
"""Orders whose subject is remembered: a number names one subject for ever, so nothing remembered grows old."""

REFRESH_SECONDS = 5.0
"""So late at most does another process's revocation take effect here."""


def shipped_unit_ids() -> tuple[str, ...]:
    """The member units that are shipped, each with its own queue."""
    return tuple(shipped_tables.directory().units)


class StoredOrderNumbers:
    """Implements ``ports.OrderNumbers``."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._store = documents.store
        self._shelves = ShelfPages(documents)
        self._subjects: dict[str, str] = {}

    async def subject_of(self, order: str) -> str | None:
        """By number first, then by subject."""
        if order not in self._subjects:
            found = await self._found(order)
            if found is None:
                return None
            self._subjects[order] = found
            if len(self._subjects) > MAX_NUMBERS:
                del self._subjects[next(iter(self._subjects))]
        return self._subjects[order]

    async def _found(self, order: str) -> str | None:
        for where in ({"row.number": order}, {"_id": order}):
            rows = await self._store.find(self._documents.collection, where, fields={"_id": 1}, limit=1)
            if rows:
                return str(rows[0]["_id"])
        return None

    async def documents(self, subjects: Sequence[str]) -> list[Document]:
        """These orders, read at once."""
        rows = await self._store.find(self._documents.collection, {"_id": {"$in": list(subjects)}})
        return [Document(row["_id"], row) for row in rows]

    async def closed_among(self, subjects: Sequence[str], person: Person) -> frozenset[str]:
        """Those from which the person must recuse."""
        kept = self._documents.kept_rows(subjects)
        closed = {subject for subject, row in kept.items() if not open_to(row, person)}
        unread = [subject for subject in subjects if subject not in kept]
        if unread:
            known = {"_id": 1, "row.barred": 1, "row.recused": 1}
            rows = await self._store.find(self._documents.collection, {"_id": {"$in": unread}}, fields=known)
            closed |= {str(row["_id"]) for row in rows if not open_to(row.get("row", {}), person)}
        return frozenset(closed)

    async def rows_of(self, subjects: Sequence[str]) -> dict[str, Row]:
        """Subject to row, for those that are known."""
        found: dict[str, Row] = {}
        wanted = sorted(set(subjects))
        for first in range(0, len(wanted), 48):
            part = wanted[first : first + 48]
            rows = await self._documents.rows({"_id": {"$in": part}}, limit=len(part))
            found.update({row["_id"]: row["row"] for row in rows if "row" in row})
        return found

    async def page(self, where: Row, by: str, after: str | None, limit: int) -> tuple[list[Row], str | None]:
        """One page of rows sorted by ``row.<by>``, and the cursor of the next."""
        if by in KEYS:
            return await self._shelves.page(where, by, after, limit)
        field = f"row.{by}"
        rows: list[Row] = []
        if after is not None:
            # Two plain questions: the embedded server reads every document for an $or, whatever index there is.
            value, _, subject = after.partition("~")
            same: Row = {**where, field: value, "_id": {"$gt": subject}}
            rows = await self._documents.rows(same, sort=((field, 1), ("_id", 1)), limit=limit + 1)
            bounds = where.get(field)
            where = {**where, field: {**(bounds if isinstance(bounds, dict) else {}), "$gt": value}}
        if len(rows) <= limit:
            left = limit + 1 - len(rows)
            rows = [*rows, *await self._documents.rows(where, sort=((field, 1), ("_id", 1)), limit=left)]
        more = len(rows) > limit
        rows = rows[:limit]
        cursor = f"{rows[-1]['row'][by]}~{rows[-1]['_id']}" if more and rows else None
        return rows, cursor

    async def about(self, where: Row, by: str, most: int) -> tuple[int, bool]:
        """How many a list holds, and whether that is exact; exactly up to ``most``, beyond it about."""
        return await self._shelves.about(where, by, most)


class SignOffs:
    """Implements ``ports.Standing`` and ``chassis.runtime.Part``: kept in the store, read from memory."""

    def __init__(self, store: Store, directory: Directory) -> None:
        self._store = store
        self._rows = store.collection(SIGN_OFFS)
        self._loaded = TableVersions(store)
        self._shipped = replace(shipped_tables.tables(), directory=directory)
        self._tables: Tables = self._shipped
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read them, and again every few seconds."""
        await self.refresh()
        self._task = asyncio.ensure_future(self._watch())

    async def stop(self) -> None:
        """Read no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def tables(self) -> Tables:
        """The snapshot of this moment."""
        return self._tables

    def all(self) -> Sequence[SignOff]:
        """Every one ever given, revoked ones too."""
        return self._tables.sign_offs

    async def give(self, sign_off: SignOff) -> bool:
        """Keep a new one; a name is given once, for it is printed on orders."""
        row = {
            "_id": sign_off.name,
            "by": sign_off.by,
            "topics": list(sign_off.topics),
            "confidence": sign_off.confidence,
            "valid_from": sign_off.valid_from,
            "valid_until": sign_off.valid_until,
            "revoked_at": None,
        }
        try:
            await self._store.call("insert", self._rows.insert_one(row), writes=1)
        except DuplicateKey:
            return False
        await self.refresh()
        return True

    async def revoke(self, name: str, by: str, at: datetime) -> bool:
        """Revoke one for good; a second time changes nothing."""
        change = {"$set": {"revoked_at": at, "revoked_by": by}}
        await self._store.call("update", self._rows.update_one({"_id": name, "revoked_at": None}, change), writes=1)
        await self.refresh()
        return any(one.name == name for one in self._tables.sign_offs)

    def versions(self, kind: str) -> list[Row]:
        """Every version of a table that people keep, oldest first."""
        return self._loaded.all(kind)

    async def add_version(self, kind: str, number: int, body: Row, by: str, at: datetime) -> bool:
        """Keep one and follow it; False when somebody else has just added this number."""
        if not await self._loaded.add(kind, number, body, by, at):
            return False
        await self.refresh()
        return True

    async def refresh(self) -> None:
        """Follow the store now."""
        rows = await self._store.find(self._rows, {}, sort=(("_id", 1),))
        await self._loaded.refresh()
        tables = self._loaded.applied_to(self._shipped)
        self._tables = replace(tables, sign_offs=tuple(_sign_off(row) for row in rows))

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                await self.refresh()
            except StoreAway:
                log.debug("the store is away; the sign-offs stay as last read")


def _sign_off(row: Row) -> SignOff:
    return SignOff(
        name=row["_id"],
        by=row["by"],
        topics=tuple(row["topics"]),
        confidence=row["confidence"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        revoked_at=row["revoked_at"],
    )
