"""Takes confirmed entries out of outboxes, many documents by one statement (rule 2).

Each save that adds entries marks the document with one of them, unless the outbox held something of another process.
When everything that this process put into an outbox is confirmed and the mark is still the last one, nothing else can
be in it, and the whole field goes. Otherwise each entry is filtered out by its id, which costs far more.
"""

from collections.abc import Sequence

from chassis.document import MARK, OUTBOX, SINCE, Entry
from chassis.mongo import Collection, Row, Store
from contracts.words import Lane

Place = tuple[str, str]
"""Subject and message id."""


class Clearing:
    """What one relay has in hand, and the two ways to clear it."""

    def __init__(self, store: Store, collection: Collection, lane: Lane) -> None:
        self._store = store
        self._collection = collection
        self._lane = lane
        self._open: dict[str, set[str]] = {}
        self._marks: dict[str, str | None] = {}
        self._left: set[str] = set()

    def offered(self, entry: Entry) -> None:
        """The relay took this entry in hand."""
        subject = entry.subject
        self._open.setdefault(subject, set()).add(entry.message.id)
        # An entry without a mark may have neighbours that we do not know: no later mark makes up for that.
        known = subject not in self._marks or self._marks[subject] is not None
        self._marks[subject] = entry.mark if known else None

    def left(self, subject: str) -> None:
        """An entry of this subject was left to the poll; until it is claimed its outbox is not ours alone."""
        self._left.add(subject)

    def claimed(self, subject: str) -> None:
        """Everything in this subject's outbox was taken over."""
        self._left.discard(subject)

    def confirmed(self, places: Sequence[Place]) -> None:
        """These were published."""
        for subject, message_id in places:
            self._open.get(subject, set()).discard(message_id)

    async def clear(self, places: Sequence[Place]) -> None:
        """Take confirmed entries out of their documents. Raises ``StoreAway``; then nothing may have been done."""
        subjects = {subject for subject, _ in places}
        before = {subject: self._marks.get(subject) for subject in subjects}
        whole = {subject: mark for subject in subjects if (mark := self._whole(subject)) is not None}
        if whole and not await self._drop(whole):
            whole = {}
        odd = [place for place in places if place[0] not in whole]
        if odd:
            await self._filter_out(odd)
        for subject in subjects:
            if not self._open.get(subject) and self._marks.get(subject) == before[subject]:
                self._open.pop(subject, None)
                self._marks.pop(subject, None)

    def _whole(self, subject: str) -> str | None:
        return None if self._open.get(subject) or subject in self._left else self._marks.get(subject)

    async def _drop(self, marks: dict[str, str]) -> bool:
        """False when a document was saved since: its mark is another."""
        lane = self._lane
        where = {"_id": {"$in": sorted(marks)}, MARK[lane]: {"$in": sorted(marks.values())}}
        # Not part of the version: clearing an outbox must never make somebody's save stale.
        drop = self._collection.update_many(where, {"$unset": {OUTBOX[lane]: "", SINCE[lane]: "", MARK[lane]: ""}})
        done = await self._store.call("clear", drop, writes=len(marks))
        return done.matched_count == len(marks)

    async def _filter_out(self, places: Sequence[Place]) -> None:
        subjects, ids = sorted({subject for subject, _ in places}), [message_id for _, message_id in places]
        clear = self._collection.update_many({"_id": {"$in": subjects}}, self._without(ids))
        await self._store.call("clear", clear, writes=len(subjects))

    def _without(self, ids: Sequence[str]) -> list[Row]:
        outbox, since = OUTBOX[self._lane], SINCE[self._lane]
        # Absent when another process published the same after our lease and cleared it first: not null, which no later
        # save could push to.
        held = {"$ifNull": [f"${outbox}", []]}
        left = {"$filter": {"input": held, "as": "e", "cond": {"$not": [{"$in": ["$$e.i", list(ids)]}]}}}
        return [
            {"$set": {outbox: left}},
            {"$set": {since: {"$cond": [{"$eq": [f"${outbox}", []]}, "$$REMOVE", f"${since}"]}}},
            {"$set": {outbox: {"$cond": [{"$eq": [f"${outbox}", []]}, "$$REMOVE", f"${outbox}"]}}},
        ]
