"""The department's own queue on the hotline's RabbitMQ, and its own key for commands."""

import asyncio
import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit

import aio_pika
from aio_pika.abc import AbstractConnection, AbstractExchange, AbstractIncomingMessage
from aio_pika.exceptions import (
    AMQPError,
    AuthenticationError,
    ChannelNotFoundEntity,
    ChannelPreconditionFailed,
    DeliveryError,
    ProbableAuthenticationError,
)
from aiormq import Channel
from aiormq.exceptions import ChannelAccessRefused

from department_kit.link import Arrived, HotlineAway, NotAllowed, Take
from department_kit.message import NotAMessage, read, traceparent

log = logging.getLogger("department_kit")

COMMANDS = "commands"
CONNECT_SECONDS = 10.0
CONFIRM_SECONDS = 15.0
LOOK_SECONDS = 2.0
"""So often it is looked whether the broker still sends: it may cancel a consumer while the connection stays."""

_FORBIDDEN = (AuthenticationError, ProbableAuthenticationError, ChannelAccessRefused, ChannelNotFoundEntity)
_LOST = (AMQPError, OSError, RuntimeError, EOFError, TimeoutError)


class AmqpLink:
    """Implements ``link.Link``. Receiving and sending have a connection each: an alarm stops those that publish."""

    def __init__(self, url: str, unit: str | None, prefetch: int) -> None:
        user = unquote(urlsplit(url).username or "")
        self.unit = unit or user.removeprefix("unit.")
        self._user = user
        self._url = url
        self._prefetch = prefetch
        self._sending: AbstractConnection | None = None
        self._exchange: AbstractExchange | None = None
        self._turn = asyncio.Lock()

    async def receive(self, take: Take) -> None:
        """See ``Link``."""
        connection = await self._connect("receives")
        try:
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=self._prefetch)
            # The user may configure nothing, so the queue is not declared.
            queue = await channel.get_queue(f"assignments.{self.unit}", ensure=False)
            closed = asyncio.Event()

            def on_close(*_: object) -> None:
                closed.set()

            channel.close_callbacks.add(on_close)
            connection.close_callbacks.add(on_close)
            tag = await queue.consume(lambda incoming: _arrived(incoming, take))
            underlay = await channel.get_underlay_channel()
            assert isinstance(underlay, Channel)
            while not closed.is_set() and tag in underlay.consumers:
                with suppress(TimeoutError):
                    await asyncio.wait_for(closed.wait(), LOOK_SECONDS)
            raise HotlineAway("the broker ended the connection")
        except _FORBIDDEN as error:
            raise NotAllowed(f"queue assignments.{self.unit}: {type(error).__name__}") from None
        except _LOST as error:
            raise HotlineAway(type(error).__name__) from None
        finally:
            await _close(connection)

    async def send(self, command: Mapping[str, Any], command_id: str, take: Take) -> None:
        """See ``Link``. The answer comes in the queue."""
        ready = aio_pika.Message(
            json.dumps(command, ensure_ascii=False).encode(),
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=command_id,
            user_id=self._user,
            headers={"traceparent": context} if (context := traceparent.get()) else {},
        )
        try:
            async with self._turn, asyncio.timeout(CONFIRM_SECONDS):
                exchange = await self._open()
                await exchange.publish(ready, f"unit.{self.unit}", mandatory=True)
        except (ChannelAccessRefused, ChannelPreconditionFailed) as error:
            await self._drop()
            raise NotAllowed(f"key unit.{self.unit}: {type(error).__name__}") from None
        except DeliveryError as error:
            raise HotlineAway(type(error).__name__) from None
        except _LOST as error:
            # Unconfirmed: it may have arrived. It is sent again under the same id on another connection.
            await self._drop()
            raise HotlineAway(type(error).__name__) from None

    async def close(self) -> None:
        """See ``Link``."""
        await self._drop()

    async def _open(self) -> AbstractExchange:
        if self._exchange is None or self._sending is None or self._sending.is_closed:
            await self._drop()
            self._sending = await self._connect("sends")
            channel = await self._sending.channel(publisher_confirms=True, on_return_raises=True)
            self._exchange = await channel.get_exchange(COMMANDS, ensure=False)
        return self._exchange

    async def _drop(self) -> None:
        sending, self._sending, self._exchange = self._sending, None, None
        if sending is not None:
            await _close(sending)

    async def _connect(self, does: str) -> AbstractConnection:
        connection = aio_pika.Connection(aio_pika.connection.make_url(self._url, name=f"{self.unit} {does}"))
        try:
            await connection.connect(timeout=CONNECT_SECONDS)
        except (AuthenticationError, ProbableAuthenticationError):
            await _close(connection)
            raise NotAllowed("the broker does not accept this user and password") from None
        except _LOST as error:
            await _close(connection)
            raise HotlineAway(type(error).__name__) from None
        return connection


async def _arrived(incoming: AbstractIncomingMessage, take: Take) -> None:
    try:
        message = read(incoming.body)
    except NotAMessage as error:
        # To the hotline's parking, where its people see it; coming again would not mend it.
        log.error("a message that is none was given back: %s", error)
        await incoming.reject(requeue=False)
        return

    async def done() -> None:
        # On a lost connection it comes again and is known by then.
        with suppress(*_LOST):
            await incoming.ack()

    await take(Arrived(message, done))


async def _close(connection: AbstractConnection) -> None:
    with suppress(*_LOST):
        async with asyncio.timeout(2):
            await connection.close()
