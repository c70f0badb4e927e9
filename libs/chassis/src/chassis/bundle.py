"""Facts that one outbox has ready at the same time travel as one message (ADR 0013).

The body is a CloudEvents JSON batch: an array of the facts' texts as they are stored, one on each line, so that it can
be taken apart byte for byte. It is routed under the types of all of them; whoever reads some gets the whole, once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from uuid import uuid5

from chassis.bus import Consumer, Delivery, Outgoing
from chassis.routing import matches
from contracts.codec import MAX_BYTES, BadMessage, decode
from contracts.envelope import DECISIONS
from contracts.topology import READS, facts_queue
from contracts.words import Service

MAX_FACTS = 32
"""In one message."""
_SEPARATOR = b",\n"
"""No fact's text has a line break of its own: JSON escapes them."""


def bundles(run: Sequence[Outgoing]) -> list[tuple[int, Outgoing]]:
    """What to publish for these facts, in order: each message with how many of them it carries."""
    made: list[tuple[int, Outgoing]] = []
    part: list[Outgoing] = []
    size = 0
    for message in run:
        if part and (len(part) == MAX_FACTS or size + len(message.body) > MAX_BYTES):
            made.append((len(part), _bundle(part)))
            part, size = [], 0
        part.append(message)
        size += len(message.body)
    if part:
        made.append((len(part), _bundle(part)))
    return made


def _bundle(facts: Sequence[Outgoing]) -> Outgoing:
    first = facts[0]
    if len(facts) == 1:
        return first
    keys = dict.fromkeys(fact.routing_key for fact in facts)
    return replace(
        first,
        # Sent again with other neighbours it has another id; receivers know each fact by its own.
        id=str(uuid5(DECISIONS, "\x1f".join(fact.id for fact in facts))),
        body=b"[" + _SEPARATOR.join(fact.body for fact in facts) + b"]",
        also=tuple(key for key in keys if key != first.routing_key),
    )


def texts_in(body: bytes) -> list[bytes] | None:
    """The texts of a bundle in their order; None for what is none."""
    if not (body.startswith(b"[{") and body.endswith(b"}]")):
        return None
    return body[1:-1].split(_SEPARATOR)


def opened(delivery: Delivery, consumer: Consumer) -> list[Delivery]:
    """The facts of a bundle that the service reads, each as if it had come alone; anything else as it is."""
    texts = texts_in(delivery.body)
    if texts is None or delivery.queue != facts_queue(consumer.service, consumer.lane):
        return [delivery]
    headers = _own_context(delivery.headers)
    parts = (replace(delivery, body=text, headers=headers) for text in texts)
    return [named for part in parts if (named := _wanted(part, consumer.service)) is not None]


def _own_context(headers: Mapping[str, str | int]) -> Mapping[str, str | int]:
    # The publish's span is one for all; each fact's text says which trace it belongs to.
    return {name: value for name, value in headers.items() if name != "traceparent"}


def _wanted(part: Delivery, service: Service) -> Delivery | None:
    try:
        fact = decode(part.body)
    except BadMessage:
        return replace(part, message_id=None)  # its handler says what is wrong with it, and it is parked alone
    return replace(part, message_id=fact.id) if _reads(service, fact.type) else None


@lru_cache(maxsize=1024)
def _reads(service: Service, event_type: str) -> bool:
    return any(matches(pattern, event_type) for pattern in READS[service])
