"""What the broker user of a member unit, an emergency line (rule 11) or a service may do, as RabbitMQ's patterns.

Topic permissions are set before the write right: a user without one may publish under any key.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from contracts.topology import (
    ASSIGNMENTS,
    COMMANDS,
    LINE_COMMANDS,
    LINE_ID,
    LINES,
    PARKING,
    TIERS,
    UNIT_COMMANDS,
    UNIT_ID,
    facts_exchange,
    facts_queue,
    line_command_key,
    line_queue,
    parking_queue,
    unit_command_key,
    unit_queue,
)
from contracts.words import Lane, Service


@dataclass(frozen=True, slots=True)
class Rights:
    """One broker user on one virtual host. Every pattern is anchored and escaped; ``configure`` matches nothing.

    ``topic_write`` bounds the routing keys on exchange ``commands``.
    """

    user: str
    read: str
    topic_write: str
    configure: str = "^$"
    write: str = f"^{re.escape(COMMANDS)}$"
    topic_read: str = "^$"
    topic_exchange: str = COMMANDS


def unit_rights(unit: str) -> Rights:
    """Read its own queue, publish under its own key, nothing else. Raises ``ValueError`` for what is no unit id."""
    if not re.fullmatch(UNIT_ID, unit):
        raise ValueError("not a unit id")
    return _rights(unit_command_key(unit), unit_queue(unit))


def line_rights(line: str) -> Rights:
    """The same for an emergency line. Raises ``ValueError`` for what is no line id."""
    if not re.fullmatch(LINE_ID, line):
        raise ValueError("not a line id")
    return _rights(line_command_key(line), line_queue(line))


def _rights(key: str, queue: str) -> Rights:
    # The user's name is its key: the services read from it who commands.
    return Rights(user=key, read=f"^{re.escape(queue)}$", topic_write=f"^{re.escape(key)}$")


@dataclass(frozen=True, slots=True)
class ServiceRights:
    """One service's broker user where somebody else declares the topology (``DECLARE_TOPOLOGY=false``)."""

    user: str
    read: str
    write: str
    configure: str = "^$"


_COMMANDS_OF = {Service.DISPATCHER: (UNIT_COMMANDS,), Service.CLASSIFIER: (LINE_COMMANDS,)}
_HANDS_OUT = {Service.INTAKE: (LINES,), Service.CLASSIFIER: (LINES,), Service.DISPATCHER: (ASSIGNMENTS,)}
_DEFAULT_EXCHANGE = "amq.default"


def service_rights(service: Service, also_reads: Iterable[str] = ()) -> ServiceRights:
    """Read its own queues, publish facts and what it hands out, retry, park, and replay from parking.

    ``also_reads``: queues of units and lines that the service serves over HTTP. The default exchange is written by a
    replay from parking, which puts a message back into the one queue it came from.
    """
    queues = (
        *(facts_queue(service, lane) for lane in Lane),
        parking_queue(service),
        *_COMMANDS_OF.get(service, ()),
        *also_reads,
    )
    exchanges = (
        *(facts_exchange(lane) for lane in Lane),
        *_HANDS_OUT.get(service, ()),
        *(tier.exchange for lane in Lane for tier in TIERS[lane]),
        PARKING,
        _DEFAULT_EXCHANGE,
    )
    return ServiceRights(user=str(service), read=_one_of(queues), write=_one_of(exchanges))


def _one_of(names: Iterable[str]) -> str:
    return f"^({'|'.join(re.escape(name) for name in names)})$"
