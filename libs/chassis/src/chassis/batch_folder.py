"""Adds appended rows to result documents, each exactly once (rule 1, second part).

Rows come without a batch number (``unbatched``, sparse). One leased folder writes down which rows are the next batch in
one conditional save of its own state, adds the batch to each result under the condition ``batch < n`` while setting
``batch: n`` in the same write, and only then goes on. After a crash, or when a folder wakes up that had lost its lease,
the same batch is applied again and refused by the results that hold it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chassis.mongo import (
    DUPLICATE,
    EPOCH,
    BulkRefused,
    Collection,
    DuplicateKey,
    Index,
    Row,
    Store,
    StoreAway,
    UpdateOne,
)
from chassis.presence import Presence

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
"""By the server's clock; only spares work, since two folders at once do no harm."""
BATCH = 500
CHUNK = 50
"""Ids per ``$in``: above some hundred the embedded server's cost grows with the square."""

ROW_INDEXES = (Index((("unbatched", 1),), sparse=True), Index((("batch", 1),), sparse=True))
"""What the collection of rows needs beside its own."""

Increments = Mapping[str, Mapping[str, int]]
"""Result document to counter (dotted path) to what is added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Folding:
    """What to fold into what. ``rows`` carry ``unbatched`` (when they came) until they are in a batch.

    ``increments`` is pure; ``seal`` chains a batch to the one before it. ``state`` and ``batches`` are collections of
    the folder alone.
    """

    name: str
    rows: Collection
    results: Collection
    state: Collection
    batches: Collection
    increments: Callable[[Sequence[Row]], Increments]
    seal: Callable[[str, Sequence[Row]], str]


class BatchFolder:
    """A ``Part``: folds in the background, and on request. Any number of processes may run one."""

    def __init__(self, store: Store, folding: Folding, presence: Presence, *, every_seconds: float = 1.0) -> None:
        self._store = store
        self._folding = folding
        self._presence = presence
        self._every = every_seconds
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._stopping = False

    async def start(self) -> None:
        """Fold whenever rows come, and look once in ``every_seconds``."""
        self._task = asyncio.ensure_future(self._watch())

    async def stop(self) -> None:
        """End after the write under way; the rest is folded by whoever comes next."""
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def nudge(self) -> None:
        """Rows have come."""
        self._nudged.set()

    async def _watch(self) -> None:
        # Not forever: a cancellation may be swallowed below (asyncio.wait_for up to Python 3.11).
        while not self._stopping:
            try:
                await asyncio.wait_for(self._nudged.wait(), self._every)
                # Rows come in crowds: let a crowd gather.
                await asyncio.sleep(self._every)
            except TimeoutError:
                pass
            self._nudged.clear()
            try:
                await self.catch_up()
            except StoreAway:
                log.debug("the store is away; folding waits")
            except Exception:
                log.exception("folding failed")

    async def catch_up(self, batches: int = 1_000) -> int:
        """Fold until nothing is left or the lease is somebody else's; returns how many rows."""
        total = 0
        async with self._one_at_a_time:
            for _ in range(batches):
                folded = await self._fold_one()
                total += folded
                if not folded:
                    break
        return total

    async def waiting(self, limit: int = 100_000) -> int:
        """How many rows are in no batch yet (at most ``limit``)."""
        where = {"unbatched": {"$gte": EPOCH}}
        return await self._store.call("count", self._folding.rows.count_documents(where, limit=limit))

    async def _fold_one(self) -> int:
        news = await self._next_rows(1)
        state = await self._state()
        begun = state is not None and state["assigned"] > state["applied"]
        if not news and not begun:
            return 0
        return await self._fold(state)

    async def _fold(self, seen: Row | None) -> int:
        state = await self._lease(seen)
        if state is None:
            return 0
        if state["assigned"] > state["applied"]:
            # Somebody else's batch, or ours before a crash: exactly the rows that were written down.
            rows = await self._rows(state["ids"])
        else:
            # Read after the state: rows of earlier batches were marked before ``applied`` said so.
            rows = await self._next_rows(BATCH)
            state = await self._assign(state, rows)
            if state is None:
                return 0
        rows = sorted(rows, key=lambda row: str(row["_id"]))
        await self._apply(state, rows)
        return len(rows)

    async def _apply(self, state: Row, rows: Sequence[Row]) -> None:
        folding, number, ids = self._folding, state["assigned"], state["ids"]
        await self._add(number, rows)
        seal = folding.seal(state["seal"], rows)
        await self._write_down(number, state["seal"], seal, rows)
        for chunk in _chunks(ids):
            mark = {"$set": {"batch": number}, "$unset": {"unbatched": ""}}
            await self._store.call("mark", folding.rows.update_many({"_id": {"$in": chunk}}, mark), writes=len(chunk))
        done = folding.state.update_one(
            {"_id": folding.name, "assigned": number, "applied": number - 1},
            {"$set": {"applied": number, "seal": seal, "ids": []}},
        )
        await self._store.call("state", done, writes=1)

    async def _next_rows(self, limit: int) -> list[Row]:
        return await self._store.find(
            self._folding.rows, {"unbatched": {"$gte": EPOCH}}, sort=[("unbatched", 1)], limit=limit
        )

    async def _rows(self, ids: Sequence[str]) -> list[Row]:
        found: list[Row] = []
        for chunk in _chunks(ids):
            found += await self._store.find(self._folding.rows, {"_id": {"$in": chunk}})
        return found

    async def _state(self) -> Row | None:
        found = await self._store.find(self._folding.state, {"_id": self._folding.name}, limit=1)
        return found[0] if found else None

    async def _lease(self, state: Row | None) -> Row | None:
        folding = self._folding
        now = await self._store.server_now()
        if state is None:
            fresh = {"_id": folding.name, "assigned": 0, "applied": 0, "ids": [], "seal": "", "until": now}
            try:
                await self._store.call("state", folding.state.insert_one(fresh), writes=1)
            except DuplicateKey:
                log.debug("another folder was first")
        me = self._presence.name
        holders = {me, *await self._presence.gone({(state or {}).get("owner", me)})}
        free = {"$or": [{"until": {"$lte": now}}, {"owner": {"$in": sorted(holders)}}]}
        take = folding.state.update_one({"_id": folding.name, **free}, {"$set": {"owner": me, "until": now + LEASE}})
        taken = await self._store.call("lease", take, writes=1)
        return await self._state() if taken.matched_count else None

    async def _assign(self, state: Row, rows: Sequence[Row]) -> Row | None:
        if not rows:
            return None
        number, ids = state["assigned"] + 1, sorted(row["_id"] for row in rows)
        where = {"_id": self._folding.name, "assigned": state["assigned"], "applied": state["assigned"]}
        assign = self._folding.state.update_one(where, {"$set": {"assigned": number, "ids": ids}})
        done = await self._store.call("assign", assign, writes=1)
        return {**state, "assigned": number, "ids": ids} if done.matched_count else None

    async def _add(self, number: int, rows: Sequence[Row]) -> None:
        operations = [
            UpdateOne(
                {"_id": result, "batch": {"$lt": number}},
                {"$inc": dict(counters), "$set": {"batch": number}},
                upsert=True,
            )
            for result, counters in self._folding.increments(rows).items()
        ]
        if operations:
            await self._once(self._store.bulk(self._folding.results, operations))

    async def _write_down(self, number: int, previous: str, seal: str, rows: Sequence[Row]) -> None:
        row = {"_id": number, "previous": previous, "hash": seal, "count": len(rows)}
        operation = UpdateOne({"_id": number}, {"$setOnInsert": row}, upsert=True)
        await self._once(self._store.bulk(self._folding.batches, [operation]))

    async def _once(self, write: Awaitable[None]) -> None:
        try:
            await write
        except BulkRefused as refused:
            # A duplicate key is a result that holds this batch already.
            odd = {code for code in refused.codes.values() if code != DUPLICATE}
            if odd:
                raise RuntimeError(f"the database refused a fold with code {sorted(odd)}") from None


def _chunks(ids: Sequence[str]) -> list[list[str]]:
    return [list(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK)]
