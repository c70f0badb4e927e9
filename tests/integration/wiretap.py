"""Hears every message that the services publish, and can say it all again."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from running_platform import Platform

from contracts.topology import ASSIGNMENTS, COMMANDS, FACTS, FACTS_EMERGENCY, LINES

EXCHANGES = (FACTS, FACTS_EMERGENCY, ASSIGNMENTS, LINES, COMMANDS)


@dataclass(frozen=True, slots=True)
class Heard:
    """One message as it was published."""

    exchange: str
    routing_key: str
    body: bytes
    message_id: str | None
    headers: dict[str, object]


class Wiretap:
    """A queue of its own on every exchange that carries content."""

    def __init__(self, connection: aio_pika.abc.AbstractConnection, channel: aio_pika.abc.AbstractChannel) -> None:
        self._connection = connection
        self._channel = channel
        self.heard: list[Heard] = []

    async def _hear(self, message: AbstractIncomingMessage) -> None:
        self.heard.append(
            Heard(
                message.exchange or "", message.routing_key or "", message.body, message.message_id,
                dict(message.headers),
            )
        )  # fmt: skip

    async def say_again(self, message: Heard) -> None:
        """Publish the same message once more, under the same id."""
        exchange = await self._channel.get_exchange(message.exchange, ensure=False)
        again = aio_pika.Message(message.body, message_id=message.message_id, delivery_mode=2)
        await exchange.publish(again, message.routing_key)


@contextlib.asynccontextmanager
async def wiretap(platform: Platform) -> AsyncIterator[Wiretap]:
    """Listen while the block runs."""
    connection = await aio_pika.connect(platform.broker.url(vhost=platform.vhost))
    async with connection:
        channel = await connection.channel()
        tap = Wiretap(connection, channel)
        queue = await channel.declare_queue(exclusive=True)
        for exchange in EXCHANGES:
            await queue.bind(exchange, "#")
        await queue.consume(tap._hear, no_ack=True)
        yield tap
