"""Timers (rule 8): two sparse fields in the document. Firing only wakes the rules up; they compute everything again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from chassis.activity import Activity
from chassis.clock import BusinessClock, infrastructure_now
from chassis.document import Change, Document
from chassis.group_commit import GroupCommit
from chassis.known_wakes import KnownWakes
from chassis.metrics import Metrics
from chassis.mongo import EPOCH, Collection, Store, StoreAway

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
BATCH = 500
"""At most so many at a time, oldest first: after downtime the work is caught up without a storm."""


class Wakes:
    """The monitor of one collection. Several processes may watch the same one: a lease keeps them apart."""

    def __init__(
        self,
        store: Store,
        collection: Collection,
        commit: GroupCommit,
        clock: BusinessClock,
        metrics: Metrics,
        activity: Activity,
        owner: str,
        retry: Callable[[str], Awaitable[None]] | None = None,
        every_seconds: float = 1.0,
    ) -> None:
        self._store = store
        self._collection = collection
        self._commit = commit
        self._clock = clock
        self._metrics = metrics
        self._activity = activity
        self._owner = owner
        self._retry = retry
        self._every = every_seconds
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._known = KnownWakes()
        self._reading = asyncio.Lock()

    def start(self) -> None:
        """Watch until stopped."""
        self._task = asyncio.ensure_future(self._watch())

    async def stop(self) -> None:
        """Stop watching; what is due stays due."""
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while not self._stopping:
            fired = 0
            try:
                fired = await self.fire()
            except StoreAway:
                log.debug("the store is away; timers wait")
            except Exception:
                log.exception("firing timers failed")
            if fired < BATCH:
                await asyncio.sleep(self._every)

    def told(self, subject: str, at: datetime | None) -> None:
        """A document was saved with this timer. Where nobody else saves, timers need no polling then."""
        if self._store.alone:
            self._known.tell(subject, at)

    async def next_wake(self) -> datetime | None:
        """The earliest business instant at which any document wants to be looked at."""
        if self._store.alone:
            return (await self._all_known()).first()
        rows = await self._store.find(
            self._collection,
            {"next_wake": {"$gte": EPOCH}},
            fields={"next_wake": 1},
            sort=[("next_wake", 1)],
            limit=1,
        )
        found: datetime | None = rows[0]["next_wake"] if rows else None
        return found

    async def fire(self) -> int:
        """Wake what is due, once; returns how many documents."""
        with self._activity.busy():
            due = await self._timers(self._clock.now())
            lag = (self._clock.now() - due[0][1]).total_seconds() if due else 0.0
            self._metrics.set_worst("hotline_timer_lag_seconds", self._collection.name, lag)
            mine = await self._claim([subject for subject, _ in due]) if due else []
            # Another process may have changed what is kept here; where there is none, it is not read again.
            fresh = not self._store.alone
            await asyncio.gather(*(self._commit.change(subject, _look_again, fresh=fresh) for subject in mine))
            fired = len(due)
            if self._retry is not None:
                again = await self._due("retry_at", infrastructure_now())
                mine = await self._claim([subject for subject, _ in again]) if again else []
                await asyncio.gather(*(self._retry(subject) for subject in mine))
                fired += len(again)
            return fired

    async def _timers(self, until: datetime) -> list[tuple[str, datetime]]:
        if self._store.alone:
            return (await self._all_known()).due(until, BATCH)
        return await self._due("next_wake", until)

    async def _all_known(self) -> KnownWakes:
        async with self._reading:
            if not self._known.complete:
                self._known.begin()
                where = {"next_wake": {"$gte": EPOCH}}
                rows = await self._store.find(self._collection, where, fields={"next_wake": 1})
                self._known.fill((row["_id"], row["next_wake"]) for row in rows)
        return self._known

    async def _due(self, field: str, until: datetime) -> list[tuple[str, datetime]]:
        # By the sparse index alone: with the lease's $or beside it the embedded server reads every open document.
        # What another monitor holds is left out here, so twice the batch is read.
        expired = await self._store.server_now() - LEASE
        rows = await self._store.find(
            self._collection,
            {field: {"$lte": until}},
            fields={field: 1, "woken_at": 1},
            sort=[(field, 1)],
            limit=2 * BATCH,
        )
        free = [row for row in rows if "woken_at" not in row or row["woken_at"] <= expired]
        return [(row["_id"], row[field]) for row in free[:BATCH]]

    async def _claim(self, subjects: list[str]) -> list[str]:
        if self._store.alone:
            return subjects
        # By the server's clock; it does not change the version, so that no save becomes stale by it. Two plain
        # questions: for an $or beside the ids the embedded servers read every open document.
        expired = await self._store.server_now() - LEASE
        change = {"$currentDate": {"woken_at": True}, "$set": {"woken_by": self._owner}}
        for free in (None, {"$lte": expired}):
            claim = self._collection.update_many({"_id": {"$in": subjects}, "woken_at": free}, change)
            await self._store.call("claim", claim, writes=len(subjects))
        rows = await self._store.find(
            self._collection, {"_id": {"$in": subjects}, "woken_by": self._owner}, fields={"_id": 1}
        )
        return [row["_id"] for row in rows]


def _look_again(document: Document) -> Change:
    return Change()
