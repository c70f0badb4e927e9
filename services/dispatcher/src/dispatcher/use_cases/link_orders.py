"""Carries a merge between the two orders it concerns, each in its own document.

No write spans two documents: a change of one order that concerns another leaves ``retry_at`` behind in the same save,
and whoever looks next carries it over. Every step has an id of its own, so that doing it twice does nothing new.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from chassis.document import Change, Document
from contracts.events import Event
from contracts.events import work_order as wo
from dispatcher.domain.relay_words import join, leave, relay
from dispatcher.domain.view import View, fold
from dispatcher.ports import Orders
from dispatcher.use_cases.waiting import WAITING, first_of

CARRIED = "carried"
"""Private field: how far merges and words were carried to the other orders."""
AT_ONCE = 50
"""Repeats that are told side by side."""
_TELLING = (wo.Approved, wo.InterimReplied, wo.AnsweredDirectly)


def concerns_others(view: View, events: Sequence[Event]) -> bool:
    """Whether what was decided on this order must be carried to another."""
    if any(isinstance(event, (wo.Merged, wo.Unmerged)) for event in events):
        return True
    return bool(view.handling.links.joined) and any(isinstance(event, _TELLING) for event in events)


def owes(document: Document) -> bool:
    """Whether something is still to be carried. Looks at the row alone, for every fact that comes asks."""
    row = document.row
    if "links" not in row and "repeats" not in row:
        return False
    return document.private.get(CARRIED) != _counted(row)


class OrderLinks:
    """Between orders and their repeats."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    async def look(self, document: Document) -> None:
        """After a change: carry what it owes."""
        if owes(document):
            await self.carry(document.subject)

    async def retry(self, subject: str) -> None:
        """The timer's: carry what is owed, and take the timer away."""
        document = await self._orders.load(subject)
        if "links" in document.row or "repeats" in document.row:
            await self.carry(subject)

    async def carry(self, subject: str) -> None:
        """Tell the main orders of this one's merges, and its repeats what it told its own caller."""
        document = await self._orders.load(subject)
        view = fold(document.facts)
        await self._to_main(subject, view)
        repeats = sorted(view.handling.links.joined)
        for first in range(0, len(repeats), AT_ONCE):
            await asyncio.gather(*(self._to_repeat(subject, one) for one in repeats[first : first + AT_ONCE]))
        await self._carried(subject, _counted(document.row))

    async def _to_main(self, subject: str, view: View) -> None:
        links = view.handling.links
        for merge, parent in enumerate(links.parents, start=1):
            stands = links.merged is not None and merge == links.merges
            now = self._orders.now()
            decision = join(subject, view, now) if stands else leave(subject, merge, now)
            await self._orders.change(parent, lambda _, made=decision: Change(decisions=(made,)))  # type: ignore[misc]
            if stands:
                # What the main order has said before it knew of this repeat; what it says later finds the repeat there.
                await self._to_repeat(parent, subject)

    async def _to_repeat(self, parent: str, repeat: str) -> None:
        main = fold((await self._orders.load(parent)).facts)

        def step(document: Document) -> Change | None:
            decisions = relay(fold(document.facts), parent, main, self._orders.now())
            return Change(decisions=decisions) if decisions else None

        document = await self._orders.change(repeat, step)
        if document.row.get("merged_into") is None:
            # The main order ended without a result and let it go: that is to be carried too.
            await self.look(document)

    async def _carried(self, subject: str, counted: dict[str, Any]) -> None:
        def step(document: Document) -> Change:
            if _counted(document.row) != counted:
                return Change()  # it has gone on meanwhile: the timer stays
            waiting = document.private.get(WAITING) or []
            return Change(private={CARRIED: counted}, retry_at=first_of(waiting), clear_retry=not waiting)

        await self._orders.change(subject, step)


def _counted(row: dict[str, Any]) -> dict[str, Any]:
    return {"links": row.get("links", 0), "words": row.get("words", 0)}
