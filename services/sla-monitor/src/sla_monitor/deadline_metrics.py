"""Deadlines as metrics: kept and missed ones counted as they are published, open ones counted by a slow loop."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from chassis.bus import Outgoing
from chassis.metrics import Metrics
from chassis.relay import Published
from chassis.slow_loop import SlowLoop
from contracts.words import DeadlineKind
from sla_monitor.domain.row import PARTS
from sla_monitor.store import StoredBoard

EVERY_SECONDS = 60.0
MOST_UNITS = 500
OTHER = "other"
"""All units beyond ``MOST_UNITS`` together: a label must stay bounded whatever the directory holds."""
STATES = ("open", "overdue", "urged", "supervised")
_COUNTED = {"deadline.met": "hotline_deadlines_met_total", "deadline.breached": "hotline_breaches_total"}


def ended_deadlines(metrics: Metrics) -> Published:
    """Counts kept and missed deadlines when their facts are on the bus: exactly those that everybody else hears of."""

    def published(message: Outgoing) -> None:
        name = _COUNTED.get(message.routing_key)
        if name is not None:
            metrics.count(name, kind=str(json.loads(message.body)["data"]["kind"]))

    return published


class OpenDeadlines:
    """What stands open now, by kind and by member unit.

    ``look`` counts one part of the cases: to read tens of thousands at once would keep the database from those who
    wait for it. It shows the figures when the last part is counted.
    """

    def __init__(self, board: StoredBoard, metrics: Metrics) -> None:
        self._board = board
        self._metrics = metrics
        self._units: set[str] = set()
        self._part = 0
        self._kinds: Counter[str] = Counter()
        self._states: Counter[tuple[str, str]] = Counter()

    async def look(self) -> bool:
        """Count the next part; True until it was the last."""
        for row in await self._board.part(self._part):
            self._kinds.update(one["kind"] for one in row["open"])
            self._states.update((one["unit"], state) for state, one in _standing(row) if one["unit"] is not None)
        self._part = (self._part + 1) % PARTS
        if self._part:
            return True
        self._show()
        self._kinds.clear()
        self._states.clear()
        return False

    def _show(self) -> None:
        """What has gone to zero is set to zero."""
        for kind in DeadlineKind:
            self._metrics.set("hotline_open_deadlines", self._kinds[kind.value], kind=kind.value)
        self._units = {unit for unit, _ in self._states} | self._units
        shown = sorted(self._units)[:MOST_UNITS]
        for state in STATES:
            for unit in shown:
                self._metrics.set("hotline_unit_deadlines", self._states[unit, state], unit=unit, state=state)
            if len(self._units) > len(shown):
                rest = sum(count for (unit, of), count in self._states.items() if of == state and unit not in shown)
                self._metrics.set("hotline_unit_deadlines", rest, unit=OTHER, state=state)


def _standing(row: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """What of a case counts for its units, under the state it counts as."""
    lists = ("open", row["open"]), ("urged", row["urged_units"]), ("supervised", row["supervised_units"])
    yield from ((state, one) for state, every in lists for one in every)
    yield from (("overdue", one) for one in row["missed"] if one["overdue"])


def open_deadlines(board: StoredBoard, metrics: Metrics) -> SlowLoop:
    """The loop."""
    return SlowLoop("deadlines", OpenDeadlines(board, metrics).look, metrics, EVERY_SECONDS)
