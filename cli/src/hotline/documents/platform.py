"""The platform's AsyncAPI document: every event, who emits it, which queue gets it, and every queue there is."""

from typing import Any

from chassis.routing import matches
from classifier.use_cases.hear_line import LineCommand
from contracts.codec import envelope_schema, schema_urn
from contracts.events import REGISTRY, Event
from contracts.messages import TO_LINE, TO_UNIT
from contracts.schemas import message_schema, schema
from contracts.topology import (
    ASSIGNMENTS,
    COMMANDS,
    LINE_COMMANDS,
    LINES,
    READS,
    UNIT_COMMANDS,
    facts_exchange,
    facts_queue,
    topology,
)
from contracts.words import Lane, Service
from hotline.documents.departments import commands_of_units, unit_parameter
from hotline.documents.parts import (
    Components,
    Part,
    arguments,
    by_key,
    channel,
    document,
    exchange_of,
    first_line,
    from_queue,
    subset,
    to_channel,
)

DESCRIPTION = """What the six services, the member units and the emergency lines say to each other over RabbitMQ.

Facts travel in a CloudEvents envelope under their name as routing key: on exchange `facts`, and on `facts.emergency`
where their lane is `emergency` (suspects of an emergency take that lane with every fact). `sequence` counts per subject
and source. Every delivery is at least once: drop an `id` that you have seen. Fields are only ever added.

On the ordinary lane facts of one subject that are ready together travel as one message: a CloudEvents JSON batch, an
array with a fact on each line. Its routing key is the first one's name, the others' are in the `CC` header; a queue
that any of them reaches gets the whole once, and whoever reads it leaves out what it did not ask for."""

_BROKER = topology(units=(), lines=())


def asyncapi_platform() -> Part:
    """The document."""
    components = Components()
    envelope = components.schema("Envelope", envelope_schema())
    for name, cls in sorted(REGISTRY.items()):
        components.message(name, _fact(name, cls, components, envelope), name, first_line(cls.__doc__))
    for prefix, registry in (("unit", TO_UNIT), ("line", TO_LINE)):
        for name, message in sorted(registry.items()):
            key = f"{prefix}.{name}"
            payload = components.schema(_schema_name(key), message_schema(message))
            components.message(key, payload, name, first_line(message.__doc__))
    commands = commands_of_units(components)
    line_command = components.schema("LineCommand", LineCommand.model_json_schema())
    components.message("line_command", line_command, "A line's command", "Acknowledge a case or decline it.")
    channels, operations = _facts()
    _outside(channels, operations, commands)
    for queue in topology(units=(), lines=()).queues:
        if queue.name not in channels:
            channels[queue.name] = {**channel(queue.name, from_queue(queue.name), ()), **arguments(queue)}
    title = "12345 hotline: the platform"
    return document(title, DESCRIPTION, channels, operations, components)


def _fact(name: str, cls: type[Event], components: Components, envelope: Part) -> Part:
    data = components.schema(_schema_name(name), schema(cls))
    told: dict[str, Any] = {
        "type": {"const": name},
        "source": {"const": str(cls.SOURCE)},
        "dataschema": {"const": schema_urn(cls)},
        "data": data,
    }
    return {"allOf": [envelope, {"type": "object", "properties": told}]}


def _schema_name(name: str) -> str:
    return "".join(part.title() for part in name.replace("_", ".").split("."))


def _facts() -> tuple[Part, Part]:
    channels: Part = {}
    operations: Part = {}
    for name, cls in sorted(REGISTRY.items()):
        exchange = exchange_of(_BROKER, facts_exchange(cls.LANE))
        channels[name] = channel(name, by_key(exchange), (name,), description=first_line(cls.__doc__))
        operations[f"{cls.SOURCE}.emits.{name}"] = {
            "action": "send",
            "channel": to_channel(name),
            "summary": f"{cls.SOURCE} emits {name}",
            "messages": subset(name, (name,)),
        }
    queues = {queue.name: queue for queue in _BROKER.queues}
    for service in Service:
        read = [name for name in sorted(REGISTRY) if any(matches(pattern, name) for pattern in READS[service])]
        for lane in Lane:
            name = facts_queue(service, lane)
            channels[name] = {**channel(name, from_queue(name), read), **arguments(queues[name])}
            operations[f"{service}.takes.{name}"] = {
                "action": "receive",
                "channel": to_channel(name),
                "summary": f"{service} takes the facts of the {lane} lane",
                "messages": subset(name, read),
            }
    return channels, operations


def _outside(channels: Part, operations: Part, commands: list[str]) -> None:
    """Units and lines: their own queues, and their commands."""
    line = {"line": {"description": "An emergency line: 3 to 8 digits."}}
    queues = {queue.name: queue for queue in _BROKER.queues}
    to_units = [f"unit.{name}" for name in sorted(TO_UNIT)]
    to_lines = [f"line.{name}" for name in sorted(TO_LINE)]
    for key, address, exchange, messages, parameters, sender in (
        ("assignments", "assignments.{unit}", ASSIGNMENTS, to_units, unit_parameter(), Service.DISPATCHER),
        ("handovers", "emergency.{line}", LINES, to_lines, line, Service.CLASSIFIER),
    ):
        binding = by_key(exchange_of(_BROKER, exchange))
        channels[key] = channel(address, binding, messages, parameters=parameters)
        operations[f"{sender}.sends.{key}"] = {
            "action": "send",
            "channel": to_channel(key),
            "summary": f"{sender} writes into the reader's own queue, which has the address as its name",
            "messages": subset(key, messages),
        }
    # The sealed call-back number is the one message to lines that comes from intake.
    operations["intake.sends.handovers"] = {
        "action": "send",
        "channel": to_channel("handovers"),
        "summary": "intake seals the call-back number to the line's key",
        "messages": subset("handovers", ("line.contact_box",)),
    }
    operations["classifier.sends.handovers"]["messages"] = subset(
        "handovers", [name for name in to_lines if name != "line.contact_box"]
    )
    for key, address, queue, taker, messages, parameters in (
        ("unit_commands", "unit.{unit}", UNIT_COMMANDS, Service.DISPATCHER, commands, unit_parameter()),
        ("line_commands", "line.{line}", LINE_COMMANDS, Service.CLASSIFIER, ["line_command"], line),
    ):
        binding = by_key(exchange_of(_BROKER, COMMANDS))
        channels[key] = channel(address, binding, messages, parameters=parameters)
        channels[queue] = {**channel(queue, from_queue(queue), messages), **arguments(queues[queue])}
        operations[f"{taker}.takes.{queue}"] = {
            "action": "receive",
            "channel": to_channel(queue),
            "summary": f"{taker} takes commands; who sent one is what the broker vouches for",
            "messages": subset(queue, messages),
        }
