"""A department at the hotline: every message reaches the handler at least once, each order's in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from department_kit.commands import Commands
from department_kit.desk import Desk, Handler
from department_kit.link import HotlineAway, Link
from department_kit.seen import MemorySeen, SeenStore

if TYPE_CHECKING:
    import httpx

log = logging.getLogger("department_kit")

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds between attempts to reach the hotline: doubled each time."""


class Department(Commands):
    """One department's program. ``run`` takes messages; the commands may be used inside the handler and outside.

    ``address``: ``amqps://unit.NAME:password@broker/vhost`` for your own queue, or ``https://hotline`` with ``unit``
    and ``token`` (a text, or what gives a fresh one) for the same over HTTP.

    ``seen`` remembers what was handled; the default forgets it when the program ends, ``SqliteSeen(file)`` does not.
    ``patience``: seconds for which a message that came early waits for the missing one. ``prefetch``: how many messages
    are held at most. ``parallel``: how many orders are handled side by side.
    """

    def __init__(
        self,
        address: str,
        *,
        unit: str | None = None,
        token: "str | Callable[[], str | Awaitable[str]] | None" = None,
        seen: SeenStore | None = None,
        patience: float = 30.0,
        prefetch: int = 100,
        parallel: int = 8,
        client: "httpx.AsyncClient | None" = None,
    ) -> None:
        self._seen = seen or MemorySeen()
        link = _link(address, unit, token, self._seen, prefetch, client)
        super().__init__(link, Desk(self._seen, patience=patience, room=prefetch, parallel=parallel))

    async def run(self, handler: Handler) -> None:
        """Take messages until cancelled; a lost connection is made again by itself.

        A message counts as handled when ``handler`` returns. When it raises, the message comes again after a while and
        the order's later ones wait behind it; other orders go on. Raises ``NotAllowed`` when trying again is no use.
        """
        self._desk.handler = handler
        pause = FIRST_PAUSE
        try:
            while True:
                began = asyncio.get_running_loop().time()
                try:
                    await self._link.receive(self._desk.take)
                except HotlineAway as error:
                    if asyncio.get_running_loop().time() - began > LONGEST_PAUSE:
                        pause = FIRST_PAUSE
                    log.warning("the hotline is away (%s); trying again in %.1f s", error, pause)
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
        finally:
            await self._desk.stop()

    async def close(self) -> None:
        """Hang up; what was not handled stays with the hotline."""
        await self._link.close()
        await self._seen.close()

    async def __aenter__(self) -> "Department":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        with suppress(Exception):
            await self.close()


def _link(
    address: str,
    unit: str | None,
    token: "str | Callable[[], str | Awaitable[str]] | None",
    seen: SeenStore,
    prefetch: int,
    client: "httpx.AsyncClient | None",
) -> Link:
    scheme = urlsplit(address).scheme
    if scheme in ("amqp", "amqps"):
        from department_kit.amqp_link import AmqpLink

        return AmqpLink(address, unit, prefetch)
    if scheme in ("http", "https"):
        from department_kit.http_link import HttpLink

        if unit is None or token is None:
            raise ValueError("an http address needs unit and token")
        return HttpLink(address, unit, token, seen, client)
    raise ValueError("the address must begin with amqp://, amqps://, http:// or https://")
