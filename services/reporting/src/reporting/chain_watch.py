"""Checks the journal's chain all day long: what is new within a minute, and all of it once a day."""

import logging
import time

from chassis.metrics import Metrics
from chassis.slow_loop import SlowLoop
from reporting.ports import Journal
from reporting.use_cases.verify_journal import START, verify_journal

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
WHOLE_AGAIN_SECONDS = 86_400.0
MOST = 20
"""Batches in one round, so that a long journal is checked in many short ones."""


class ChainWatch:
    """One process's walk along the chain; ``look`` is a round. True when the end is not reached yet."""

    def __init__(self, journal: Journal, metrics: Metrics) -> None:
        self._journal = journal
        self._metrics = metrics
        self._at = START
        self._whole = False
        self._began = time.monotonic()

    async def look(self) -> bool:
        """Check the next batches. The gauge is 1 only after a walk from the first batch to the last."""
        if self._whole and time.monotonic() - self._began > WHOLE_AGAIN_SECONDS:
            self._again()
        found = await verify_journal(self._journal, self._at, MOST)
        if not found["ok"]:
            log.critical("the journal's chain does not verify", extra={"batch": found["batch"], "why": found["why"]})
            self._metrics.set("hotline_journal_chain_ok", 0)
            self._again()
            return False
        self._at = (found["batches"], found["head"])
        if found["whole"] and not self._whole:
            self._whole = True
            self._metrics.set("hotline_journal_chain_ok", 1)
        return not found["whole"]

    def _again(self) -> None:
        self._at, self._whole, self._began = START, False, time.monotonic()


def chain_watch(journal: Journal, metrics: Metrics) -> SlowLoop:
    """The loop."""
    return SlowLoop("chain", ChainWatch(journal, metrics).look, metrics, EVERY_SECONDS)
