"""Numbers without gaps and without a counter (rule 9): a number is born with its appeal.

One task per lane inserts its waiting appeals by one ordered ``insert_many`` with seq = last + 1 …; the unique index
on (area, day, seq) makes replicas take turns, and a duplicate key makes this one look again and go on. A suspect of an
emergency waits for no ordinary batch, but for the one insert that may be under way.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.activity import Activity
from chassis.bus import Passing
from chassis.clock import BusinessClock
from chassis.crypto import MasterKey
from chassis.document import Change, Rules, Sheet
from chassis.documents import Documents
from chassis.ids import Ids
from chassis.metrics import Metrics
from chassis.mongo import DUPLICATE, BulkRefused, Row, Store
from chassis.turns import Turns
from contracts.decision import Decision
from contracts.words import Lane
from intake.domain.number import business_day, public_number
from intake.ports import CODE_PURPOSE, KeyReused, MessageKnown, Receipt, Registration, Vault

BATCH = 100
"""Appeals in one insert: enough to share the round trips, few enough that nobody waits long."""
PACE_SECONDS = 0.05
"""From one ordinary batch to the next: appeals that come meanwhile share it, and who comes alone does not wait."""
CODE_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""Query codes: no letter or digit that looks like another."""
CODE_LENGTH = 8


@dataclass(slots=True)
class _Waiting:
    registration: Registration
    done: "asyncio.Future[Receipt]"

    @property
    def lane(self) -> Lane:
        return Lane.EMERGENCY if self.registration.draft.suspect_lines else Lane.ORDINARY

    def fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)

    def finish(self, receipt: Receipt) -> None:
        if not self.done.done():
            self.done.set_result(receipt)


