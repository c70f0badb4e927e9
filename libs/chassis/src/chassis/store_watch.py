"""While the store does not answer, consumers let go of their queues and come back when it does (rule 4)."""

import asyncio
import logging
from dataclasses import replace

from chassis.bus import Bus, Consumer, Delivery, Handler
from chassis.mongo import Store, StoreAway

log = logging.getLogger(__name__)

ASK_SECONDS = 0.5


class StoreWatch:
    """Pauses the bus at the first sign that the store is away, and resumes when it answers again."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self._store = store
        self._bus = bus
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    def watched(self, consumer: Consumer) -> Consumer:
        """The same consumer, with its handler watched."""
        return replace(consumer, handler=self._watched(consumer.handler))

    def _watched(self, handler: Handler) -> Handler:
        async def handle(delivery: Delivery) -> None:
            try:
                await handler(delivery)
            except StoreAway:
                self._lost()
                raise

        return handle

    def _lost(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._wait())

    async def _wait(self) -> None:
        log.warning("the store does not answer; consumers pause")
        await self._bus.pause()
        # The database sends no event when it is back.
        while not self._stopping and not await self._store.answers():  # noqa: ASYNC110
            await asyncio.sleep(ASK_SECONDS)
        await self._bus.resume()
        log.warning("the store answers again; consumers resume")

    async def stop(self) -> None:
        """Stop waiting."""
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
