"""Messages that are no facts, as units and lines receive them: what all have in common, and who knows which.

The senders write plain JSON (``contracts.decision.Message``); these classes describe it, for readers outside and for
the documents made of it. A message may hold fields that a reader does not know: they only ever grow.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeVar, dataclass_transform

from contracts.events.base import Short


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """``id`` is the same at every delivery: a reader that has seen it drops it. ``subject`` is the matter's inner id,
    ``time`` business time with offset, ``traceparent`` the W3C trace context."""

    NAME: ClassVar[str]
    AUDIENCE: ClassVar[str]
    id: Short
    subject: Short
    time: datetime
    traceparent: Short | None = None


D = TypeVar("D", bound=Delivered)

TO_UNIT: dict[str, type[Delivered]] = {}
"""``type`` to class: what lies in a member unit's queue."""
TO_LINE: dict[str, type[Delivered]] = {}
"""``type`` to class: what lies in an emergency line's queue."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
def delivered(registry: dict[str, type[Delivered]], name: str, audience: str) -> Callable[[type[D]], type[D]]:
    """Declare a message; its field ``type`` is ``name``. ``audience`` is ``unit`` or ``line``."""

    def declare(cls: type[D]) -> type[D]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        made.NAME, made.AUDIENCE = name, audience
        if name in registry:
            raise ValueError(f"message {name} is declared twice")
        registry[name] = made
        return made

    return declare
