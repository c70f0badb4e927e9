"""Looks for repeats in the background, many appeals at a time."""

import asyncio
import logging
import time

from chassis.mongo import StoreAway
from dispatcher.use_cases.propose_repeats import BATCH, RepeatSearch

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
REHEARSAL_SECONDS = 600.0
"""On a virtual clock, where weeks pass in a minute: the desk looks when it is opened."""


class RepeatFinder:
    """A ``Part``. Any number of processes may run one: what two find is kept once."""

    def __init__(self, search: RepeatSearch, every_seconds: float = EVERY_SECONDS) -> None:
        self.search = search
        self._every = every_seconds
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.ensure_future(self._watch())

    async def stop(self) -> None:
        """What was not compared is compared by whoever comes next."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        looked, took = 0, 0.0
        while True:
            # Where there is more it rests as long as it worked: dispatch shares the processor and the database.
            await asyncio.sleep(self._every if looked < BATCH else took)
            began = time.perf_counter()
            try:
                looked = await self.search.catch_up()
            except StoreAway:
                looked = 0
                log.debug("the store is away; the search for repeats waits")
            except Exception:
                looked = 0
                log.exception("the search for repeats failed")
            took = time.perf_counter() - began
