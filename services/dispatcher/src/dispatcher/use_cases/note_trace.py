"""What a registered appeal leaves for the search for repeats: one appended row."""

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealRegistered
from dispatcher.domain.likeness import Weights, trace
from dispatcher.ports import TraceRows


class TraceWriter:
    """Appends, and returns only when the row is stored."""

    def __init__(self, rows: TraceRows, weights: Weights) -> None:
        self._rows = rows
        self._weights = weights

    async def note(self, fact: Fact[Event]) -> None:
        """Leave the trace of a registration; any other fact leaves none."""
        if isinstance(fact.data, AppealRegistered):
            await self._rows.add(fact.id, trace(fact.subject, fact.time, fact.data, self._weights))
