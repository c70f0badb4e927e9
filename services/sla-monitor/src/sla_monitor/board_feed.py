"""Tells open boards that something changed. One look at the store serves every listener of this process."""

import asyncio
import logging
from collections.abc import AsyncIterator

from chassis.mongo import StoreAway
from sla_monitor.ports import Board

log = logging.getLogger(__name__)

EVERY_SECONDS = 2.0
KEEP_ALIVE_SECONDS = 15.0


class BoardFeed:
    """A ``Part``: looks only while somebody listens."""

    def __init__(self, board: Board, every_seconds: float = EVERY_SECONDS) -> None:
        self._board = board
        self._every = every_seconds
        self._print = ""
        self._changed = asyncio.Condition()
        self._listeners = 0
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._ended = False

    async def start(self) -> None:
        """Begin to look when the first listener comes."""
        self._task = asyncio.ensure_future(self._watch())

    async def stop(self) -> None:
        """End every stream."""
        self._ended = True
        async with self._changed:
            self._changed.notify_all()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def events(self) -> AsyncIterator[str]:
        """Server-sent events: ``changed`` with the board's print, now and after each change; comments in between."""
        self._listeners += 1
        self._wanted.set()
        seen = ""
        try:
            while not self._ended:
                if self._print != seen:
                    seen = self._print
                    yield f"event: changed\nid: {seen}\ndata: {seen}\n\n"
                    continue
                try:
                    async with asyncio.timeout(KEEP_ALIVE_SECONDS), self._changed:
                        await self._changed.wait()
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            self._listeners -= 1
            if self._listeners == 0:
                self._wanted.clear()

    async def _watch(self) -> None:
        while True:
            await self._wanted.wait()
            try:
                now = await self._board.print_of()
            except StoreAway:
                log.debug("the store is away; the board shows what it has")
            else:
                if now != self._print:
                    self._print = now
                    async with self._changed:
                        self._changed.notify_all()
            await asyncio.sleep(self._every)
