"""Units' messages over HTTP: what would lie in a unit's queue, kept in order under a cursor of its own.

The cursor of a unit counts without gaps (unique index on unit and cursor, inserts in order), so that a reader who has
seen 7 never misses an 8 that is written later.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from chassis.activity import Activity
from chassis.bus import Delivery, Permanent
from chassis.mongo import DUPLICATE, BulkRefused, Index, Row, Store

COLLECTION = "unit_messages"
READ = "unit_reads"
"""Which units got which orders' assignments over HTTP; found by ``_id`` alone."""
INDEXES = {COLLECTION: (Index((("unit", 1), ("cursor", 1)), unique=True),)}

MOST_NOTED = 10_000
"""Readings remembered in this process, which need not be written again."""

MAX_ROWS = 100
"""Messages in one insert."""

LOOK_AGAIN_SECONDS = 1.0
"""Another process may have written what a long poll here waits for; where there is none, nobody looks."""


class UnitFeed:
    """Implements ``ports.Feed``; ``take`` consumes units' queues."""

    def __init__(self, store: Store, activity: Activity, look_again_seconds: float = LOOK_AGAIN_SECONDS) -> None:
        self._look_again = look_again_seconds
        self._store = store
        self._rows = store.collection(COLLECTION)
        self._reads = store.collection(READ)
        self._noted: dict[str, None] = {}
        self._activity = activity
        self._waiting: list[tuple[Row, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None
        self._cursors: dict[str, int] = {}
        self._news: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def take(self, delivery: Delivery) -> None:
        """Keep one message; the same one again changes nothing."""
        unit = delivery.queue.removeprefix("assignments.")
        try:
            body = json.loads(delivery.body)
            row = {"_id": str(body["id"]), "unit": unit, "body": body}
        except (ValueError, KeyError, TypeError):
            raise Permanent("not a message to a unit") from None
        await self.add(row)

    async def add(self, row: Row) -> None:
        """Store ``row`` (``_id``, ``unit``, ``body``) under its unit's next cursor."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((row, done))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.ensure_future(self._write())
        await done

    async def read(self, unit: str, after: int, limit: int, wait_seconds: float) -> list[Row]:
        """Messages with a cursor above ``after``, oldest first; waits so long for the first one."""
        loop = asyncio.get_running_loop()
        end = loop.time() + wait_seconds
        while True:
            news = self._news[unit]
            found = [] if self._nothing_above(unit, after) else await self._above(unit, after, limit)
            left = end - loop.time()
            if found or left <= 0:
                return [_shown(row) for row in found]
            try:
                await asyncio.wait_for(news.wait(), min(left, self._look_again))
            except TimeoutError:
                continue

    async def note_read(self, unit: str, subjects: Iterable[str]) -> None:
        """The unit gets the assignments of these orders now; the same again changes nothing."""
        fresh = [name for name in dict.fromkeys(_reading(unit, one) for one in subjects) if name not in self._noted]
        if not fresh:
            return
        insert = self._reads.insert_many([{"_id": name} for name in fresh], ordered=False)
        try:
            await self._store.call("insert", insert, writes=len(fresh))
        except BulkRefused as refused:
            if any(code != DUPLICATE for code in refused.codes.values()):
                raise RuntimeError("the database refused an insert") from None
        self._noted.update(dict.fromkeys(fresh))
        while len(self._noted) > MOST_NOTED:
            del self._noted[next(iter(self._noted))]

    async def have_read(self, unit: str, subjects: Iterable[str]) -> frozenset[str]:
        """Those of which the unit ever got the assignment."""
        names = {_reading(unit, one): one for one in subjects}
        found = await self._store.find(self._reads, {"_id": {"$in": sorted(names)}}, fields={"_id": 1})
        return frozenset(names[row["_id"]] for row in found)

    def _nothing_above(self, unit: str, after: int) -> bool:
        # Only where nobody else writes does the last cursor of this process say it all.
        return self._store.alone and after >= self._cursors.get(unit, after + 1)

    async def _above(self, unit: str, after: int, limit: int) -> list[Row]:
        where = {"unit": unit, "cursor": {"$gt": after}}
        return await self._store.find(self._rows, where, sort=(("cursor", 1),), limit=limit)

    async def _write(self) -> None:
        await asyncio.sleep(0)
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_ROWS], self._waiting[MAX_ROWS:]
            with self._activity.busy():
                try:
                    await self._insert([row for row, _ in batch])
                except Exception as error:
                    for _, done in batch:
                        if not done.done():
                            done.set_exception(error)
                    continue
            for _, done in batch:
                if not done.done():
                    done.set_result(None)
            # Whoever waits holds the old event; who comes later gets a fresh one.
            for unit in {row["unit"] for row, _ in batch}:
                self._news.pop(unit, asyncio.Event()).set()

    async def _insert(self, rows: list[Row]) -> None:
        left = {row["_id"]: row for row in rows}
        while left:
            numbered = await self._numbered(list(left.values()))
            try:
                # Ordered: no cursor is there before the one below it.
                insert = self._rows.insert_many(numbered, ordered=True)
                await self._store.call("insert", insert, writes=len(numbered))
            except BulkRefused as refused:
                if any(code != DUPLICATE for code in refused.codes.values()):
                    raise RuntimeError("the database refused an insert") from None
                # Known already, or another process took the cursor: look, and go on with what is left.
                self._forget(rows)
                known = await self._store.find(self._rows, {"_id": {"$in": list(left)}}, fields={"_id": 1})
                for row in known:
                    left.pop(row["_id"])
            except Exception:
                self._forget(rows)
                raise
            else:
                self._cursors |= {row["unit"]: row["cursor"] for row in numbered}
                return

    async def _numbered(self, rows: list[Row]) -> list[Row]:
        """The rows under the next cursors of their units, in the order of coming."""
        next_of = {unit: await self._last(unit) for unit in {row["unit"] for row in rows}}
        numbered: list[Row] = []
        for row in rows:
            next_of[row["unit"]] += 1
            numbered.append({**row, "cursor": next_of[row["unit"]]})
        return numbered

    def _forget(self, rows: list[Row]) -> None:
        for row in rows:
            self._cursors.pop(row["unit"], None)

    async def _last(self, unit: str) -> int:
        if unit not in self._cursors:
            last = await self._store.find(
                self._rows, {"unit": unit}, fields={"cursor": 1}, sort=(("cursor", -1),), limit=1
            )
            self._cursors[unit] = last[0]["cursor"] if last else 0
        return self._cursors[unit]


def _reading(unit: str, subject: str) -> str:
    return f"{unit} {subject}"


def _shown(row: Row) -> dict[str, Any]:
    return {"cursor": row["cursor"], **row["body"]}
