"""Trace context over the bus: from the save through the outbox to every queue, and back with a unit's command.

Messages carry ``traceparent`` in their body, where the outbox keeps it. With spans on, each publish and each delivery
is a span, and the publish's own context rides in the AMQP header of that name (W3C Trace Context).
"""

from dataclasses import replace

from chassis import spans, tracing
from chassis.bus import Bus, Consumer, Delivery, Handler, Outgoing, Publisher
from contracts.topology import LINE_COMMANDS, UNIT_COMMANDS
from contracts.words import Lane, Service

HEADER = "traceparent"


def continued(consumer: Consumer) -> Consumer:
    """The same consumer; on queues of commands, what a sender's header says is continued.

    Facts need nothing: what they cause takes over the context in their body. This is all that happens with spans off.
    """
    if consumer.queue not in (UNIT_COMMANDS, LINE_COMMANDS):
        return consumer
    handler = consumer.handler

    async def handle(delivery: Delivery) -> None:
        with tracing.within(tracing.start(traceparent=tracing.parent_of(delivery.headers, delivery.body))):
            await handler(delivery)

    return replace(consumer, handler=handle)


class TracedBus:
    """A service's bus with a span around each delivery and each publish; implements ``bus.Bus``."""

    def __init__(self, bus: Bus, service: Service) -> None:
        self._bus = bus
        self._service = service

    def mount(self, consumer: Consumer) -> None:
        """Attach it, traced."""
        self._bus.mount(replace(consumer, handler=self._traced(consumer.queue, consumer.handler)))

    def publisher(self, lane: Lane) -> Publisher:
        """The bus's own, traced."""
        return _TracedPublisher(self._bus.publisher(lane), self._service)

    async def start(self) -> None:
        """As the bus does."""
        await self._bus.start()

    async def stop(self) -> None:
        """As the bus does."""
        await self._bus.stop()

    def attached(self) -> bool:
        """As the bus says."""
        return self._bus.attached()

    async def pause(self) -> None:
        """As the bus does."""
        await self._bus.pause()

    async def resume(self) -> None:
        """As the bus does."""
        await self._bus.resume()

    def _traced(self, queue: str, handler: Handler) -> Handler:
        async def handle(delivery: Delivery) -> None:
            attributes: dict[str, str | int] = {
                "messaging.system": "rabbitmq",
                "messaging.operation.type": "process",
                "messaging.destination.name": queue,
                "messaging.message.id": delivery.message_id or "",
                "hotline.attempt": delivery.attempt,
            }
            parent = tracing.parent_of(delivery.headers, delivery.body)
            with spans.span(self._service, f"process {queue}", "consumer", parent, attributes):
                await handler(delivery)

        return handle


class _TracedPublisher:
    """Implements ``bus.Publisher``."""

    def __init__(self, publisher: Publisher, service: Service) -> None:
        self._publisher = publisher
        self._service = service

    @property
    def bundles(self) -> bool:
        """As the bus does."""
        return self._publisher.bundles

    async def publish(self, message: Outgoing) -> None:
        """Publish under a span whose context the header carries."""
        attributes: dict[str, str | int] = {
            "messaging.system": "rabbitmq",
            "messaging.operation.type": "send",
            "messaging.destination.name": message.exchange,
            "messaging.rabbitmq.destination.routing_key": message.routing_key,
            "messaging.message.id": message.id,
        }
        parent = tracing.parent_of(message.headers, message.body)
        name = f"publish {message.exchange or message.routing_key}"
        with spans.span(self._service, name, "producer", parent, attributes) as opened:
            headers = {**message.headers, HEADER: opened.trace.traceparent}
            await self._publisher.publish(replace(message, headers=headers))

    async def close(self) -> None:
        """Close the connection."""
        await self._publisher.close()
