"""From an AMQP message to a ``Delivery``, and from a failed one to what is published in its place. Pure."""

from collections.abc import Mapping
from hashlib import sha256

from aio_pika.abc import AbstractIncomingMessage

from chassis.bus import Consumer, Delivery, Outgoing
from chassis.retry import (
    ATTEMPT,
    ATTEMPTS,
    FAILURES,
    ORIGIN_QUEUE,
    REASON,
    VERIFIED_USER,
    Park,
    Retry,
    count,
    is_parking,
    parked_headers,
    retried_headers,
)
from contracts.topology import PARKING
from contracts.words import Lane

_OURS = frozenset({ATTEMPT, FAILURES, VERIFIED_USER, REASON, ORIGIN_QUEUE, ATTEMPTS})


def delivery(message: AbstractIncomingMessage, consumer: Consumer, own_user: str) -> Delivery:
    """The message as a handler sees it.

    Our control headers are believed only when RabbitMQ vouches that our own service published them; from anybody else
    they are left out, so that a member unit cannot claim to be another one.
    """
    headers = _plain(message.headers)
    user: str | None = message.user_id
    attempt = 1
    if user == own_user:
        attempt = max(1, count(headers.get(ATTEMPT), 1))
        vouched = headers.get(VERIFIED_USER)
        user = (vouched or None) if isinstance(vouched, str) else user
    else:
        headers = {name: value for name, value in headers.items() if name not in _OURS}
    if is_parking(consumer.queue, consumer.service) and ORIGIN_QUEUE not in headers:
        headers |= _dead_lettered(message.headers)
    return Delivery(
        queue=consumer.queue,
        body=message.body,
        message_id=message.message_id or None,
        user=user,
        attempt=attempt,
        lane=consumer.lane,
        headers=headers,
    )


def _plain(headers: Mapping[str, object]) -> dict[str, str | int]:
    """Text and whole numbers only; the broker's own ``x-`` headers are not ours to pass on (trap 17)."""
    return {
        name: value
        for name, value in headers.items()
        if isinstance(value, str | int) and not isinstance(value, bool) and not name.startswith("x-")
    }


def _dead_lettered(headers: Mapping[str, object]) -> dict[str, str | int]:
    """Where the broker itself moved a message to parking, after too many crashes, it says from where in ``x-death``."""
    deaths = headers.get("x-death")
    last = deaths[0] if isinstance(deaths, list) and deaths else None
    if not isinstance(last, Mapping):
        return {}
    return {ORIGIN_QUEUE: str(last.get("queue", "")), REASON: f"broker: {last.get('reason', 'unknown')}"}


def in_its_place(failed: Delivery, step: Retry | Park, consumer: Consumer) -> Outgoing:
    """The copy that waits in a retry tier or goes to parking."""
    if isinstance(step, Retry):
        exchange, key, headers = step.tier.exchange, failed.queue, retried_headers(failed, step)
    else:
        exchange, key, headers = PARKING, str(consumer.service), parked_headers(failed, step.reason)
    return Outgoing(
        id=failed.message_id or _made_up_id(failed.body),
        exchange=exchange,
        routing_key=key,
        body=failed.body,
        stream=failed.queue,
        lane=Lane(consumer.lane),
        headers=headers,
    )


def _made_up_id(body: bytes) -> str:
    # The driver would draw a random one; this way a message that came without an id keeps one name on all its ways.
    return f"none-{sha256(body).hexdigest()[:32]}"
