"""Computes every open deadline again that a newly loaded table touches: in batches, with a checkpoint, once in effect.

Any number of processes run one; a lease by the server's clock keeps them apart and a crash costs one batch, for looking
at a case twice decides nothing new. A calendar touches what ends after the first day that it changes.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.activity import Activity
from chassis.document import Change, Document
from chassis.documents import Documents
from chassis.mongo import DuplicateKey, Row, Store, StoreAway
from chassis.presence import Presence
from contracts.events.deadline import DeadlineCleared, DeadlineRecomputed
from sla_monitor.domain.tables_in_force import TableKind, first_change
from sla_monitor.store import SWEEPS
from sla_monitor.table_watch import EVERY_SECONDS, TableWatch
from sla_monitor.use_cases.load_table import loaded_tables
from sla_monitor.use_cases.read_tables import TableReader

log = logging.getLogger(__name__)

BATCH = 200
ALL = datetime(1, 1, 1, tzinfo=UTC)
"""Before every instant: a policy touches every case with something open."""
LEASE = timedelta(seconds=30)
SETTLE = timedelta(seconds=2.5 * EVERY_SECONDS)
"""So long after loading a sweep begins: by then every replica follows the new table and none moves a date back."""


class Sweeper:
    """A ``Part``, and the ``Sweeps`` of the doors."""

    def __init__(
        self,
        store: Store,
        cases: Documents,
        tables: Documents,
        reader: TableReader,
        watch: TableWatch,
        activity: Activity,
        presence: Presence,
    ) -> None:
        self._store = store
        self._sweeps = store.collection(SWEEPS)
        self._cases = cases
        self._tables = tables
        self._reader = reader
        self._watch = watch
        self._activity = activity
        self._presence = presence
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look whether a sweep is owed or was left unfinished, now and every few seconds."""
        self._task = asyncio.ensure_future(self._keep_sweeping())

    async def stop(self) -> None:
        """Stop after the write under way; the checkpoint says where the next one goes on."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def nudge(self) -> None:
        """A table was loaded here."""
        self._nudged.set()

    async def listed(self) -> Sequence[Mapping[str, Any]]:
        """The sweeps, latest first."""
        rows = await self._store.find(self._sweeps, {}, sort=[("created", -1)], limit=50)
        fields = ("examined", "moved", "units", "done", "created")
        return [{"table": row["_id"], **{name: row.get(name) for name in fields}} for row in rows]

    async def run(self, settle: timedelta = SETTLE) -> int:
        """Do every sweep that is owed and free; returns how many cases were looked at."""
        await self._owe()
        now = await self._store.server_now()
        where: Row = {"done": False, "created": {"$lte": now - settle}}
        looked = 0
        for row in await self._store.find(self._sweeps, where, sort=[("created", 1)]):
            if await self._claim(row):
                with self._activity.busy():
                    await self._watch.refresh()
                    looked += await self._sweep(row)
        return looked

    async def _keep_sweeping(self) -> None:
        while True:
            try:
                await self.run()
            except StoreAway:
                log.debug("the store is away; sweeps wait")
            except Exception:
                log.exception("a sweep failed; it goes on from its checkpoint")
            self._nudged.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._nudged.wait(), EVERY_SECONDS)

    async def _owe(self) -> None:
        """Write down a sweep for each loaded table that has none."""
        calendars = await self._tables.load(TableKind.CALENDAR)
        policies = await self._tables.load(TableKind.POLICY)
        owed: dict[str, Any] = {f"policy {one.version}": None for one in loaded_tables(policies)}
        for one, before, after in zip(
            loaded_tables(calendars),
            self._reader.calendars(calendars),
            self._reader.calendars(calendars)[1:],
            strict=False,
        ):
            owed[f"calendar {one.version}"] = (before, after)
        if not owed:
            return
        known = {row["_id"] for row in await self._store.find(self._sweeps, {}, fields={"_id": 1})}
        now = await self._store.server_now()
        for name, change in owed.items():
            if name in known:
                continue
            since = first_change(*change) if change is not None else None
            row: Row = {"_id": name, "since": since, "after": "", "examined": 0, "moved": 0, "units": {}}
            # A calendar that changes no day touches nothing.
            row |= {"done": change is not None and since is None, "created": now}
            try:
                await self._store.call("insert", self._sweeps.insert_one(row), writes=1)
            except DuplicateKey:
                continue

    async def _claim(self, row: Row) -> bool:
        now, me = await self._store.server_now(), self._presence.name
        holders = {me, *await self._presence.gone({row.get("owner", me)})}
        free = {"$or": [{"leased": {"$exists": False}}, {"leased": {"$lte": now}}, {"owner": {"$in": sorted(holders)}}]}
        update = {"$set": {"leased": now + LEASE, "owner": me}}
        claimed = self._sweeps.update_one({"_id": row["_id"], "done": False, **free}, update)
        return (await self._store.call("claim", claimed, writes=1)).modified_count == 1

    async def _sweep(self, row: Row) -> int:
        looked, name = 0, row["_id"]
        fresh = await self._store.find(self._sweeps, {"_id": name}, limit=1)
        after = fresh[0]["after"]
        touched: Row = {"row.until": {"$gte": row["since"] or ALL}}
        while True:
            where = {**touched, "_id": {"$gt": after}}
            found = await self._store.find(
                self._cases.collection, where, fields={"_id": 1}, sort=[("_id", 1)], limit=BATCH
            )
            subjects = [each["_id"] for each in found]
            moved: Counter[str] = Counter()
            for units in await asyncio.gather(*(self._look_again(subject) for subject in subjects)):
                moved.update(units)
            looked += len(subjects)
            after = subjects[-1] if subjects else after
            done = len(subjects) < BATCH
            if not await self._checkpoint(name, after, len(subjects), moved, done=done):
                log.warning("a sweep was taken over by another process")
                return looked
            if done:
                log.info("open deadlines were computed again", extra={"table": name, "cases": looked})
                return looked

    async def _look_again(self, subject: str) -> Counter[str]:
        """Let the rules look at a case; units (``citizen`` for that clock) to dates moved."""
        known: set[str] = set()

        def step(document: Document) -> Change:
            known.clear()
            known.update(document.ids)
            return Change()

        # Another process may have saved since: what this one remembers could have nothing left to move.
        document = await self._cases.change(subject, step, fresh=True)
        fresh = (fact.data for fact in document.facts if fact.id not in known)
        return Counter(
            event.unit or "citizen" for event in fresh if isinstance(event, (DeadlineRecomputed, DeadlineCleared))
        )

    async def _checkpoint(self, name: str, after: str, looked: int, moved: Counter[str], *, done: bool) -> bool:
        now = await self._store.server_now()
        more = {f"units.{unit}": count for unit, count in moved.items()}
        update: Row = {
            "$set": {"after": after, "leased": now + LEASE, "done": done},
            "$inc": {"examined": looked, "moved": moved.total(), **more},
        }
        saved = self._sweeps.update_one({"_id": name, "owner": self._presence.name}, update)
        return (await self._store.call("checkpoint", saved, writes=1)).matched_count == 1