class NumberAllocator:
    """Implements ``ports.Allocator``; a part of the service."""

    def __init__(
        self,
        documents: Documents,
        rules: Rules,
        vault: Vault,
        *,
        store: Store,
        clock: BusinessClock,
        ids: Ids,
        keys: MasterKey,
        metrics: Metrics,
        activity: Activity,
        area: str,
        jurisdiction: str,
    ) -> None:
        self._documents = documents
        self._rules = rules
        self._vault = vault
        self._store = store
        self._clock = clock
        self._ids = ids
        self._code_key = keys.purpose_key(CODE_PURPOSE)
        self._metrics = metrics
        self._activity = activity
        self._area = area
        self._jurisdiction = jurisdiction
        self._waiting: dict[Lane, list[_Waiting]] = {lane: [] for lane in Lane}
        self._something = {lane: asyncio.Event() for lane in Lane}
        self._inserting = asyncio.Lock()
        self._last: tuple[str, int] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        """Start giving numbers."""
        self._tasks = [asyncio.ensure_future(self._work(lane)) for lane in Lane]

    async def stop(self) -> None:
        """Stop after the batches in hand; who still waits is told to come again."""
        self._stopping = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for lane in Lane:
            for item in self._waiting[lane]:
                item.fail(Passing("the service is stopping"))
            self._waiting[lane].clear()

    async def register(self, registration: Registration) -> Receipt:
        """Wait for the number; suspects of an emergency go first. Raises ``Passing`` before the start."""
        if not self._tasks or self._stopping:
            raise Passing("the service is starting or stopping")
        item = _Waiting(registration, asyncio.get_running_loop().create_future())
        self._waiting[item.lane].append(item)
        self._something[item.lane].set()
        with self._activity.busy():
            return await item.done

    async def _work(self, lane: Lane) -> None:
        # A cancellation can be lost inside the driver (asyncio.wait_for before Python 3.12), so the flag counts too.
        loop = asyncio.get_running_loop()
        # On a database of our own a virtual clock would wait with us.
        paced = lane is Lane.ORDINARY and not self._store.alone
        next_at = 0.0
        while not self._stopping:
            await self._something[lane].wait()
            # Requests that are just being read join in any case.
            await asyncio.sleep(max(0.0, next_at - loop.time()))
            batch = self._take(lane)
            if not batch:
                self._something[lane].clear()
                continue
            next_at = loop.time() + (PACE_SECONDS if paced else 0.0)
            try:
                await self._settle(batch)
            except asyncio.CancelledError:
                for item in batch:
                    item.fail(Passing("the service is stopping"))
                raise
            except Exception as error:
                # What was inserted before the error is found again by whoever asks again with the same key.
                self._last = None
                for item in batch:
                    item.fail(error)

    def _take(self, lane: Lane) -> list[_Waiting]:
        """The next batch, nobody twice in it; who came twice meets the stored appeal next time."""
        batch: list[_Waiting] = []
        later: list[_Waiting] = []
        seen: set[str] = set()
        for item in self._waiting[lane]:
            names = {item.registration.subject, item.registration.key}
            if len(batch) >= BATCH or names & seen:
                later.append(item)
            else:
                seen |= names
                batch.append(item)
        self._waiting[lane] = later
        return batch

    async def _settle(self, batch: Sequence[_Waiting]) -> None:
        kept = await self._vault.keep([item.registration.told for item in batch])
        refs = dict(kept.refs)
        left = list(batch)
        if kept.known:
            left = await self._answer_known(left)
            for item in left:
                # Only a crash leaves a vault row without its appeal.
                if item.registration.subject in kept.known:
                    refs[item.registration.subject] = await self._vault.replace(item.registration.told)
        while left:
            async with self._inserting:
                inserted = await self._insert(left, refs)
            left = left[inserted:]
            if left:
                left = await self._answer_known(left)

    async def _answer_known(self, items: Sequence[_Waiting]) -> list[_Waiting]:
        """Give the first answer to those whose key or message has its appeal; the others come back."""
        by_subject = {item.registration.subject: item for item in items}
        by_key = {item.registration.key: item for item in items}
        where = {"$or": [{"_id": {"$in": list(by_subject)}}, {"command": {"$in": list(by_key)}}]}
        fields = {"number": 1, "command": 1, "fingerprint": 1, "code": 1, "missing": 1}
        answered: set[str] = set()
        for row in await self._store.find(self._documents.collection, where, fields=fields):
            for item in (by_key.get(row.get("command", "")), by_subject.get(row["_id"])):
                if item is None or item.registration.subject in answered:
                    continue
                answered.add(item.registration.subject)
                await self._answer(item, row)
        return [item for item in items if item.registration.subject not in answered]

    async def _answer(self, item: _Waiting, row: Row) -> None:
        registration = item.registration
        if row["fingerprint"] == registration.fingerprint:
            item.finish(self._receipt(row))
        elif row["command"] == registration.key:
            await self._vault.discard(registration.told)
            item.fail(KeyReused("the key was used for another request"))
        elif registration.shared:
            item.finish(self._receipt(row))
        else:
            item.fail(MessageKnown("the message is known with other content"))

    def _receipt(self, row: Row) -> Receipt:
        code = self._code_key.decrypt(row["code"], row["_id"])
        return Receipt(number=row["number"], query_code=code, missing=tuple(row["missing"]))

    async def _insert(self, items: Sequence[_Waiting], refs: dict[str, str | None]) -> int:
        """Insert them in order; how many went in before a duplicate key stopped it."""
        now, at = self._clock.now(), await self._store.server_now()
        day = business_day(now)
        last = await self._last_of(day)
        made: list[tuple[Sheet, Row]] = []
        turns = Turns()
        for place, item in enumerate(items, start=1):
            made.append(item.registration.context.copy().run(self._sheet, item, refs, now, last + place))
            await turns.over()
        rows = [{**sheet.born(at), **extra} for sheet, extra in made]
        inserted = len(rows)
        try:
            insert = self._documents.collection.insert_many(rows, ordered=True)
            await self._store.call("insert", insert, writes=len(rows))
            self._last = (day, last + inserted)
        except BulkRefused as refused:
            odd = set(refused.codes.values()) - {DUPLICATE}
            if odd:
                raise RuntimeError(f"the database refused an appeal with code {sorted(odd)}") from None
            inserted = min(refused.codes)
            self._last = None
        for item, (sheet, extra) in zip(items[:inserted], made, strict=False):
            self._documents.born(sheet)
            self._count(item)
            item.finish(self._receipt({"_id": sheet.subject, **extra}))
        return inserted

    def _count(self, item: _Waiting) -> None:
        channel = str(item.registration.draft.channel)
        self._metrics.count("hotline_appeals_registered_total", channel=channel, lane=str(item.lane))

    def _sheet(self, item: _Waiting, refs: dict[str, str | None], now: datetime, seq: int) -> tuple[Sheet, Row]:
        registration = item.registration
        subject, day = registration.subject, business_day(now)
        number = public_number(self._area, day, seq)
        event = registration.draft.registered(
            number=number, jurisdiction=self._jurisdiction, area=self._area, caller_ref=refs.get(subject)
        )
        sheet = Sheet(subject, None, self._rules)
        lane = Lane.EMERGENCY if item.lane is Lane.EMERGENCY else None
        sheet.apply(Change(decisions=(Decision(event=event, time=now, key=(), lane=lane),)), None, now)
        code = self._ids.code(CODE_ALPHABET, CODE_LENGTH)
        extra: Row = {
            "number": number,
            "area": self._area,
            "day": day,
            "seq": seq,
            "command": registration.key,
            "fingerprint": registration.fingerprint,
            "code": self._code_key.encrypt(code, subject),
            "missing": list(registration.draft.missing),
        }
        if registration.draft.attachments:
            extra["attachments"] = [file.attachment_id for file in registration.draft.attachments]
        return sheet, extra

    async def _last_of(self, day: str) -> int:
        if self._last is None or self._last[0] != day:
            rows = await self._store.find(
                self._documents.collection,
                {"area": self._area, "day": day},
                fields={"seq": 1},
                sort=[("seq", -1)],
                limit=1,
            )
            self._last = (day, rows[0]["seq"] if rows else 0)
        return self._last[1]
