"""Traces of appeals, one appended row per registration, and the proposals found among them."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import timedelta
from typing import Any

from chassis.activity import Activity
from chassis.appends import Appends
from chassis.clock import infrastructure_now
from chassis.documents import PATIENCE_SECONDS
from chassis.mongo import DUPLICATE, BulkRefused, Index, InsertOne, Row, Store
from dispatcher.domain.likeness import Proposal, Trace, Weights, keys

TRACES = "traces"
WAITING = "traces_waiting"
PROPOSALS = "repeat_proposals"
COMMON = 20
"""Traces in memory that share a key; of a key that so many have, the latest ones are known without asking."""
MAX_KEYS = 50_000
"""Keys of which the latest traces are remembered."""
CHUNK = 48
"""Keys per ``$in``: above some hundred the embedded server's cost grows with the square."""

INDEXES = {
    TRACES: (Index((("keys", 1), ("at", -1))),),
    WAITING: (Index((("since", 1),)),),
    PROPOSALS: (Index((("waits", 1),), sparse=True),),
}

_FIELDS = tuple(field.name for field in fields(Trace) if field.name not in ("subject", "topic"))


class LatestTraces:
    """The latest traces of each key that came by here, so that words everybody uses are not looked up again."""

    def __init__(self) -> None:
        self._by_key: OrderedDict[str, deque[Trace]] = OrderedDict()

    def note(self, one: Trace, its_keys: Iterable[str]) -> None:
        """Remember it under each of its keys."""
        for key in its_keys:
            self._by_key.setdefault(key, deque(maxlen=COMMON)).append(one)
            self._by_key.move_to_end(key)
        while len(self._by_key) > MAX_KEYS:
            self._by_key.popitem(last=False)

    def of_common(self, key: str) -> Sequence[Trace]:
        """The latest of a key that many have; nothing of any other key."""
        known = self._by_key.get(key, ())
        return known if len(known) == COMMON else ()


class StoredTraces:
    """Implements ``ports.Traces``."""

    def __init__(self, store: Store, activity: Activity, weights: Weights) -> None:
        self._store = store
        self._rows = store.collection(TRACES)
        self._waiting = store.collection(WAITING)
        self._arriving = Appends(store, self._waiting, activity, gather_seconds=PATIENCE_SECONDS)
        self._compared = Appends(store, self._rows, activity)
        self._weights = weights
        self._latest = LatestTraces()

    async def add(self, fact_id: str, one: Trace) -> None:
        """Append it under the id of the registration; the same again changes nothing.

        By its keys it is found once it was compared: an index of many keys is dear, and no appeal need wait for it.
        """
        await self._arriving.add({**_row_of(fact_id, one), "since": infrastructure_now()})

    async def unseen(self, settle: timedelta, limit: int) -> list[tuple[str, Trace]]:
        """Traces at least so old that nobody has compared yet, oldest first, with their rows' ids."""
        where = {"since": {"$lte": infrastructure_now() - settle}}
        rows = await self._store.find(self._waiting, where, sort=[("since", 1)], limit=limit)
        return [(row["_id"], _trace(row)) for row in rows]

    async def seen(self, compared: Sequence[tuple[str, Trace]]) -> None:
        """They were compared, and are found by their keys from now on.

        Moved, not marked: a database makes many inserts durable at once, but every update of a bulk by itself. What a
        crash leaves in both places is compared again, and its second insert changes nothing.
        """
        its_keys = [(name, one, keys(one, self._weights)) for name, one in compared]
        await asyncio.gather(
            *(self._compared.add({**_row_of(name, one), "keys": list(found)}) for name, one, found in its_keys)
        )
        for first in range(0, len(compared), CHUNK):
            part = [name for name, _ in compared[first : first + CHUNK]]
            gone = self._waiting.delete_many({"_id": {"$in": part}})
            await self._store.call("delete", gone, writes=len(part))
        for _, one, found in its_keys:
            self._latest.note(one, found)

    async def sharing(self, wanted: Iterable[str]) -> list[Trace]:
        """Traces that share a key: at most ``candidates`` per look at the store, and of common keys the latest ones."""
        found: dict[str, Trace] = {}
        every: list[str] = []
        for key in sorted(set(wanted)):
            if latest := self._latest.of_common(key):
                found.update({one.subject: one for one in latest})
            else:
                every.append(key)
        for first in range(0, len(every), CHUNK):
            # By the keys alone: with a range beside them the embedded server reads every row.
            where = {"keys": {"$in": every[first : first + CHUNK]}}
            rows = await self._store.find(self._rows, where, sort=[("at", -1)], limit=self._weights.candidates)
            found.update({row["subject"]: _trace(row) for row in rows})
        return list(found.values())


class StoredProposals:
    """Implements ``ports.Proposals``. ``waits`` is absent once a person has decided; it sorts the best ones first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rows = store.collection(PROPOSALS)

    async def add(self, found: Sequence[Proposal]) -> None:
        """Keep what was found; a pair that is known stays as it is."""
        if not found:
            return
        try:
            await self._store.bulk(self._rows, [InsertOne(_row(one)) for one in found])
        except BulkRefused as refused:
            odd = {code for code in refused.codes.values() if code != DUPLICATE}
            if odd:
                raise RuntimeError(f"the database refused a proposal with code {sorted(odd)}") from None

    async def waiting(self, after: str | None, limit: int) -> list[tuple[str, Proposal]]:
        """Proposals that nobody has decided on, best first, each with its cursor."""
        rows = await self._store.find(self._rows, {"waits": {"$gt": after or ""}}, sort=[("waits", 1)], limit=limit)
        return [(row["waits"], _proposal(row)) for row in rows]

    async def settle(self, ids: Sequence[str], how: Mapping[str, Any]) -> int:
        """Decided, so they wait no more; the first decision stays. Returns how many it decided."""
        decided = 0
        for first in range(0, len(ids), CHUNK):
            part = list(ids[first : first + CHUNK])
            change = {"$set": {"settled": dict(how)}, "$unset": {"waits": ""}}
            update = self._rows.update_many({"_id": {"$in": part}, "waits": {"$gte": ""}}, change)
            decided += (await self._store.call("settle", update, writes=len(part))).modified_count
        return decided

    async def known(self, proposal: str) -> bool:
        """Whether there is or was such a proposal."""
        return bool(await self._store.find(self._rows, {"_id": proposal}, fields={"_id": 1}, limit=1))


def _row(one: Proposal) -> Row:
    best_first = f"{1000 - round(1000 * one.score):04d}~{one.id}"
    return {
        "_id": one.id, "waits": best_first, "repeat": one.repeat, "main": one.main,
        "score": one.score, "reasons": dict(one.reasons),
    }  # fmt: skip


def _proposal(row: Row) -> Proposal:
    return Proposal(repeat=row["repeat"], main=row["main"], score=row["score"], reasons=row["reasons"])


def _row_of(fact_id: str, one: Trace) -> Row:
    values = {name: getattr(one, name) for name in _FIELDS}
    return {"_id": fact_id, "subject": one.subject, **values, "sketch": list(one.sketch)}


def _trace(row: Row) -> Trace:
    values = {name: row.get(name) for name in _FIELDS}
    return Trace(**{**values, "subject": row["subject"], "sketch": tuple(row["sketch"])})
