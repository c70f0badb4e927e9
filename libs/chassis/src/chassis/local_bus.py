"""The bus of the embedded platform: one object in one process, in place of RabbitMQ.

It keeps nothing on disk. It confirms a publish only when every bound handler has saved or parked its copy, so the
outbox is its disk: what was not confirmed before a crash is published again.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import sha256

from chassis import tracing
from chassis.bus import ConnectionLost, Consumer, Delivery, Outgoing, PublishFailed
from chassis.handled import Handled, unobserved
from chassis.retry import (
    VERIFIED_USER,
    Park,
    Tiers,
    failures_of,
    is_parking,
    last_tier,
    next_step,
    parked_headers,
    retried_headers,
)
from chassis.routing import Routing
from contracts.topology import TIERS, Topology, parking_queue, topology
from contracts.words import Lane

log = logging.getLogger(__name__)

RETRY = "retry."
"""Queues of retry tiers start with this; here a sleep stands in for them."""

_Copy = tuple[str, str, bytes]


class MissingConsumer(Exception):
    """Queues are declared that nobody in this process consumes: what they get would wait for ever."""

    def __init__(self, queues: list[str]) -> None:
        super().__init__(f"no consumer is mounted for: {', '.join(queues)}")


class LocalBus:
    """Implements ``bus.Bus`` for all services of one process at once.

    ``sleep`` waits the retry delays (infrastructure seconds). With ``partial`` a declared queue without a consumer
    counts as not declared, for tests of one service; otherwise ``start`` raises ``MissingConsumer``. ``remember``
    bounds, per queue, how many handled messages are not handed to their handler again.
    """

    def __init__(
        self,
        declared: Topology | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        tiers: Tiers = TIERS,
        partial: bool = False,
        remember: int = 50_000,
        handled: Handled = unobserved,
    ) -> None:
        self._routing = Routing(topology() if declared is None else declared)
        self._sleep = sleep
        self._tiers = tiers
        self._partial = partial
        self._remember = remember
        self._handled = handled
        self._consumers: dict[str, Consumer] = {}
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._done: dict[str, OrderedDict[_Copy, None]] = {}
        self._copies: dict[_Copy, asyncio.Task[None]] = {}
        self._in_handler: set[_Copy] = set()
        self._publishing = 0
        self._open = asyncio.Event()
        self._started = False
        self._stopping = False

    def mount(self, consumer: Consumer) -> None:
        """Attach a consumer, also while running. One per queue: replicas do not exist inside one process."""
        if consumer.queue in self._consumers:
            raise ValueError(f"queue {consumer.queue} has a consumer already")
        self._consumers[consumer.queue] = consumer
        self._slots[consumer.queue] = asyncio.Semaphore(consumer.prefetch)
        self._done[consumer.queue] = OrderedDict()

    async def declare(self, more: Topology) -> None:
        """Add queues while running, such as a new unit's; mount their consumers first."""
        self._routing.add(more)
        self._require_consumers()

    def publisher(self, lane: Lane) -> "LocalPublisher":
        """A publisher; lanes never block each other here, so all are alike."""
        return LocalPublisher(self)

    async def start(self) -> None:
        """Let messages through. Raises ``MissingConsumer`` when a queue has none. Twice is as once."""
        self._require_consumers()
        self._started = True
        self._open.set()

    async def stop(self) -> None:
        """Let running handlers end; what waits for a retry is dropped unconfirmed and leaves the outbox later."""
        self._stopping = True
        for copy, task in self._copies.items():
            if copy not in self._in_handler:
                task.cancel()
        if self._copies:
            await asyncio.wait(list(self._copies.values()))
        self._open.set()

    def attached(self) -> bool:
        """Whether every mounted consumer gets messages right now."""
        return self._started and self._open.is_set() and not self._stopping

    async def pause(self) -> None:
        """Hand nothing to handlers until ``resume``; running ones go on."""
        self._open.clear()

    async def resume(self) -> None:
        """Hand out again."""
        if self._started:
            self._open.set()

    def busy(self) -> int:
        """Publishes, handlers and retries in flight; 0 means quiet, which is when a virtual clock may advance."""
        return self._publishing + len(self._copies)

    async def publish(self, message: Outgoing) -> None:
        """Return when every bound handler has saved or parked its copy.

        A copy that is still with a handler or in retry is joined; one that was handled is not handed over again.
        Raises ``PublishFailed`` when no queue is bound, ``ConnectionLost`` when the bus stops first.
        """
        self._publishing += 1
        try:
            await self._open.wait()
            if self._stopping:
                raise ConnectionLost("the bus is stopped")
            await self._confirm([self._copy(queue, message) for queue in sorted(self._queues(message))])
        finally:
            self._publishing -= 1

    def _require_consumers(self) -> None:
        waited = {queue for queue in self._routing.queues if not queue.startswith(RETRY)}
        missing = sorted(waited - self._consumers.keys())
        if missing and not self._partial:
            raise MissingConsumer(missing)

    def _queues(self, message: Outgoing) -> set[str]:
        reached = self._routing.reached(message.exchange, message.routing_key)
        if reached is None:
            raise PublishFailed(f"no exchange {message.exchange}")
        queues = {queue for queue in reached if queue in self._consumers}
        if not queues:
            raise PublishFailed(f"unroutable on exchange {message.exchange}")
        return queues

    def _copy(self, queue: str, message: Outgoing) -> asyncio.Task[None] | None:
        user = message.headers.get(VERIFIED_USER)
        # The body is part of it: another body under a reused id must not be taken for the message that was handled.
        copy = (queue, message.id, sha256(message.body + b"\x1f" + str(user or "").encode()).digest())
        if copy in self._done[queue]:
            return None
        task = self._copies.get(copy)
        if task is None:
            delivery = Delivery(
                queue=queue,
                body=message.body,
                message_id=message.id,
                user=user if isinstance(user, str) and user else None,
                lane=self._consumers[queue].lane,
                headers=message.headers,
            )
            task = asyncio.create_task(self._deliver(copy, delivery))
            self._copies[copy] = task
            task.add_done_callback(lambda ended: self._forget(copy, ended))
        return task

    def _forget(self, copy: _Copy, ended: asyncio.Task[None]) -> None:
        self._copies.pop(copy, None)
        if not ended.cancelled():
            ended.exception()  # seen here, for the publisher may be gone

    async def _confirm(self, copies: list[asyncio.Task[None] | None]) -> None:
        pending = [task for task in copies if task is not None]
        if not pending:
            return
        # wait() leaves the copies running when the publisher itself is cancelled; a later publish joins them.
        done, _ = await asyncio.wait(pending)
        if any(task.cancelled() for task in done):
            raise ConnectionLost("the bus stopped before every queue had saved")
        for task in done:
            if (error := task.exception()) is not None:
                raise error

    async def _deliver(self, copy: _Copy, delivery: Delivery) -> None:
        """Until saved or parked. Raises ``ConnectionLost`` when the bus stops first."""
        consumer = self._consumers[delivery.queue]
        while True:
            started = time.perf_counter()
            error = await self._handle(copy, consumer, delivery)
            seconds = time.perf_counter() - started
            if error is None:
                self._handled(consumer, "saved", seconds)
                return self._saved(copy)
            if self._stopping:
                raise ConnectionLost("the bus is stopping")
            step = next_step(
                consumer.lane,
                delivery.attempt,
                error,
                failures=failures_of(delivery),
                tiers=self._tiers,
                store_away=not self._open.is_set(),
            )
            if isinstance(step, Park):
                if not is_parking(delivery.queue, consumer.service):
                    self._handled(consumer, "parked", seconds)
                    return await self._park(consumer, delivery, step)
                step = last_tier(consumer.lane, tiers=self._tiers)
            headers = retried_headers(delivery, step)
            self._handled(consumer, "retried", seconds)
            await self._sleep(step.tier.delay_ms / 1000)
            delivery = Delivery(
                queue=delivery.queue,
                body=delivery.body,
                message_id=delivery.message_id,
                user=delivery.user,
                attempt=delivery.attempt + 1,
                lane=delivery.lane,
                headers=headers,
            )

    async def _handle(self, copy: _Copy, consumer: Consumer, delivery: Delivery) -> Exception | None:
        async with self._slots[consumer.queue]:
            await self._open.wait()
            self._in_handler.add(copy)
            try:
                await consumer.handler(delivery)
            except Exception as error:
                return error
            finally:
                self._in_handler.discard(copy)
        return None

    def _saved(self, copy: _Copy) -> None:
        done = self._done[copy[0]]
        done[copy] = None
        if len(done) > self._remember:
            done.popitem(last=False)

    async def _park(self, consumer: Consumer, delivery: Delivery, step: Park) -> None:
        queue = parking_queue(consumer.service)
        log.warning(
            "message parked",
            extra={
                "queue": delivery.queue,
                "reason": step.reason,
                "attempts": delivery.attempt,
                "trace_id": tracing.trace_id_of(delivery.headers, delivery.body),
            },
        )
        if queue not in self._consumers:
            raise PublishFailed(f"no parking for queue {delivery.queue}")
        parked = Outgoing(
            id=delivery.message_id or "",
            exchange="",
            routing_key=queue,
            body=delivery.body,
            stream=queue,
            lane=delivery.lane,
            headers=parked_headers(delivery, step.reason),
        )
        await self._confirm([self._copy(queue, parked)])


class LocalPublisher:
    """Implements ``bus.Publisher`` on a ``LocalBus``."""

    bundles = False
    """A publish costs nothing here, and each handler's save confirms its own fact."""

    def __init__(self, bus: LocalBus) -> None:
        self._bus = bus

    async def publish(self, message: Outgoing) -> None:
        """See ``LocalBus.publish``."""
        await self._bus.publish(message)

    async def close(self) -> None:
        """Nothing to close."""
