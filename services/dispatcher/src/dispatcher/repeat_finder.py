"""Looks for repeats in the background, many appeals at a time."""

import asyncio
import logging

from chassis.mongo import StoreAway
from dispatcher.use_cases.propose_repeats import BATCH, RepeatSearch

log = logging.getLogger(__name__)

EVERY_SECONDS = 5.0
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
        looked = 0
        while True:
            if looked < BATCH:
                await asyncio.sleep(self._every)
            try:
                looked = await self.search.catch_up()
            except StoreAway:
                looked = 0
                log.debug("the store is away; the search for repeats waits")
            except Exception:
                looked = 0
                log.exception("the search for repeats failed")
