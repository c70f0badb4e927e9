"""Confirmed publishing by aio-pika on a connection of its own (rule 2, traps 1, 3, 4 and 5)."""

import asyncio
import logging
from dataclasses import dataclass, field

from aio_pika import DeliveryMode, Message
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aio_pika.exceptions import ChannelNotFoundEntity, ChannelPreconditionFailed, DeliveryError, PublishError
from aiormq.exceptions import ChannelAccessRefused

from chassis.amqp.causes import cause
from chassis.amqp.connection import LOST, connect, user_of
from chassis.bus import ConnectionLost, Outgoing, PublishFailed
from contracts.words import Lane

log = logging.getLogger(__name__)

LIMIT_SECONDS = {Lane.ORDINARY: 10.0, Lane.EMERGENCY: 1.0}
"""Rule 2: a publish without an answer for this long drops the whole connection."""
BACKOFF_SECONDS = {Lane.ORDINARY: (0.1, 5.0), Lane.EMERGENCY: (0.05, 0.5)}
"""First and longest pause between attempts to connect."""


MORE_KEYS = "CC"
"""RabbitMQ's header for further routing keys (sender-selected distribution)."""

_BLAMED = (ChannelAccessRefused, ChannelNotFoundEntity, ChannelPreconditionFailed)
"""403, 404 and 406: one message was refused, and the channel closed for all that were in flight on it (trap 4)."""


