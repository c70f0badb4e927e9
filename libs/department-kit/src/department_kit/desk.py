"""Between the link and the handler: every message once, each order's in order, orders side by side."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass

from department_kit.link import Arrived
from department_kit.message import Message, traceparent
from department_kit.seen import SeenStore
from department_kit.turns import Turns

log = logging.getLogger("department_kit")

Handler = Callable[[Message], Awaitable[None]]
"""The department's own work on one message."""

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 60.0
"""Seconds before a message whose handler failed is tried again: doubled each time."""


@dataclass(slots=True)
class AtHand:
    """The message that a handler works on, and how many commands it has sent about it."""

    message_id: str
    commands: int = 0


AT_HAND: ContextVar[AtHand | None] = ContextVar("AT_HAND", default=None)


async def _nobody(_: Message) -> None:
    raise RuntimeError("there is no handler: call run(handler)")


class Desk:
    """Takes what arrives; a task per order that has something to do."""

    def __init__(self, seen: SeenStore, *, patience: float, room: int, parallel: int) -> None:
        self.handler: Handler = _nobody
        self._seen = seen
        self._patience = patience
        self._room = room
        self._parallel = asyncio.Semaphore(parallel)
        self._orders: dict[str, Turns] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._woken: dict[str, asyncio.Event] = {}
        self._in_hand: dict[str, Arrived] = {}
        self._less = asyncio.Event()

    async def take(self, arrived: Arrived) -> None:
        """Take one message; returns when there is room for more."""
        await self.add(arrived)
        # Over AMQP the prefetch bounds what is here; over HTTP this does.
        while len(self._in_hand) > self._room:
            self._less.clear()
            await self._less.wait()

    async def add(self, arrived: Arrived) -> None:
        """Take one message at once."""
        message = arrived.message
        known = self._in_hand.get(message.id)
        if known is not None:
            # It came again on a new connection while it waits here: only that connection can be told that it is done.
            known.done = arrived.done
            return
        if await self._seen.handled(message.id):
            await arrived.done()
            return
        last = await self._seen.last(message.subject)
        if (known := self._in_hand.get(message.id)) is not None:
            known.done = arrived.done
            return
        self._in_hand[message.id] = arrived
        turns = self._orders.setdefault(message.subject, Turns(last))
        turns.add(arrived, _now())
        self._wake(message.subject)

    async def stop(self) -> None:
        """End the work; what is not handled stays with the hotline."""
        workers = list(self._workers.values())
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        for kept in (self._workers, self._orders, self._woken, self._in_hand):
            kept.clear()

    def _wake(self, subject: str) -> None:
        if subject in self._workers:
            self._woken[subject].set()
            return
        self._woken[subject] = asyncio.Event()
        self._workers[subject] = asyncio.create_task(self._work(subject))

    async def _work(self, subject: str) -> None:
        turns, woken = self._orders[subject], self._woken[subject]
        while not turns.empty:
            woken.clear()
            arrived = turns.next(_now(), self._patience)
            if arrived is None:
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), turns.wait(_now(), self._patience))
                continue
            message = arrived.message
            if message.work_order_seq is not None and message.work_order_seq > turns.last + 1:
                log.warning("message %s is handed out although an earlier one of its order is missing", message.id)
            await self._handle(arrived)
            turns.handled(message.work_order_seq)
        # Nothing was awaited since the loop looked, so nothing was added that nobody works on.
        for kept in (self._workers, self._orders, self._woken):
            del kept[subject]

    async def _handle(self, arrived: Arrived) -> None:
        message, pause = arrived.message, FIRST_PAUSE
        while True:
            try:
                async with self._parallel:
                    AT_HAND.set(AtHand(message.id))
                    context = message.body.get("traceparent")
                    traceparent.set(context if isinstance(context, str) else None)
                    await self.handler(message)
                    await self._seen.add(message.id, message.subject, message.work_order_seq)
                break
            except Exception:
                log.exception("the handler failed on message %s; again in %.1f s", message.id, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        del self._in_hand[message.id]
        self._less.set()
        await arrived.done()


def _now() -> float:
    return asyncio.get_running_loop().time()
