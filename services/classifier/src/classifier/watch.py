"""Background work of one process: new sign-offs, tables and models come into force, red hand-overs are counted."""

import asyncio
import logging

from chassis.bus import Passing
from chassis.metrics import Metrics
from classifier.opinion_files import OpinionFiles
from classifier.opinions import OpinionsInForce
from classifier.ports import Desks, SignOffs

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
"""How late, at most, a sign-off given or revoked in another process comes into force here (real seconds)."""


class Watch:
    """Implements ``chassis.runtime.Part``."""

    def __init__(
        self,
        sign_offs: SignOffs,
        desks: Desks,
        files: OpinionFiles,
        opinions: OpinionsInForce,
        metrics: Metrics,
        lines: tuple[str, ...],
    ) -> None:
        self._sign_offs = sign_offs
        self._desks = desks
        self._files = files
        self._opinions = opinions
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
        """Refresh everything, once. Raises ``StoreAway``."""
        self.look_at_files()
        await self._sign_offs.refresh()
        red = await self._desks.unacknowledged()
        for line in {*self._lines, *red}:
            self._metrics.set("hotline_emergencies_unacknowledged", red.get(line, 0), line=line)

    def look_at_files(self) -> None:
        """Judge by replaced tables and models; a file that cannot be read leaves what is in force."""
        if not self._files.changed():
            return
        try:
            self._opinions.swap(*self._files.load())
            log.info("tables and models were replaced")
        except (ValueError, OSError) as error:
            log.warning("replaced tables or models cannot be read: %s", error)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.look()
            except Passing:
                log.debug("the store is away; sign-offs and counts wait")
            except Exception:
                log.exception("refreshing sign-offs and counts failed")
