"""Background checks: looked at again and again, and never more than a small share of the time."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from chassis.bus import Passing
from chassis.metrics import Metrics

log = logging.getLogger(__name__)

SHARE = 0.05
"""A look that took one second is followed by nineteen of rest, whatever the interval says."""

Look = Callable[[], Awaitable[bool | None]]
"""One round. True asks for the next one without waiting for the interval: there is more to catch up with."""


class SlowLoop:
    """A ``Part``. A round that fails is logged and tried again; ``hotline_checks_total`` counts those that do not."""

    def __init__(self, check: str, look: Look, metrics: Metrics, every_seconds: float) -> None:
        self._check = check
        self._look = look
        self._metrics = metrics
        self._every = every_seconds
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look for the first time at once, in the background."""
        self._task = asyncio.ensure_future(self._go_on())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self) -> None:
        while True:
            began = time.monotonic()
            more: bool | None = False
            try:
                more = await self._look()
                self._metrics.count("hotline_checks_total", check=self._check)
            except Passing:
                log.debug("a background check waits for the store", extra={"check": self._check})
            except Exception:
                log.exception("a background check failed", extra={"check": self._check})
            rest = (time.monotonic() - began) * (1 / SHARE - 1)
            await asyncio.sleep(rest if more else max(rest, self._every))
