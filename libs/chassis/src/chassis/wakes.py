"""Timers (rule 8): two sparse fields in the document. Firing only wakes the rules up; they compute everything again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from chassis.activity import Activity
from chassis.clock import BusinessClock, infrastructure_now
from chassis.document import Change, Document
from chassis.group_commit import GroupCommit
from chassis.known_wakes import KnownWakes
from chassis.metrics import Metrics
from chassis.mongo import EPOCH, Collection, Row, Store, StoreAway
from chassis.presence import Presence

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
BATCH = 500
"""At most so many at a time, oldest first: after downtime the work is caught up without a storm."""


class _Due(NamedTuple):
    """Subjects and when they wanted to be looked at, oldest first; and who held some of them and is gone."""

    timers: list[tuple[str, datetime]]
    gone: set[str]


class Wakes:
    """The monitor of one collection. Several processes may watch the same one: claims keep them apart.

    A claim ends with its document's save, with its process (``Presence``), and at the latest after ``LEASE``.
    """

    def __init__(
        self,
        store: Store,
        collection: Collection,
        commit: GroupCommit,
        clock: BusinessClock,
        metrics: Metrics,
        activity: Activity,
        presence: Presence,
        retry: Callable[[str], Awaitable[None]] | None = None,
        every_seconds: float = 1.0,
    ) -> None:
        self._store = store
        self._collection = collection
        self._commit = commit
        self._clock = clock
        self._metrics = metrics
        self._activity = activity
        self._presence = presence
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
            lag = (self._clock.now() - due.timers[0][1]).total_seconds() if due.timers else 0.0
            self._metrics.set_worst("hotline_timer_lag_seconds", self._collection.name, lag)
            mine = await self._claim(due)
            # Another process may have changed what is kept here; where there is none, it is not read again.
            fresh = not self._store.alone
            await asyncio.gather(*(self._commit.change(subject, _look_again, fresh=fresh) for subject in mine))
            fired = len(due.timers)
            if self._retry is not None:
                again = await self._due("retry_at", infrastructure_now())
                await asyncio.gather(*(self._retry(subject) for subject in await self._claim(again)))
                fired += len(again.timers)
            return fired

    async def _timers(self, until: datetime) -> _Due:
        if self._store.alone:
            return _Due((await self._all_known()).due(until, BATCH), set())
        return await self._due("next_wake", until)

    async def _all_known(self) -> KnownWakes:
        async with self._reading:
            if not self._known.complete:
                self._known.begin()
                where = {"next_wake": {"$gte": EPOCH}}
                rows = await self._store.find(self._collection, where, fields={"next_wake": 1})
                self._known.fill((row["_id"], row["next_wake"]) for row in rows)
        return self._known

    async def _due(self, field: str, until: datetime) -> _Due:
        # By the sparse index alone: with the lease's $or beside it the embedded server reads every open document.
        # What another monitor holds is left out here, so twice the batch is read.
        rows = await self._store.find(
            self._collection,
            {field: {"$lte": until}},
            fields={field: 1, "woken_at": 1, "woken_by": 1},
            sort=[(field, 1)],
            limit=2 * BATCH,
        )
        gone = await self._presence.gone({row["woken_by"] for row in rows if "woken_by" in row})
        expired = await self._store.server_now() - LEASE
        free = [r for r in rows if "woken_at" not in r or r["woken_at"] <= expired or r["woken_by"] in gone]
        return _Due([(row["_id"], row[field]) for row in free[:BATCH]], gone)

    async def _claim(self, due: _Due) -> list[str]:
        subjects = [subject for subject, _ in due.timers]
        if self._store.alone or not subjects:
            return subjects
        # By the server's clock; it does not change the version, so that no save becomes stale by it. Plain questions
        # one after the other: for an $or beside the ids the embedded servers read every open document.
        expired = await self._store.server_now() - LEASE
        change = {"$currentDate": {"woken_at": True}, "$set": {"woken_by": self._presence.name}}
        ways: list[Row] = [{"woken_at": None}, {"woken_at": {"$lte": expired}}]
        if due.gone:
            ways.append({"woken_by": {"$in": sorted(due.gone)}})
        for free in ways:
            claim = self._collection.update_many({"_id": {"$in": subjects}, **free}, change)
            await self._store.call("claim", claim, writes=len(subjects))
        mine = {"_id": {"$in": subjects}, "woken_by": self._presence.name}
        rows = await self._store.find(self._collection, mine, fields={"_id": 1})
        return [row["_id"] for row in rows]


def _look_again(document: Document) -> Change:
    return Change()
