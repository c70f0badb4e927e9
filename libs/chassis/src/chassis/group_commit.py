"""Group commit (rule 6): what concurrent handlers want to load and save becomes one find and one bulk write.

Steps on the same document in one round are merged into one write. A save that another process overtook comes back alone
(its index carries error 11000) and its steps run again on the fresh document.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from chassis.activity import Activity
from chassis.clock import BusinessClock
from chassis.document import Answer, Command, Document, Entry, Rules, Sheet, Step
from chassis.metrics import Metrics
from chassis.mongo import DUPLICATE, BulkRefused, Collection, Store
from chassis.turns import Turns

MAX_SUBJECTS = 100
"""Documents in one round: enough to share the round trip, few enough that nobody waits long for it."""
MAX_KEPT = 512
"""Documents kept in memory as last saved, so that the next change needs no load; the conditional save guards them."""
HASTE = 100
"""So many waiting end everybody's patience: what is in hand bounds what the broker still delivers."""

Posted = Callable[[Sequence[Entry]], None]


@dataclass(slots=True)
class _Waiting:
    subject: str
    step: Step
    command: Command | None
    done: "asyncio.Future[Document]"
    fresh: bool
    first: bool = False
    due: float = 0.0
    fact: bool = False
    context: Context = field(default_factory=copy_context)

    def onto(self, sheet: Sheet) -> None:
        """Run the step and merge its change, in the context (trace) of whoever asked."""
        change = self.step(sheet)
        if change is not None:
            sheet.merge(change, self.command)


