"""Member units' own broker users, as operations would set them up, and what a unit's program does with them."""

import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel
from running_platform import Platform

from contracts.permissions import Rights
from contracts.topology import COMMANDS
from hotline.broker_users import Enrolment, Management, line_enrolment, unit_enrolment


def admit(platform: Platform, enrolment: Enrolment) -> str:
    """Enrol as ``hotline units enrol`` and ``hotline lines enrol`` do; the new user's AMQP url."""
    password = secrets.token_urlsafe(12)
    with Management(platform.broker.management_url, platform.vhost) as management:
        management.enrol(enrolment, password, new_password=True)
    return platform.broker.url(user=enrolment.rights.user, password=password, vhost=platform.vhost)


class Member:
    """A unit's or a line's own program on the broker."""

    def __init__(self, rights: Rights, url: str) -> None:
        self.user = rights.user
        self.url = url
        self.fetched: list[dict[str, Any]] = []

    @contextlib.asynccontextmanager
    async def channel(self) -> AsyncIterator[AbstractChannel]:
        """A channel of its own connection; unroutable publishes raise."""
        async with await aio_pika.connect(self.url) as connection:
            yield await connection.channel(on_return_raises=True)

    async def command(
        self,
        body: dict[str, Any] | bytes,
        *,
        key: str | None = None,
        user: str | None = "own",
        message_id: str | None = None,
    ) -> None:
        """Publish one command, confirmed. ``user`` None: without ``user_id``."""
        content = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        named = self.user if user == "own" else user
        message = aio_pika.Message(
            content, user_id=named, message_id=message_id or secrets.token_hex(8), delivery_mode=2
        )
        async with self.channel() as channel:
            exchange = await channel.get_exchange(COMMANDS, ensure=False)
            await exchange.publish(message, key or self.user)

    async def fetch(self, queue: str) -> list[dict[str, Any]]:
        """Take everything that lies in a queue now; all that was ever taken, in order."""
        async with self.channel() as channel:
            # Not declared: the user may configure nothing.
            box = await channel.get_queue(queue, ensure=False)
            while (message := await box.get(fail=False)) is not None:
                self.fetched.append(json.loads(message.body))
                await message.ack()
        return self.fetched


def unit_member(platform: Platform, unit: str) -> Member:
    """The program of a member unit, admitted to the broker."""
    enrolment = unit_enrolment(unit)
    return Member(enrolment.rights, admit(platform, enrolment))


def line_member(platform: Platform, line: str) -> Member:
    """The program of an emergency line, admitted to the broker."""
    enrolment = line_enrolment(line)
    return Member(enrolment.rights, admit(platform, enrolment))
