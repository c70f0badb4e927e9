"""How the kit reaches the hotline: over the department's own queue, or over HTTP."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from department_kit.message import Message


class HotlineAway(Exception):
    """The connection is lost or cannot be made just now; the kit tries again by itself."""


class NotAllowed(Exception):
    """The hotline knows you but refuses this for good: wrong password, somebody else's queue or key, no such queue."""


async def _nothing() -> None:
    return


@dataclass(slots=True)
class Arrived:
    """A message on its way to the handler. ``done`` tells the hotline that it need not be sent again."""

    message: Message
    done: Callable[[], Awaitable[None]] = _nothing


Take = Callable[[Arrived], Awaitable[None]]
"""Hands a message over; returns at once, or when there is room for more."""


class Link(Protocol):
    """One way to the hotline."""

    async def receive(self, take: Take) -> None:
        """Hand over what comes until the connection is lost. Raises ``HotlineAway`` or ``NotAllowed``."""
        ...

    async def send(self, command: Mapping[str, Any], command_id: str, take: Take) -> None:
        """Return when the hotline has the command for sure; over HTTP the answer is handed over to ``take``.

        Raises ``HotlineAway`` (send it again: the same id is obeyed once) or ``NotAllowed``.
        """
        ...

    async def close(self) -> None:
        """Hang up."""
        ...