class GroupCommit:
    """Changes documents of one collection, many at a time. ``posted`` gets the outbox entries after each save."""

    def __init__(
        self,
        store: Store,
        collection: Collection,
        rules: Rules,
        clock: BusinessClock,
        metrics: Metrics,
        posted: Posted,
        activity: Activity,
        kept: dict[str, Sheet] | None = None,
        gather_seconds: float = 0.0,
        patience_seconds: float = 0.0,
        told: Callable[[Document], None] | None = None,
    ) -> None:
        self._store = store
        self._collection = collection
        self._rules = rules
        self._clock = clock
        self._metrics = metrics
        self._posted = posted
        self._activity = activity
        self._kept = {} if kept is None else kept
        self._gather_seconds = gather_seconds
        self._patience_seconds = patience_seconds
        # Services that share a machine do not all become busy at the same instant.
        self._phase = random.random()
        self._alarm: asyncio.TimerHandle | None = None
        self._told = told
        self._queue: list[_Waiting] = []
        self._busy: set[str] = set()
        self._rounds: set[asyncio.Task[None]] = set()

    async def change(
        self,
        subject: str,
        step: Step,
        command: Command | None = None,
        *,
        fresh: bool = False,
        first: bool = False,
        patient: bool = False,
        fact: bool = False,
    ) -> Document:
        """Run ``step`` on the subject's document and save what it returns; the saved document comes back.

        The document may be one kept from an earlier save: if another process has written since, the save comes back
        stale and the step runs again. ``fresh`` reads it anew, for steps that may find nothing to save. ``first`` takes
        it that there is none yet, and asks the store only when the save comes back. ``patient`` waits a moment for more
        about the same subject, which is then the same save. ``fact``: the step only adds a fact and looks at nothing
        that the rules make of others, so the rules are asked once for all facts of the round.

        A command that was answered before is not decided again: its kept answer stands (rule 3c).
        Raises what ``step`` raises, and ``StoreAway``.
        """
        done: asyncio.Future[Document] = asyncio.get_running_loop().create_future()
        due = self._when() if patient and self._patience_seconds else 0.0
        self._queue.append(_Waiting(subject, step, command, done, fresh, first, due, fact))
        with self._activity.busy():
            self._start_rounds()
            return await done

    async def answer(self, subject: str, step: Step, command: Command) -> Answer:
        """Run a command and give its answer, kept or new."""
        document = await self.change(subject, step, command)
        answer = document.answered(command)
        if answer is None:
            raise RuntimeError("a command's use case must answer")
        return answer

    def _when(self) -> float:
        """Until when what comes now may wait: the patient become due in cohorts, each of them one round."""
        step = self._patience_seconds / 2
        late = self._phase * step
        return ((asyncio.get_running_loop().time() - late) // step + 2) * step + late

    def _start_rounds(self) -> None:
        # Two rounds overlap: one computes while the other waits for the database. One document is in one round only.
        if len(self._rounds) >= 2:
            return
        free = [item.due for item in self._queue if item.subject not in self._busy]
        if not free:
            return
        loop = asyncio.get_running_loop()
        if len(self._queue) < HASTE and min(free) > loop.time():
            if self._alarm is None:
                self._alarm = loop.call_at(min(free), self._rung)
            return
        task = asyncio.ensure_future(self._round())
        self._rounds.add(task)
        task.add_done_callback(self._ended)

    def _rung(self) -> None:
        self._alarm = None
        self._start_rounds()

    def _take(self) -> dict[str, list[_Waiting]]:
        now, hasty = asyncio.get_running_loop().time(), len(self._queue) >= HASTE
        # A subject's items go together and in their order, however patient the others of them are.
        due = dict.fromkeys(item.subject for item in self._queue if hasty or item.due <= now)
        batch: dict[str, list[_Waiting]] = {
            subject: [] for subject in islice((one for one in due if one not in self._busy), MAX_SUBJECTS)
        }
        later: list[_Waiting] = []
        for item in self._queue:
            batch.get(item.subject, later).append(item)
        self._queue = later
        self._busy.update(batch)
        return batch

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._rounds.discard(task)
        self._start_rounds()

    async def _round(self) -> None:
        # Whoever is about to ask for a change joins the round.
        await asyncio.sleep(self._gather_seconds)
        batch = self._take()
        self._start_rounds()
        try:
            await self._load_and_save(batch)
        except asyncio.CancelledError:
            self._fail(batch, asyncio.CancelledError())
            raise
        except Exception as error:
            self._fail(batch, error)
        finally:
            self._busy.difference_update(batch)

    def _fail(self, batch: dict[str, list[_Waiting]], error: BaseException) -> None:
        for items in batch.values():
            for item in items:
                if not item.done.done():
                    if isinstance(error, asyncio.CancelledError):
                        item.done.cancel()
                    else:
                        item.done.set_exception(error)

    async def _load_and_save(self, batch: dict[str, list[_Waiting]]) -> None:
        left = dict(batch)
        while left:
            sheets = await self._sheets(left)
            now, at = self._clock.now(), await self._store.server_now()
            changed: list[Sheet] = []
            again: set[str] = set()
            turns = Turns()
            for subject, items in left.items():
                await turns.over()
                sheet = sheets[subject]
                if not self._decide(sheet, items, now):
                    again.add(subject)
                elif sheet.dirty:
                    changed.append(sheet)
                else:
                    self._keep(sheet, items)
            again |= await self._save(changed, at)
            for sheet in changed:
                if sheet.subject not in again:
                    self._metrics.observe("hotline_document_bytes", sheet.bytes)
                    self._posted(sheet.saved())
                    self._keep(sheet, left[sheet.subject])
            left = {subject: open_ for subject in again if (open_ := [i for i in left[subject] if not i.done.done()])}
            for item in (item for items in left.values() for item in items):
                item.first = False

    async def _sheets(self, left: dict[str, list[_Waiting]]) -> dict[str, Sheet]:
        # A sheet is taken out while it is worked on: whoever else wants the document meanwhile reads it from the store.
        kept = {subject: sheet for subject in left if (sheet := self._kept.pop(subject, None)) is not None}
        for subject in [subject for subject in kept if any(item.fresh for item in left[subject])]:
            del kept[subject]
        missing = [subject for subject in left if subject not in kept]
        # The save itself asks whether it is the first: a load before it would cost a round trip (ADR 0009). Not with a
        # command among them: it might be refused because of what is only not loaded.
        born = [
            subject
            for subject in missing
            if any(item.first for item in left[subject]) and all(item.fact for item in left[subject])
        ]
        kept |= {subject: Sheet(subject, None, self._rules) for subject in born}
        missing = [subject for subject in missing if subject not in kept]
        if missing:
            rows = await self._store.find(self._collection, {"_id": {"$in": missing}})
            stored = {row["_id"]: row for row in rows}
            kept |= {subject: Sheet(subject, stored.get(subject), self._rules) for subject in missing}
        return kept

    def _decide(self, sheet: Sheet, items: list[_Waiting], now: datetime) -> bool:
        """Run the steps on the sheet; False when one failed, for a half-applied sheet must not be saved."""
        merged: list[_Waiting] = []
        for item in items:
            if item.done.done() or (item.command is not None and sheet.answered(item.command) is not None):
                continue
            if not item.fact and not self._settle(sheet, merged, now):
                return False
            try:
                item.context.run(item.onto, sheet)
            except Exception as error:
                item.done.set_exception(error)
                return False
            merged.append(item)
            if not item.fact and not self._settle(sheet, merged, now):
                return False
        return self._settle(sheet, merged, now)

    def _settle(self, sheet: Sheet, merged: list[_Waiting], now: datetime) -> bool:
        """Let the rules react to what these brought. Of several facts each is asked alone when they fail."""
        try:
            if merged:
                merged[-1].context.run(sheet.settle, now)
        except Exception as error:
            if len(merged) == 1:
                merged[0].done.set_exception(error)
            for item in merged:
                item.fact = False
            return False
        merged.clear()
        return True

    def keep(self, sheet: Sheet) -> None:
        """Hold what the database holds now, for the next change; also for what the service inserted by itself."""
        self._kept[sheet.subject] = sheet
        if self._told is not None:
            self._told(sheet)
        if len(self._kept) > MAX_KEPT:
            self._kept.pop(next(iter(self._kept)))

    def _keep(self, sheet: Sheet, items: list[_Waiting]) -> None:
        self.keep(sheet)
        self._finish(items, sheet)

    def _finish(self, items: list[_Waiting], sheet: Sheet) -> None:
        for item in items:
            if not item.done.done():
                item.done.set_result(sheet)

    async def _save(self, sheets: Sequence[Sheet], at: datetime) -> set[str]:
        if not sheets:
            return set()
        try:
            await self._store.bulk(self._collection, [sheet.write(at) for sheet in sheets])
        except BulkRefused as refused:
            odd = {code for code in refused.codes.values() if code != DUPLICATE}
            if odd:
                raise RuntimeError(f"the database refused a save with code {sorted(odd)}") from None
            self._metrics.count("hotline_stale_saves_total", len(refused.codes))
            return {sheets[index].subject for index in refused.codes}
        return set()
