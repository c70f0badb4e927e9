"""Two buses behind one rig, so that one suite states what both must do."""

import asyncio
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from chassis.amqp import AmqpBus
from chassis.bus import Bus, Consumer, Delivery, Handler, Outgoing, Publisher
from chassis.local_bus import LocalBus
from contracts.topology import (
    FACTS,
    FACTS_EMERGENCY,
    PARKING,
    Binding,
    Exchange,
    Queue,
    Tier,
    Topology,
    parking_queue,
)
from contracts.words import Lane, Service

Kind = Literal["local", "rabbitmq"]

TIERS = {
    lane: tuple(Tier(lane, f"{lane}.{delay}ms", delay) for delay in (20, 40, 60))
    for lane in (Lane.ORDINARY, Lane.EMERGENCY)
}
EXCHANGE = {Lane.ORDINARY: FACTS, Lane.EMERGENCY: FACTS_EMERGENCY}


@dataclass
class Row:
    """What a test consumes: a queue, its patterns and its handler."""

    handler: Handler
    keys: tuple[str, ...] = ("#",)
    service: Service = Service.INTAKE
    lane: Lane = Lane.ORDINARY
    prefetch: int = 16


def topology(rows: Mapping[str, Row]) -> Topology:
    tiers = [tier for ladder in TIERS.values() for tier in ladder]
    services = {row.service for row in rows.values()}
    return Topology(
        exchanges=(
            Exchange(FACTS, "topic"),
            Exchange(FACTS_EMERGENCY, "topic"),
            Exchange(PARKING, "direct"),
            *(Exchange(tier.exchange, "fanout") for tier in tiers),
        ),
        queues=(
            *(Queue(t.exchange, dead_letter_exchange="", ttl_ms=t.delay_ms, delivery_limit=None) for t in tiers),
            *(Queue(parking_queue(service), delivery_limit=None) for service in services),
            *(Queue(q, dead_letter_exchange=PARKING, dead_letter_key=row.service) for q, row in rows.items()),
        ),
        bindings=(
            *(Binding(tier.exchange, "", tier.exchange) for tier in tiers),
            *(Binding(PARKING, service, parking_queue(service)) for service in services),
            *(Binding(EXCHANGE[row.lane], key, queue) for queue, row in rows.items() for key in row.keys),
        ),
    )


@dataclass
class Rig:
    """Buses of one kind with the rows of one test mounted, and what came to parking."""

    kind: Kind
    url: str
    parked: list[Delivery] = field(default_factory=list)
    buses: list[Bus] = field(default_factory=list)
    publishers: dict[Lane, Publisher] = field(default_factory=dict)
    ids: "itertools.count[int]" = field(default_factory=itertools.count)
    park: Handler | None = None

    async def start(self, **rows: Row) -> None:
        """Mount and start; the keyword is the queue's name."""
        declared = topology(rows)
        local = LocalBus(declared, tiers=TIERS)
        self.buses = []
        for service in dict.fromkeys(row.service for row in rows.values()):
            bus: Bus = local
            if self.kind == "rabbitmq":
                bus = AmqpBus(self.url, service, declared=declared, tiers=TIERS)
            for queue, row in rows.items():
                if row.service is service:
                    bus.mount(
                        Consumer(
                            service=service, queue=queue, lane=row.lane, handler=row.handler, prefetch=row.prefetch
                        )
                    )
            bus.mount(
                Consumer(
                    service=service, queue=parking_queue(service), lane=Lane.ORDINARY, handler=self.park or self._parked
                )
            )
            self.buses.append(bus)
        for bus in self.buses:
            await bus.start()
        self.publishers = {lane: self.buses[0].publisher(lane) for lane in Lane}

    async def stop(self) -> None:
        for bus in self.buses:
            await bus.stop()

    async def publish(
        self, key: str, body: bytes = b"{}", *, id: str | None = None, lane: Lane = Lane.ORDINARY, exchange: str = ""
    ) -> None:
        await self.publishers[lane].publish(
            Outgoing(
                id=id or f"id-{next(self.ids)}",
                exchange=exchange or EXCHANGE[lane],
                routing_key=key,
                body=body,
                stream=key,
                lane=lane,
            )
        )

    async def _parked(self, delivery: Delivery) -> None:
        self.parked.append(delivery)


async def eventually(true: Callable[[], bool], seconds: float = 15.0) -> None:
    """Wait until it is so; fail when it does not become so."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


@dataclass
class Seen:
    """A handler that notes what it gets, after raising the given errors for the first deliveries."""

    errors: list[Exception] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    async def __call__(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)
        if len(self.deliveries) <= len(self.errors):
            raise self.errors[len(self.deliveries) - 1]

    @property
    def bodies(self) -> list[bytes]:
        return [delivery.body for delivery in self.deliveries]

    @property
    def attempts(self) -> list[int]:
        return [delivery.attempt for delivery in self.deliveries]
