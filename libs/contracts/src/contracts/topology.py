"""The broker's topology as data: exchanges, queues, bindings, retry tiers, parking and the queues of units and lines.

Plain values; ``chassis`` declares them, ``hotline topology`` shows and applies them, deployment files are made of them.
"""

from dataclasses import dataclass, field
from typing import Literal

from contracts.words import Lane, Service

FACTS = "facts"
FACTS_EMERGENCY = "facts.emergency"
ASSIGNMENTS = "assignments"
LINES = "lines"
COMMANDS = "commands"
PARKING = "parking"

EMERGENCY_LINES = ("110", "119", "120", "122", "96333")
"""The lines of the default jurisdiction; a jurisdiction's table may name others."""

NEVER = 1_000_000
"""A delivery limit that is never reached. RabbitMQ 4 gives a queue that names none a limit of 20, and drops what
exceeds it where there is no dead-letter exchange; 3.10 takes no negative number for "none"."""

UNIT_ID = r"[a-z0-9-]{2,40}"
LINE_ID = r"[0-9]{3,8}"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange."""

    name: str
    kind: Literal["topic", "fanout", "direct"]


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable quorum queue. ``ttl_ms`` and ``dead_letter_*`` become arguments of the queue."""

    name: str
    dead_letter_exchange: str | None = None
    dead_letter_key: str | None = None
    ttl_ms: int | None = None
    delivery_limit: int | None = 20

    def arguments(self) -> dict[str, str | int]:
        """The ``x-`` arguments, meaning the same on RabbitMQ 3.10 and 4."""
        arguments: dict[str, str | int] = {"x-queue-type": "quorum", "x-overflow": "reject-publish"}
        if self.dead_letter_exchange is not None:
            arguments["x-dead-letter-exchange"] = self.dead_letter_exchange
            arguments["x-dead-letter-strategy"] = "at-least-once"
        if self.dead_letter_key is not None:
            arguments["x-dead-letter-routing-key"] = self.dead_letter_key
        if self.ttl_ms is not None:
            arguments["x-message-ttl"] = self.ttl_ms
        if self.delivery_limit is not None:
            arguments["x-delivery-limit"] = self.delivery_limit
        return arguments


@dataclass(frozen=True, slots=True)
class Binding:
    """``queue`` gets what ``exchange`` routes under ``key``."""

    exchange: str
    key: str
    queue: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be changed while queues live; unlike an argument it asks for no new queue."""

    name: str
    pattern: str
    definition: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Tier:
    """One delay of the retry ladder: a fanout exchange and a queue with a fixed TTL (rule 4)."""

    lane: Lane
    name: str
    delay_ms: int

    @property
    def exchange(self) -> str:
        """Published with the work queue's name as routing key."""
        return f"retry.{self.name}"


TIERS: dict[Lane, tuple[Tier, ...]] = {
    Lane.ORDINARY: (
        Tier(Lane.ORDINARY, "1s", 1_000),
        Tier(Lane.ORDINARY, "10s", 10_000),
        Tier(Lane.ORDINARY, "60s", 60_000),
    ),
    Lane.EMERGENCY: (
        Tier(Lane.EMERGENCY, "emergency.200ms", 200),
        Tier(Lane.EMERGENCY, "emergency.1s", 1_000),
        Tier(Lane.EMERGENCY, "emergency.5s", 5_000),
    ),
}

READS: dict[Service, tuple[str, ...]] = {
    Service.INTAKE: (
        "appeal.classified",
        "appeal.supplement_judged",
        "appeal.guided",
        "appeal.closed",
        "emergency.raised",
        "emergency.paged",
        "emergency.acknowledged",
        "emergency.declined",
        "emergency.lowered",
        "work_order.*",
        "deadline.*",
        "urge.*",
        "revisit.*",
        "redo.ordered",
    ),
    Service.CLASSIFIER: (
        "appeal.registered",
        "appeal.supplemented",
        "appeal.withdrawn",
        "work_order.recused",
        "work_order.recusal_lifted",
        "work_order.units_barred",
    ),
    Service.DISPATCHER: (
        "appeal.registered",
        "appeal.classified",
        "appeal.supplemented",
        "appeal.supplement_judged",
        "appeal.withdrawn",
        "appeal.closed",
        "unit_file.stored",
        "redo.ordered",
        "deadline.*",
        "urge.*",
        "supervision.*",
    ),
    Service.SLA_MONITOR: ("appeal.*", "emergency.*", "work_order.*", "revisit.*", "redo.ordered"),
    Service.REVISIT: (
        "appeal.registered",
        "appeal.supplemented",
        "appeal.classified",
        "appeal.guided",
        "appeal.withdrawn",
        "emergency.*",
        "work_order.*",
    ),
    Service.REPORTING: ("#",),
}
"""Which facts of others each service folds (routing-key patterns)."""


