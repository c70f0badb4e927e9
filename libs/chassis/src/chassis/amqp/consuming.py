"""One lane's consumers on FastStream: raw bytes in, ack by hand, a channel with its own prefetch for each.

A ``Subscription`` lives from one subscribe to one unsubscribe; afterwards it is thrown away and a new one is made.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence

from aio_pika import IncomingMessage
from faststream import AckPolicy
from faststream.rabbit import Channel, RabbitBroker, RabbitMessage, RabbitQueue
from faststream.rabbit.subscriber.usecase import RabbitSubscriber

from chassis import tracing
from chassis.amqp.connection import CONNECT_SECONDS, LOST, address
from chassis.amqp.reading import delivery, in_its_place
from chassis.bundle import opened
from chassis.bus import ConnectionLost, Consumer, Delivery, Publisher, PublishFailed
from chassis.handled import Handled
from chassis.retry import Park, Retry, Tiers, failures_of, is_parking, last_tier, next_step
from contracts.words import Lane

log = logging.getLogger(__name__)

GRACE_SECONDS = 15.0
"""How long running handlers may go on after the subscription is cancelled (trap 8)."""
CANCEL_SECONDS = 5.0
"""For the broker's answer to a cancel: after it nothing more comes. A channel left earlier drops what it was sent."""
TURNS_TO_A_HANDLER = 10
"""Of the event loop, which a message read just before that answer needs at most to enter its handler (it needs three:
one task each of the channel and the queue, then FastStream's, which takes no message once it stops)."""
RECONNECT_SECONDS = {Lane.ORDINARY: 1.0, Lane.EMERGENCY: 0.25}


class Subscription:
    """All consumers of one lane on one connection. It comes back by itself after a lost connection."""

    def __init__(
        self,
        url: str,
        name: str,
        lane: Lane,
        consumers: Sequence[Consumer],
        own_user: str,
        publisher: Publisher,
        *,
        tiers: Tiers,
        store_away: Callable[[], bool],
        handled: Handled,
    ) -> None:
        self.lane = lane
        self._own_user = own_user
        self._publisher = publisher
        self._tiers = tiers
        self._store_away = store_away
        self._handled = handled
        self._up = False
        self._broker = RabbitBroker(
            address(url, name, lane),
            timeout=CONNECT_SECONDS[lane],
            reconnect_interval=RECONNECT_SECONDS[lane],
            on_close=[self._lost],
            on_reconnected=[self._back],
            graceful_timeout=GRACE_SECONDS,
            apply_types=False,
            logger=None,
        )
        self._subscribers = [self._mount(consumer) for consumer in consumers]

    async def start(self) -> None:
        """Connect and consume. Raises one of ``LOST`` or ``TimeoutError``; then make a new one."""
        await self._broker.start()
        self._up = True

    async def stop(self) -> None:
        """Cancel the consumers, let handlers end, close."""
        self._up = False
        await asyncio.gather(*(_cancel(subscriber) for subscriber in self._subscribers))
        for _ in range(TURNS_TO_A_HANDLER):
            await asyncio.sleep(0)
        try:
            await self._broker.stop()
        except LOST as error:
            log.debug("the broker went while we left", extra={"why": type(error).__name__})

    def attached(self) -> bool:
        """Whether the consumers are subscribed right now."""
        return self._up

    def _lost(self, *_: object) -> None:
        if self._up:
            log.warning("lost the connection to the broker", extra={"lane": self.lane})
        self._up = False

    def _back(self, *_: object) -> None:
        log.info("consuming again", extra={"lane": self.lane})
        self._up = True

    def _mount(self, consumer: Consumer) -> RabbitSubscriber:
        subscriber = self._broker.subscriber(
            RabbitQueue(consumer.queue, declare=False),
            channel=Channel(prefetch_count=consumer.prefetch),
            ack_policy=AckPolicy.MANUAL,
            decoder=_undecoded,
            no_reply=True,
        )

        async def receive(message: RabbitMessage) -> None:
            await self._receive(consumer, message.raw_message)

        subscriber(receive)
        return subscriber

    async def _receive(self, consumer: Consumer, message: IncomingMessage) -> None:
        received = delivery(message, consumer, self._own_user)
        parts = opened(received, consumer)
        # Together, so that what concerns one document is one save; acked when each is saved or passed on.
        await asyncio.gather(*(self._handle(consumer, part) for part in parts))
        try:
            await message.ack()
        except LOST:
            # It will be delivered again, and the handler's own inbox recognises it.
            log.debug("could not ack", extra={"queue": consumer.queue})

    async def _handle(self, consumer: Consumer, received: Delivery) -> None:
        started = time.perf_counter()
        result = "saved"
        try:
            await consumer.handler(received)
        except Exception as error:
            step = self._step(consumer, received, error)
            result = "parked" if isinstance(step, Park) else "retried"
            await self._pass_on(consumer, received, step)
        self._handled(consumer, result, time.perf_counter() - started)

    def _step(self, consumer: Consumer, received: Delivery, error: Exception) -> Retry | Park:
        step = next_step(
            consumer.lane,
            received.attempt,
            error,
            failures=failures_of(received),
            tiers=self._tiers,
            store_away=self._store_away(),
        )
        if not isinstance(step, Park):
            return step
        if is_parking(consumer.queue, consumer.service):
            return last_tier(consumer.lane, tiers=self._tiers)
        log.warning(
            "message parked",
            extra={
                "queue": received.queue,
                "reason": step.reason,
                "attempts": received.attempt,
                "trace_id": tracing.trace_id_of(received.headers, received.body),
            },
        )
        return step

    async def _pass_on(self, consumer: Consumer, received: Delivery, step: Retry | Park) -> None:
        """Publish what takes the message's place; until that is confirmed the message stays unacked with us."""
        pause = RECONNECT_SECONDS[consumer.lane]
        while True:
            try:
                return await self._publisher.publish(in_its_place(received, step, consumer))
            except (ConnectionLost, PublishFailed) as error:
                # Not nacked: that would bring it back in milliseconds and count toward its delivery limit (trap 6).
                log.warning("cannot pass on a failed message", extra={"queue": received.queue, "why": str(error)})
            await asyncio.sleep(pause)
            pause = min(pause * 2, 10.0)


async def _undecoded(message: RabbitMessage) -> RabbitMessage:
    # FastStream would parse JSON and log what it cannot read (trap 12); our codec reads the bytes in the handler.
    return message


async def _cancel(subscriber: RabbitSubscriber) -> None:
    """Unsubscribe before FastStream stops taking messages: what came in between would hang there unacked (trap 8)."""
    queue, tag = subscriber._queue_obj, subscriber._consumer_tag
    if queue is None or tag is None or queue.channel.is_closed:
        return
    try:
        async with asyncio.timeout(CANCEL_SECONDS):
            await queue.cancel(tag)
    except (*LOST, TimeoutError):
        return
    subscriber._consumer_tag = None
