"""What every bus is to a service, whether RabbitMQ or the local one: deliveries in, confirmed messages out."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from contracts.words import Lane, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One message to publish. ``id`` becomes the AMQP message id and is the receiver's handle for duplicates.

    Entries with the same ``stream`` leave in order, each after the previous one's confirm; no stream waits for another.
    ``also``: further routing keys; a queue that several of them reach gets the message once.
    """

    id: str
    exchange: str
    routing_key: str
    body: bytes
    stream: str
    lane: Lane = Lane.ORDINARY
    headers: Mapping[str, str | int] = field(default_factory=dict)
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message as a handler sees it.

    ``user`` is the broker-validated publisher (AMQP ``user_id``), or None; the local bus gives the name the
    authenticated door passed on. ``attempt`` is 1 at first and rises with each retry.
    """

    queue: str
    body: bytes
    message_id: str | None = None
    user: str | None = None
    attempt: int = 1
    lane: Lane = Lane.ORDINARY
    headers: Mapping[str, str | int] = field(default_factory=dict)


Handler = Callable[[Delivery], Awaitable[object]]
"""Returns when everything is saved; the message is acked only then. Raises to have it retried or parked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumer:
    """A row of a service's consumer table. ``prefetch`` bounds how many run side by side (trap 7)."""

    service: Service
    queue: str
    lane: Lane
    handler: Handler
    prefetch: int = 300


class Passing(Exception):
    """A reason that will pass by itself (store or broker away, election, time limit): retried without end."""


class Permanent(Exception):
    """The message can never be handled: parked at once. The text is shown to people, so it holds no input."""


class PublishFailed(Exception):
    """The broker returned or refused this message; the connection is fine. It stays first in its stream."""


class ConnectionLost(Exception):
    """No answer in time, or the connection died: what was unconfirmed may or may not have arrived."""


class Publisher(Protocol):
    """Publishes with confirms and mandatory routing, on a connection of its own per lane."""

    @property
    def bundles(self) -> bool:
        """Whether facts may travel together, because receivers on this bus take a bundle apart (``chassis.bundle``)."""
        ...

    async def publish(self, message: Outgoing) -> None:
        """Return once confirmed and routed; else raise ``PublishFailed`` or ``ConnectionLost``."""
        ...

    async def close(self) -> None:
        """Close the connection."""
        ...


class Bus(Protocol):
    """Where a service mounts its consumers and gets its publishers."""

    def mount(self, consumer: Consumer) -> None:
        """Attach a consumer; before ``start``."""
        ...

    def publisher(self, lane: Lane) -> Publisher:
        """The publisher of a lane; its connection is made on first use and again after a loss."""
        ...

    async def start(self) -> None:
        """Connect and consume; waits for the broker as long as it takes, logging once."""
        ...

    async def stop(self) -> None:
        """Cancel consumers, let running handlers end, close."""
        ...

    def attached(self) -> bool:
        """Whether every mounted consumer is consuming right now (rule 12)."""
        ...

    async def pause(self) -> None:
        """Cancel the subscriptions while the store does not answer (rule 4)."""
        ...

    async def resume(self) -> None:
        """Subscribe again."""
        ...
