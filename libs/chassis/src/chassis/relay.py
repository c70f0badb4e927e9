"""The relay (rule 2): publishes what outboxes hold, with confirms: a stream in order, streams side by side.

A save hands its entries over in memory under the lease it took; a poll picks up what a lost process left behind.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from chassis.activity import Activity
from chassis.bundle import bundles
from chassis.bus import ConnectionLost, Outgoing, Publisher, PublishFailed
from chassis.clearing import Clearing, Place
from chassis.clock import infrastructure_now
from chassis.document import FACT_STREAM, LEASES, OUTBOX, SINCE, Entry, outgoing
from chassis.metrics import Metrics
from chassis.mongo import EPOCH, Collection, Row, Store, StoreAway
from contracts.words import Lane

log = logging.getLogger(__name__)

MAX_IN_HAND = 20_000
"""Beyond this, entries are left to the poll: memory is bounded while the broker is away."""
WINDOW = {Lane.ORDINARY: 200, Lane.EMERGENCY: 32}
CLEAR_BATCH = 100
CLEAR_PAUSE_SECONDS = {Lane.ORDINARY: 1.0, Lane.EMERGENCY: 0.25}
ALONE_CLEAR_PAUSE_SECONDS = 0.25
"""Far below the leases, after which another process would publish the same again; a virtual clock waits for it."""
POLL_SECONDS = {Lane.ORDINARY: 5.0, Lane.EMERGENCY: 1.0}
ALONE_POLL_SECONDS = 30.0
"""Where nobody else works on the database, only our own past can have left something behind."""
STUCK_AFTER = timedelta(minutes=1)
LONGEST_PAUSE = {Lane.ORDINARY: 60.0, Lane.EMERGENCY: 1.0}
"""Seconds between tries of a message that the broker refuses."""

Published = Callable[[Outgoing], None]
"""Told of each confirmed message; once in effect, for a crash between confirm and clearing repeats it."""


@dataclass(slots=True)
class _Stream:
    entries: deque[Entry] = field(default_factory=deque)
    task: "asyncio.Task[None] | None" = None


class Relay:
    """The relay loop of one process and lane over one collection of documents."""

    def __init__(
        self,
        store: Store,
        collection: Collection,
        lane: Lane,
        publisher: Publisher,
        metrics: Metrics,
        activity: Activity,
        owner: str,
        published: Published | None = None,
    ) -> None:
        self._published = published
        self._store = store
        self._collection = collection
        self._lane = lane
        self._publisher = publisher
        self._metrics = metrics
        self._activity = activity
        self._owner = owner
        self._streams: dict[tuple[str, str], _Stream] = {}
        self._in_hand: set[Place] = set()
        self._window = asyncio.Semaphore(WINDOW[lane])
        self._confirmed: list[Place] = []
        self._clearing = Clearing(store, collection, lane)
        self._something = asyncio.Event()
        self._loops: list[asyncio.Task[None]] = []
        self.stuck: dict[str, str] = {}
        self._stopping = False

    def offer(self, entries: Sequence[Entry]) -> None:
        """Take freshly saved entries of this lane."""
        for entry in entries:
            if entry.message.lane is not self._lane:
                continue
            place = (entry.subject, entry.message.id)
            if place in self._in_hand:
                continue
            if len(self._in_hand) >= MAX_IN_HAND:
                self._clearing.left(entry.subject)
                continue
            self._in_hand.add(place)
            self._clearing.offered(entry)
            self._activity.begin()
            key = (entry.subject, entry.message.stream)
            stream = self._streams.setdefault(key, _Stream())
            stream.entries.append(entry)
            if stream.task is None:
                # In no request's context: what is published belongs to whoever saved it, as its body says.
                publishing = self._publish_stream(key, stream)
                stream.task = asyncio.get_running_loop().create_task(publishing, context=Context())

    def start(self) -> None:
        """Start clearing and polling."""
        self._loops = [asyncio.ensure_future(self._clear_loop()), asyncio.ensure_future(self._poll_loop())]

    async def stop(self) -> None:
        """Publish nothing more; what is unpublished stays in the documents for the next process."""
        # A flag beside the cancellation: asyncio.wait_for, used by the driver, may swallow one up to Python 3.11.
        self._stopping = True
        tasks = [*self._loops, *(stream.task for stream in self._streams.values() if stream.task is not None)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._confirmed:
            try:
                await self._clearing.clear(self._confirmed)
            except StoreAway:
                log.info("what was published last is not cleared; it will be published again and recognised")
        await self._publisher.close()

    async def _publish_stream(self, key: tuple[str, str], stream: _Stream) -> None:
        while stream.entries and not self._stopping:
            # What one save left in a stream goes out in order without waiting in between (ADR 0008); what a later save
            # adds waits until all of it is confirmed, so a refused message stays first in its stream.
            run, stream.entries = [*stream.entries], deque()
            parts = self._parts(key[1], run)
            published = await asyncio.gather(*(self._publish(message, part) for message, part in parts))
            for _ in run:
                self._activity.end()
            done = [entry for (_, part), sent in zip(parts, published, strict=True) if sent for entry in part]
            confirmed = [(entry.subject, entry.message.id) for entry in done]
            self._clearing.confirmed(confirmed)
            self._confirmed += confirmed
            self._something.set()
            if len(done) < len(run):
                return
        self._streams.pop(key, None)

    def _parts(self, stream: str, run: Sequence[Entry]) -> list[tuple[Outgoing, Sequence[Entry]]]:
        """The messages of a run, each with the entries it carries."""
        if stream != FACT_STREAM or self._lane is Lane.EMERGENCY or not self._publisher.bundles:
            return [(entry.message, (entry,)) for entry in run]
        parts: list[tuple[Outgoing, Sequence[Entry]]] = []
        left = iter(run)
        for count, message in bundles([entry.message for entry in run]):
            parts.append((message, tuple(islice(left, count))))
        return parts

    async def _publish(self, message: Outgoing, entries: Sequence[Entry]) -> bool:
        """Until confirmed; False when the relay stops first, and the entries stay in their document."""
        pause, since = 0.05, infrastructure_now()
        while not self._stopping:
            longest = LONGEST_PAUSE[self._lane]
            try:
                async with self._window:
                    await self._publisher.publish(message)
            except PublishFailed as error:
                self._failed("refused", str(error), message.id, since)
            except ConnectionLost:
                # It is not this message's fault, and the publisher paces its own attempts to connect.
                longest = 1.0
                self._metrics.count("hotline_publish_failures_total", lane=self._lane, reason="connection")
            except Exception as error:
                # A publisher that fails in a way of its own must not end the stream: nothing would publish the rest.
                log.exception("publishing failed")
                self._failed("error", type(error).__name__, message.id, since)
            else:
                self.stuck.pop(message.id, None)
                self._confirm(entries)
                return True
            await asyncio.sleep(pause)
            pause = min(pause * 2, longest)
        return False

    def _confirm(self, entries: Sequence[Entry]) -> None:
        now = infrastructure_now()
        for entry in entries:
            message = entry.message
            self._metrics.count("hotline_published_total", lane=self._lane)
            seconds = max((now - entry.saved_at).total_seconds(), 0.0)
            self._metrics.observe("hotline_delivery_seconds", seconds, lane=self._lane, exchange=message.exchange)
            if self._published is not None:
                self._published(message)

    def _failed(self, reason: str, why: str, message_id: str, since: datetime) -> None:
        self._metrics.count("hotline_publish_failures_total", lane=self._lane, reason=reason)
        if infrastructure_now() - since >= STUCK_AFTER:
            self.stuck[message_id] = why

    async def _clear_loop(self) -> None:
        while not self._stopping:
            await self._something.wait()
            # Nobody waits for it, so a pause gathers the confirms of many documents into one bulk. What a crash leaves
            # uncleared is published again and recognised by its id.
            await asyncio.sleep(ALONE_CLEAR_PAUSE_SECONDS if self._store.alone else CLEAR_PAUSE_SECONDS[self._lane])
            self._something.clear()
            while self._confirmed and not self._stopping:
                batch, self._confirmed = self._confirmed[:CLEAR_BATCH], self._confirmed[CLEAR_BATCH:]
                try:
                    await self._clearing.clear(batch)
                except StoreAway:
                    self._confirmed = batch + self._confirmed
                    await asyncio.sleep(0.5)
                else:
                    self._in_hand.difference_update(batch)

    async def _poll_loop(self) -> None:
        while not self._stopping:
            try:
                await self.poll()
            except StoreAway:
                log.debug("the store is away; the poll tries again")
            except Exception:
                log.exception("polling the outboxes failed")
            await asyncio.sleep(ALONE_POLL_SECONDS if self._store.alone else POLL_SECONDS[self._lane])

    async def poll(self) -> None:
        """Claim what others left behind after its lease, and take it over."""
        since, outbox = SINCE[self._lane], OUTBOX[self._lane]
        oldest = await self._store.find(
            self._collection, {since: {"$gte": EPOCH}}, fields={since: 1}, sort=[(since, 1)], limit=1
        )
        now = await self._store.server_now()
        age = (now - oldest[0][since]).total_seconds() if oldest else 0.0
        self._metrics.set_worst("hotline_outbox_age_seconds", self._collection.name, age, lane=self._lane)
        expired = now - LEASES[self._lane]
        if not oldest or oldest[0][since] > expired or len(self._in_hand) >= MAX_IN_HAND // 2:
            return
        waiting = await self._store.find(
            self._collection,
            {since: {"$lte": expired}},
            fields={f"{outbox}.i": 1, f"{outbox}.until": 1},
            sort=[(since, 1)],
            limit=500,
        )
        left = [row["_id"] for row in waiting if any(self._free(row["_id"], e, now) for e in row.get(outbox, ()))]
        if left:
            self.offer(await self._claim(left, now))

    def _free(self, subject: str, entry: Row, now: datetime) -> bool:
        return (subject, entry["i"]) not in self._in_hand and bool(entry["until"] <= now)

    async def _claim(self, subjects: Sequence[str], now: datetime) -> list[Entry]:
        # A lease of the whole outbox, by the server's clock: whoever asked first publishes what was left behind.
        outbox, taken_at, taken_by = (
            OUTBOX[self._lane],
            f"{SINCE[self._lane]}_taken_at",
            f"{SINCE[self._lane]}_taken_by",
        )
        free = {"$or": [{taken_at: {"$exists": False}}, {taken_at: {"$lte": now - LEASES[self._lane]}}]}
        claim = self._collection.update_many(
            {"_id": {"$in": list(subjects)}, **free},
            {"$currentDate": {taken_at: True}, "$set": {taken_by: self._owner}},
        )
        await self._store.call("claim", claim, writes=len(subjects))
        mine = {"_id": {"$in": list(subjects)}, taken_by: self._owner}
        rows = await self._store.find(self._collection, mine, fields={outbox: 1, "facts": 1})
        entries: list[Entry] = []
        for row in rows:
            if all(
                self._free(row["_id"], e, now) or (row["_id"], e["i"]) in self._in_hand for e in row.get(outbox, ())
            ):
                self._clearing.claimed(row["_id"])
            bodies = {item["i"]: item["b"] for item in row.get("facts", ())}
            entries += [
                Entry(row["_id"], outgoing(item, self._lane, bodies), item["until"] - LEASES[self._lane])
                for item in row.get(outbox, ())
                if self._free(row["_id"], item, now)
            ]
        return entries
