"""The facts of whole lifecycles, caught on a broker once, to be given to one service again and again."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import aio_pika

from chassis.bundle import texts_in
from chassis.routing import matches
from contracts.topology import READS, facts_exchange, facts_queue, topology
from contracts.words import Lane, Service

WINDOW = 200
"""Publishes that wait for their confirms at once."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One message as the relay sent it."""

    lane: Lane
    key: str
    body: bytes
    properties: dict[str, Any]


class Recorder:
    """Queues of its own beside those of the services, which get every fact of both lanes."""

    def __init__(self, amqp_url: str) -> None:
        self._url = amqp_url

    async def start(self) -> None:
        """Bind; from here on nothing is missed."""
        async with await aio_pika.connect(self._url) as connection:
            channel = await connection.channel()
            for lane in Lane:
                queue = await channel.declare_queue(f"bench.{lane}", durable=True)
                await queue.bind(facts_exchange(lane), "#")

    async def facts(self) -> list[Fact]:
        """Everything until now, in the order of its lane. The queues go: nothing is recorded any more."""
        found: list[Fact] = []
        async with await aio_pika.connect(self._url) as connection:
            channel = await connection.channel()
            for lane in Lane:
                queue = await channel.declare_queue(f"bench.{lane}", passive=True)
                while (message := await queue.get(no_ack=True, fail=False)) is not None:
                    found += _facts(lane, message)
                await queue.delete()
        return found


async def emptied(amqp_url: str) -> None:
    """Throw away what waits in the services' queues and retry tiers; those that are not there yet are empty too."""
    async with await aio_pika.connect(amqp_url) as connection:
        for known in topology().queues:
            channel = await connection.channel()
            try:
                queue = await channel.declare_queue(known.name, passive=True)
                await queue.purge()
            except aio_pika.exceptions.ChannelNotFoundEntity:
                continue
            await channel.close()


def read_by(service: Service, facts: Sequence[Fact]) -> list[Fact]:
    """The facts that the service's queues would have got, by the topology's patterns."""
    return [fact for fact in facts if any(matches(pattern, fact.key) for pattern in READS[service])]


def crowd(facts: Sequence[Fact], enough: int, most: int) -> list[Fact]:
    """The facts and copies of them about other appeals: ``enough`` in all, or ``most`` times what there was."""
    copies = min(most, max(1, -(-enough // max(1, len(facts)))))
    return [fact if copy == 0 else _about_another(fact, copy) for copy in range(copies) for fact in facts]


def _about_another(fact: Fact, copy: int) -> Fact:
    """The same news with subject, id and number of its own. Areas 50 to 59 are no province's, so no number is taken."""
    event = json.loads(fact.body)
    text = fact.body.decode()
    for name in (event["subject"], event["id"]):
        text = text.replace(name, str(uuid5(NAMESPACE_OID, f"{name} {copy}")))
    # Visits and pages are numbered too, by integers.
    if isinstance(number := event["data"].get("number"), str):
        text = text.replace(number, f"{50 + copy}{number[2:]}")
    properties = {**fact.properties, "message_id": json.loads(text)["id"]}
    return Fact(fact.lane, fact.key, text.encode(), properties)


async def publish(amqp_url: str, service: Service, facts: Sequence[Fact]) -> None:
    """Into the service's own queues and nobody else's, each confirmed."""
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
        for window in _windows(facts):
            await asyncio.gather(
                *(
                    channel.default_exchange.publish(
                        aio_pika.Message(fact.body, **fact.properties), facts_queue(service, fact.lane)
                    )
                    for fact in window
                )
            )


def _facts(lane: Lane, message: aio_pika.abc.AbstractIncomingMessage) -> Iterator[Fact]:
    """Those of a bundle (ADR 0013) one by one: copies of them are about appeals of their own."""
    texts = texts_in(message.body)
    if texts is None:
        yield Fact(lane, message.routing_key or "", message.body, _properties(message))
        return
    for text in texts:
        event = json.loads(text)
        properties = {**_properties(message), "message_id": event["id"], "headers": {}}
        yield Fact(lane, event["type"], text, properties)


def _properties(message: aio_pika.abc.AbstractIncomingMessage) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "type": message.type,
        "content_type": message.content_type,
        "user_id": message.user_id,
        "app_id": message.app_id,
        "headers": message.headers,
        "timestamp": message.timestamp,
        "delivery_mode": aio_pika.DeliveryMode.PERSISTENT,
    }


def _windows(facts: Sequence[Fact]) -> Iterator[Sequence[Fact]]:
    for start in range(0, len(facts), WINDOW):
        yield facts[start : start + WINDOW]
