"""Keeps this process on the tables in force: all replicas follow a new one within seconds."""

import asyncio
import logging

from chassis.clock import BusinessClock
from chassis.metrics import Metrics
from chassis.mongo import StoreAway
from sla_monitor.domain.calendar import Calendar
from sla_monitor.ports import TableDocuments
from sla_monitor.rules import MonitorRules
from sla_monitor.use_cases.read_tables import TableReader

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
"""Real seconds between two looks; a sweep waits for longer, so that no replica still follows the old table."""


class TableWatch:
    """A ``Part``."""

    def __init__(
        self,
        documents: TableDocuments,
        reader: TableReader,
        rules: MonitorRules,
        clock: BusinessClock,
        metrics: Metrics,
    ) -> None:
        self._documents = documents
        self._reader = reader
        self._rules = rules
        self._clock = clock
        self._metrics = metrics
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Follow the store before the first fact is judged, then keep looking."""
        try:
            await self.refresh()
        except StoreAway:
            log.warning("the store is away; the shipped tables hold until it answers")
        self._task = asyncio.ensure_future(self._watch())

    async def stop(self) -> None:
        """Stop looking."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def refresh(self) -> None:
        """Read what the store holds and follow it. Raises ``StoreAway``."""
        self._rules.tables = await self._reader.in_force(self._documents)
        ahead = years_ahead(self._rules.calendar, self._rules.calendar.local(self._clock.now()).year)
        self._metrics.set("hotline_calendar_years_ahead", ahead)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.refresh()
            except StoreAway:
                log.debug("the store is away; the tables stay as they are")
            except Exception:
                log.exception("reading the tables failed; they stay as they are")


def years_ahead(calendar: Calendar, year: int) -> int:
    """How many years in a row after ``year`` are announced; 0 is a warning late in the year."""
    ahead = 0
    while year + ahead + 1 in calendar.announced:
        ahead += 1
    return ahead