@dataclass(slots=True)
class _Link:
    connection: AbstractConnection
    channel: AbstractChannel
    exchanges: dict[str, AbstractExchange] = field(default_factory=dict)
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class AmqpPublisher:
    """Implements ``bus.Publisher``. Publish as many at a time as you like; one id is never twice in flight."""

    def __init__(self, url: str, lane: Lane, name: str, *, limit: float | None = None) -> None:
        self._url = url
        self._user = user_of(url)
        self._lane = lane
        self._name = name
        self._limit = LIMIT_SECONDS[lane] if limit is None else limit
        self._link: _Link | None = None
        self._connecting: asyncio.Task[_Link] | None = None
        self._pause = 0.0
        self._in_flight: dict[str, asyncio.Event] = {}
        self._suspects: set[str] = set()
        self._dropping: set[asyncio.Task[None]] = set()
        self._away = False
        self._closed = False

    bundles = True
    """Consumers on RabbitMQ take bundles apart (``amqp.consuming``)."""

    async def publish(self, message: Outgoing) -> None:
        """Return once confirmed and routed; else raise ``PublishFailed`` or ``ConnectionLost``."""
        link: _Link | None = None
        mine = asyncio.Event()
        try:
            async with asyncio.timeout(self._limit):
                while (other := self._in_flight.get(message.id)) is not None:
                    await other.wait()
                self._in_flight[message.id] = mine
                link = await self._linked()
                if message.id in self._suspects:
                    await self._publish_alone(link, message)
                else:
                    await self._publish(link, message)
        except TimeoutError:
            self._drop(link)
            raise ConnectionLost("no confirm within the time limit") from None
        except asyncio.CancelledError:
            # Cancelled while unconfirmed, by us or by the driver as its connection went: this id may not ride again
            # on the same connection.
            self._drop(link)
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise ConnectionLost("the connection was lost") from None
        except PublishFailed:
            raise
        except LOST as error:
            if isinstance(error, _BLAMED):
                self._suspect()
            self._drop(link)
            raise ConnectionLost(type(error).__name__) from None
        except Exception as error:
            # What the driver raises to those who wait for an answer when the connection is dropped.
            if type(error) is not Exception:
                raise
            self._drop(link)
            raise ConnectionLost("the connection was lost") from None
        finally:
            if self._in_flight.get(message.id) is mine:
                del self._in_flight[message.id]
            mine.set()

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called."""
        return self._closed

    async def close(self) -> None:
        """Close the connection; publishes after that raise ``ConnectionLost``."""
        self._closed = True
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.wait([self._connecting])
        self._drop(self._link)
        if self._dropping:
            await asyncio.wait(list(self._dropping))

    async def _publish(self, link: _Link, message: Outgoing) -> None:
        exchange = link.exchanges.get(message.exchange)
        if exchange is None:
            # One asks for all: a backlog on a fresh connection would else open a channel for each of its messages.
            async with link.asking:
                exchange = link.exchanges.get(message.exchange)
                if exchange is None:
                    exchange = link.exchanges[message.exchange] = await self._exchange(link, message.exchange)
        await self._send(exchange, message)

    async def _publish_alone(self, link: _Link, message: Outgoing) -> None:
        """On a channel of its own: this id was in flight when a channel was closed, and one of those was to blame."""
        channel = await link.connection.channel(publisher_confirms=True, on_return_raises=True)
        try:
            exchange = await channel.get_exchange(message.exchange, ensure=False)
            await self._send(exchange, message)
        except _BLAMED as error:
            raise PublishFailed(f"refused on exchange {message.exchange}: {type(error).__name__}") from None
        self._suspects.discard(message.id)
        await channel.close()

    async def _send(self, exchange: AbstractExchange, message: Outgoing) -> None:
        headers: dict[str, str | int | list[str]] = dict(message.headers)
        if message.also:
            headers[MORE_KEYS] = list(message.also)
        ready = Message(
            message.body,
            headers=headers,  # type: ignore[arg-type] # a mapping of a union is invariant
            content_type="application/json",
            delivery_mode=DeliveryMode.PERSISTENT,
            message_id=message.id,
            user_id=self._user,
        )
        try:
            await exchange.publish(ready, message.routing_key, mandatory=True)
        except PublishError:
            raise PublishFailed(f"unroutable on exchange {message.exchange}") from None
        except DeliveryError:
            raise PublishFailed(f"refused by the broker on exchange {message.exchange}") from None

    async def _exchange(self, link: _Link, name: str) -> AbstractExchange:
        if name == "":
            return link.channel.default_exchange
        # Asked on a channel that is thrown away: a missing exchange closes the channel it is noticed on (trap 4).
        probe = await link.connection.channel()
        try:
            await probe.get_exchange(name)
        except ChannelNotFoundEntity:
            raise PublishFailed(f"no exchange {name}") from None
        except ChannelAccessRefused:
            raise PublishFailed(f"no right to exchange {name}") from None
        await probe.close()
        return await link.channel.get_exchange(name, ensure=False)

    async def _linked(self) -> _Link:
        if self._closed:
            raise ConnectionLost("the publisher is closed")
        link = self._link
        if link is not None and not link.connection.is_closed and not link.channel.is_closed:
            return link
        self._drop(link)
        if self._connecting is None:
            self._connecting = asyncio.create_task(self._connect())
            self._connecting.add_done_callback(self._connected)
        # One attempt for all who wait, and no time limit of a message ends it: else a backlog whose every message has
        # waited half its limit before its turn would never let an attempt come to its end.
        return await asyncio.shield(self._connecting)

    async def _connect(self) -> _Link:
        if self._pause:
            await asyncio.sleep(self._pause)
        try:
            self._link = await self._open()
        except (*LOST, TimeoutError) as error:
            first, longest = BACKOFF_SECONDS[self._lane]
            self._pause = min(longest, max(first, self._pause * 2))
            if not self._away:
                log.warning("no connection to the broker", extra={"lane": self._lane, "why": cause(error)})
            self._away = True
            raise ConnectionLost("no connection to the broker") from None
        if self._away:
            log.info("connected to the broker again", extra={"lane": self._lane})
        self._pause, self._away = 0.0, False
        return self._link

    def _connected(self, task: "asyncio.Task[_Link]") -> None:
        self._connecting = None
        if not task.cancelled():
            task.exception()  # looked at, though everybody who waited may have given up

    async def _open(self) -> _Link:
        connection = await connect(self._url, self._name, self._lane)
        try:
            return _Link(connection, await connection.channel(publisher_confirms=True, on_return_raises=True))
        except BaseException:
            self._drop_connection(connection)
            raise

    def _suspect(self) -> None:
        """Everything in flight may have closed the channel; each is tried alone next time."""
        if len(self._suspects) < 10_000:
            self._suspects |= self._in_flight.keys()

    def _drop(self, link: _Link | None) -> None:
        if link is None:
            return
        if self._link is link:
            self._link = None
        self._drop_connection(link.connection)

    def _drop_connection(self, connection: AbstractConnection) -> None:
        if connection.is_closed:
            return
        task = asyncio.create_task(_close(connection))
        self._dropping.add(task)
        task.add_done_callback(self._dropping.discard)


async def _close(connection: AbstractConnection) -> None:
    # A frozen broker answers no close either; the driver gives up its socket when this is cancelled.
    try:
        async with asyncio.timeout(2):
            await connection.close()
    except (*LOST, TimeoutError):
        return
