"""Background work of one process: sign-offs of other processes come into force, and the red hand-overs are counted."""

import asyncio
import logging

from chassis.bus import Passing
from chassis.metrics import Metrics
from classifier.ports import Desks, SignOffs

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
"""How late, at most, a sign-off given or revoked in another process comes into force here (real seconds)."""


class Watch:
    """Implements ``chassis.runtime.Part``."""

    def __init__(self, sign_offs: SignOffs, desks: Desks, metrics: Metrics, lines: tuple[str, ...]) -> None:
        self._sign_offs = sign_offs
        self._desks = desks
        self._metrics = metrics
        self._lines = lines
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Look once before anything is consumed, then every two seconds."""
        await self.look()
        self._task = asyncio.ensure_future(self._go_on())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        """Refresh both, once. Raises ``StoreAway``."""
        await self._sign_offs.refresh()
        red = await self._desks.unacknowledged()
        for line in {*self._lines, *red}:
            self._metrics.set("hotline_emergencies_unacknowledged", red.get(line, 0), line=line)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.look()
            except Passing:
                log.debug("the store is away; sign-offs and counts wait")
            except Exception:
                log.exception("refreshing sign-offs and counts failed")
