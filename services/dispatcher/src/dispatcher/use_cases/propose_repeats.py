"""Finds which appeals may be repeats of which, with reasons. A person decides; nothing is merged here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chassis.turns import Turns
from dispatcher.domain.guard import guarded_unit
from dispatcher.domain.likeness import Proposal, Trace, Weights, compare, keys, trace
from dispatcher.domain.view import View
from dispatcher.ports import OrderRows, Proposals, Traces

BATCH = 48
"""Appeals compared together: enough to share the questions, few enough that no dispatch meets a long one."""
AT_MOST = 40
"""Batches compared while somebody waits for the list."""
SETTLE = timedelta(seconds=3)
"""Infrastructure time for the verdict, which names the topic, to come after the registration."""

Rows = Mapping[str, Mapping[str, Any]]


class RepeatSearch:
    """Over the traces of all appeals."""

    def __init__(self, traces: Traces, proposals: Proposals, orders: OrderRows, weights: Weights) -> None:
        self._traces = traces
        self._proposals = proposals
        self._orders = orders
        self._weights = weights

    async def catch_up(self, settle: timedelta = SETTLE, batches: int = 1) -> int:
        """Compare what came, so many batches at most; returns how many. Looking twice proposes nothing twice."""
        looked = 0
        for _ in range(batches):
            batch = await self._traces.unseen(settle, BATCH)
            if batch:
                await self._proposals.add(await self._found([one for _, one in batch]))
                await self._traces.seen(batch)
            looked += len(batch)
            if len(batch) < BATCH:
                break
        return looked

    async def for_order(self, subject: str, view: View) -> list[Proposal]:
        """What one order may be a repeat of, now."""
        registered, at = view.matter.registered, view.matter.at
        if registered is None or at is None:
            return []
        found = await self._found([trace(subject, at, registered, self._weights)])
        return [one for one in found if one.repeat == subject]

    async def _found(self, ones: Sequence[Trace]) -> list[Proposal]:
        weights = self._weights
        every = await self._traces.sharing({key for one in ones for key in keys(one, weights)})
        by_key: dict[str, dict[str, Trace]] = {}
        for other in (*every, *ones):
            for key in keys(other, weights):
                by_key.setdefault(key, {})[other.subject] = other
        # The topic, known to the orders alone, can add so much and no more.
        least = weights.least - weights.topic
        met: dict[tuple[str, str], tuple[Trace, Trace]] = {}
        turns = Turns()
        for each in ones:
            # An appeal in a storm meets hundreds; who waits for an order to be dispatched goes first.
            await turns.over()
            alike = {subject: some for key in keys(each, weights) for subject, some in by_key[key].items()}
            alike.pop(each.subject, None)
            for one, other in (_later_first(each, some) for some in alike.values()):
                if compare(one, other, weights, least) is not None:
                    met[one.subject, other.subject] = one, other
        pairs = list(met.values())
        rows = await self._orders.rows_of([each.subject for pair in pairs for each in pair])
        mains = await self._orders.rows_of([row["merged_into"] for row in rows.values() if row.get("merged_into")])
        return list(self._proposed(pairs, {**mains, **rows}))

    def _proposed(self, pairs: Iterable[tuple[Trace, Trace]], rows: Rows) -> Iterable[Proposal]:
        best: dict[str, dict[str, Proposal]] = {}
        for one, other in pairs:
            main = str(rows.get(other.subject, {}).get("merged_into") or other.subject)
            if not may_join(one.subject, main, rows):
                continue
            topics = [replace(each, topic=rows[each.subject].get("topic")) for each in (one, other)]
            likeness = compare(topics[0], topics[1], self._weights, self._weights.least)
            known = best.setdefault(one.subject, {})
            if likeness is not None and (main not in known or known[main].score < likeness.score):
                known[main] = Proposal(repeat=one.subject, main=main, score=likeness.score, reasons=likeness.reasons)
        for proposals in best.values():
            yield from sorted(proposals.values(), key=lambda each: -each.score)[: self._weights.at_once]


def may_join(repeat: str, main: str, rows: Rows) -> bool:
    """Whether the pair could be merged as the orders stand; the rule of the merge itself has the last word."""
    one, other = rows.get(repeat), rows.get(main)
    if one is None or other is None or repeat == main:
        return False
    standing = all(row.get("open") and not row.get("merged_into") for row in (one, other))
    return standing and _as_guarded(one, other) and one.get("state") not in _DONE and not one.get("repeats")


def _as_guarded(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether what one accuses is as well kept in the other."""
    barred = set(one.get("barred", ())), set(other.get("barred", ()))
    lanes = one.get("lane"), other.get("lane")
    if not barred[0] <= barred[1] or (lanes[0] and not lanes[1]) or (lanes[0] == "retaliation" != lanes[1]):
        return False
    # Rows that are older than the field: an accusation that bars nobody names no unit.
    unknown = one.get("unit_unknown", bool(lanes[0]) and not barred[0])
    safe = guarded_unit(frozenset(barred[0] | barred[1]))
    return not unknown or all(unit == safe for unit in other.get("units", ()))


_DONE = ("RETURN_VISIT", "ANSWERED_DIRECTLY", "NO_WORK_ORDER")


def _later_first(one: Trace, other: Trace) -> tuple[Trace, Trace]:
    return (one, other) if (one.at, one.subject) >= (other.at, other.subject) else (other, one)