def facts_queue(service: Service, lane: Lane) -> str:
    """The queue in which ``service`` gets the facts of ``lane``."""
    return f"{service}.facts" if lane is Lane.ORDINARY else f"{service}.facts.emergency"


def facts_exchange(lane: Lane) -> str:
    """The exchange on which facts of ``lane`` travel."""
    return FACTS if lane is Lane.ORDINARY else FACTS_EMERGENCY


def parking_queue(service: Service) -> str:
    """Where what ``service`` cannot handle ends, to be drained into its store."""
    return f"{service}.parking"


def unit_queue(unit: str) -> str:
    """A member unit's own queue."""
    return f"assignments.{unit}"


def line_queue(line: str) -> str:
    """An emergency line's own queue."""
    return f"emergency.{line}"


UNIT_COMMANDS = "dispatcher.commands"
LINE_COMMANDS = "classifier.commands"


def unit_command_key(unit: str) -> str:
    """The only routing key a unit may publish under, on exchange ``commands``."""
    return f"unit.{unit}"


def line_command_key(line: str) -> str:
    """The only routing key a line may publish under, on exchange ``commands``."""
    return f"line.{line}"


_FAMILIES = "|".join((*Service, "retry", "assignments", "emergency"))

POLICIES: tuple[Policy, ...] = (
    # In a cluster the queues' leaders spread over the nodes instead of gathering where they were declared.
    Policy("hotline-leaders", rf"^({_FAMILIES})\.", {"queue-leader-locator": "balanced"}),
)
"""Policies of operation; nothing that a promise rests on."""


@dataclass(frozen=True, slots=True)
class Topology:
    """Everything to declare, in an order in which it can be declared."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...] = field(default=())


def _work_queue(name: str, service: Service) -> Queue:
    return Queue(name, dead_letter_exchange=PARKING, dead_letter_key=service)


def topology(units: tuple[str, ...] = (), lines: tuple[str, ...] = EMERGENCY_LINES) -> Topology:
    """The whole topology for these member units and emergency lines."""
    tiers = tuple(tier for lane in Lane for tier in TIERS[lane])
    exchanges = [
        Exchange(FACTS, "topic"),
        Exchange(FACTS_EMERGENCY, "topic"),
        Exchange(ASSIGNMENTS, "topic"),
        Exchange(LINES, "topic"),
        Exchange(COMMANDS, "topic"),
        Exchange(PARKING, "direct"),
        *(Exchange(tier.exchange, "fanout") for tier in tiers),
    ]
    queues: list[Queue] = []
    bindings: list[Binding] = []
    for tier in tiers:
        # An empty dead-letter exchange is the default one: back to the queue named by the routing key, alone.
        queues.append(Queue(tier.exchange, dead_letter_exchange="", ttl_ms=tier.delay_ms, delivery_limit=NEVER))
        bindings.append(Binding(tier.exchange, "", tier.exchange))
    for service in Service:
        queues.append(Queue(parking_queue(service), delivery_limit=NEVER))
        bindings.append(Binding(PARKING, service, parking_queue(service)))
        for lane in Lane:
            queues.append(_work_queue(facts_queue(service, lane), service))
            bindings += [Binding(facts_exchange(lane), key, facts_queue(service, lane)) for key in READS[service]]
    for name, service, key in (
        (UNIT_COMMANDS, Service.DISPATCHER, "unit.*"),
        (LINE_COMMANDS, Service.CLASSIFIER, "line.*"),
    ):
        queues.append(_work_queue(name, service))
        bindings.append(Binding(COMMANDS, key, name))
    for line in lines:
        queues.append(_work_queue(line_queue(line), Service.CLASSIFIER))
        bindings.append(Binding(LINES, line_queue(line), line_queue(line)))
    for unit in units:
        queues.append(_work_queue(unit_queue(unit), Service.DISPATCHER))
        bindings.append(Binding(ASSIGNMENTS, unit_queue(unit), unit_queue(unit)))
    return Topology(tuple(exchanges), tuple(queues), tuple(bindings))
