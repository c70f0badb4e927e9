"""Numbers without gaps and without a counter (rule 9): a number is born with its appeal.

One task per process inserts the waiting appeals by one ordered ``insert_many`` with seq = last + 1 …; the unique index
on (area, day, seq) makes replicas take turns, and a duplicate key makes this one look again and go on.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.activity import Activity
from chassis.bus import Passing
from chassis.clock import BusinessClock
from chassis.crypto import MasterKey
from chassis.document import Change, Entry, Rules, Sheet
from chassis.documents import Documents
from chassis.ids import Ids
from chassis.metrics import Metrics
from chassis.mongo import DUPLICATE, BulkRefused, Row, Store
from contracts.decision import Decision
from contracts.words import Lane
from intake.domain.number import business_day, public_number
from intake.ports import CODE_PURPOSE, KeyReused, MessageKnown, Receipt, Registration, Vault

BATCH = 100
"""Appeals in one insert: enough to share the round trips, few enough that nobody waits long."""
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
        self._something = asyncio.Event()
        self._last: tuple[str, int] | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        """Start giving numbers."""
        self._task = asyncio.ensure_future(self._work())

    async def stop(self) -> None:
        """Stop after the batch in hand; who still waits is told to come again."""
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for lane in Lane:
            for item in self._waiting[lane]:
                item.fail(Passing("the service is stopping"))
            self._waiting[lane].clear()

    async def register(self, registration: Registration) -> Receipt:
        """Wait for the number; suspects of an emergency go first. Raises ``Passing`` before the start."""
        if self._task is None or self._stopping:
            raise Passing("the service is starting or stopping")
        item = _Waiting(registration, asyncio.get_running_loop().create_future())
        self._waiting[item.lane].append(item)
        self._something.set()
        with self._activity.busy():
            return await item.done

    async def _work(self) -> None:
        # A cancellation can be lost inside the driver (asyncio.wait_for before Python 3.12), so the flag counts too.
        while not self._stopping:
            await self._something.wait()
            # Let requests that are just being read join this batch.
            await asyncio.sleep(0)
            batch = self._take()
            if not batch:
                self._something.clear()
                continue
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

    def _take(self) -> list[_Waiting]:
        """The next batch: suspects first, and nobody twice; who came twice meets the stored appeal next time."""
        batch: list[_Waiting] = []
        seen: set[str] = set()
        for lane in (Lane.EMERGENCY, Lane.ORDINARY):
            later: list[_Waiting] = []
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
        made = [
            item.registration.context.copy().run(self._sheet, item, refs, now, last + place)
            for place, item in enumerate(items, start=1)
        ]
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
            self._documents.told(sheet)
            self._posted(item, sheet.entries)
            item.finish(self._receipt({"_id": sheet.subject, **extra}))
        return inserted

    def _posted(self, item: _Waiting, entries: Sequence[Entry]) -> None:
        self._documents.posted(entries)
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
