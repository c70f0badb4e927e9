"""Deadlines as metrics: kept and missed ones counted as they are published, open ones counted by a slow loop."""

import json
from collections import Counter

from chassis.bus import Outgoing
from chassis.metrics import Metrics
from chassis.relay import Published
from chassis.slow_loop import SlowLoop
from contracts.words import DeadlineKind
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
    """What stands open now, by kind and by member unit."""

    def __init__(self, board: StoredBoard, metrics: Metrics) -> None:
        self._board = board
        self._metrics = metrics
        self._units: set[str] = set()

    async def look(self) -> None:
        """Count; what has gone to zero is set to zero."""
        kinds: Counter[str] = Counter()
        units: Counter[tuple[str, str]] = Counter()
        for kind, unit, count in await self._board.open_clocks():
            kinds[kind] += count
            if unit is not None:
                units[unit, "open"] += count
        for state, unit, count in await self._board.climbing():
            units[unit, state] += count
        for kind in DeadlineKind:
            self._metrics.set("hotline_open_deadlines", kinds[kind.value], kind=kind.value)
        self._units = {unit for unit, _ in units} | self._units
        shown = sorted(self._units)[:MOST_UNITS]
        for state in STATES:
            for unit in shown:
                self._metrics.set("hotline_unit_deadlines", units[unit, state], unit=unit, state=state)
            if len(self._units) > len(shown):
                rest = sum(count for (unit, of), count in units.items() if of == state and unit not in shown)
                self._metrics.set("hotline_unit_deadlines", rest, unit=OTHER, state=state)


def open_deadlines(board: StoredBoard, metrics: Metrics) -> SlowLoop:
    """The loop."""
    return SlowLoop("deadlines", OpenDeadlines(board, metrics).look, metrics, EVERY_SECONDS)
