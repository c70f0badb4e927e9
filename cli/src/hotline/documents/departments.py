"""The departments' AsyncAPI document: what a member unit reads from its own queue, and what it may command."""

from typing import get_args

from contracts.messages import TO_UNIT
from contracts.permissions import unit_rights
from contracts.schemas import message_schema
from contracts.topology import COMMANDS, UNIT_ID, topology, unit_command_key, unit_queue
from dispatcher import commands as shapes
from hotline.documents.examples import COMMAND_EXAMPLES, NOTICE_EXAMPLES
from hotline.documents.parts import (
    Components,
    Part,
    by_key,
    channel,
    document,
    exchange_of,
    first_line,
    from_queue,
    subset,
    to_channel,
)

_BROKER = topology(units=(), lines=())
_EXAMPLE_UNIT = "water-group"

COMMANDS_OF_UNITS: tuple[type[shapes.UnitBody], ...] = get_args(get_args(shapes.UnitCommand)[0])
"""Whatever the dispatcher's door takes."""

DESCRIPTION = f"""For a department (member unit) that connects its own system.

You have one broker user, named like your routing key: `{unit_command_key("UNIT")}`. It may read queue
`{unit_queue("UNIT")}` and publish on exchange `{COMMANDS}` under its own key, nothing else
(for unit {_EXAMPLE_UNIT}: read `{unit_rights(_EXAMPLE_UNIT).read}`, topic `{unit_rights(_EXAMPLE_UNIT).topic_write}`).
Declare nothing. The broker must vouch for you: set the property `user_id` to your user's name, or the command is
refused.

Every delivery is at least once: drop an `id` that you have seen; acknowledge after you have stored. Messages about one
order carry `work_order_seq` 1, 2, 3 …: hold back what comes early. A command has a `command_id` of yours; the same id
again gets the same answer, as `command.accepted` or `command.refused` in your own queue. A refusal says in Chinese and
English which field is wrong and what was expected. A command that overtakes another waits 30 seconds for it. A file is
uploaded over HTTP (intake's `POST /attachments`) before a command names it; only your own are accepted, and a command
that names one uploaded a moment ago waits for it in the same way. The same messages and commands exist over HTTP: see
the dispatcher's OpenAPI, `/units/{{unit}}/messages` and `/units/{{unit}}/commands`. Fields are only ever added: ignore
what you do not know."""


def unit_parameter() -> Part:
    """The parameter of a unit's channels."""
    return {"unit": {"description": f"The member unit's id, `{UNIT_ID}`.", "examples": [_EXAMPLE_UNIT]}}


def command_name(shape: type[shapes.UnitBody]) -> str:
    """The value of ``type`` of a command."""
    (name,) = get_args(shape.model_fields["type"].annotation)
    return str(name)


def commands_of_units(components: Components) -> list[str]:
    """Keep every command as a message; their names."""
    names: list[str] = []
    for shape in COMMANDS_OF_UNITS:
        kind = command_name(shape)
        made = shape.model_json_schema()
        # Over HTTP the id may come as the header Idempotency-Key; on the broker it stands here.
        made["properties"]["command_id"] = {"type": "string", "pattern": r"^[\x21-\x7e]{1,128}$"}
        made["required"] = sorted({*made["required"], "command_id"})
        payload = components.schema(f"Command{shape.__name__}", made)
        name = f"command.{kind}"
        components.message(name, payload, kind, first_line(shape.__doc__), COMMAND_EXAMPLES.get(kind, ()))
        names.append(name)
    return names


def asyncapi_departments() -> Part:
    """The document, from the department's side: it receives notices and answers, and sends commands."""
    components = Components()
    for name, cls in sorted(TO_UNIT.items()):
        payload = components.schema(f"Unit{cls.__name__}", message_schema(cls))
        components.message(name, payload, name, first_line(cls.__doc__), NOTICE_EXAMPLES.get(name, ()))
    commands = commands_of_units(components)
    channels = {
        "own_queue": channel(
            "assignments.{unit}", from_queue("assignments.{unit}"), sorted(TO_UNIT), parameters=unit_parameter()
        ),
        "commands": channel(
            "unit.{unit}", by_key(exchange_of(_BROKER, COMMANDS)), commands, parameters=unit_parameter()
        ),
    }
    answers = ("command.accepted", "command.refused")
    notices = [name for name in sorted(TO_UNIT) if name not in answers]
    operations: Part = {
        "receive_notices": {
            "action": "receive",
            "channel": to_channel("own_queue"),
            "summary": "Orders and everything about them that the unit must know",
            "messages": subset("own_queue", notices),
        },
        "send_command": {
            "action": "send",
            "channel": to_channel("commands"),
            "summary": "What the unit does about an order",
            "messages": subset("commands", commands),
            "reply": {"channel": to_channel("own_queue"), "messages": subset("own_queue", answers)},
        },
    }
    return document("12345 hotline: departments", DESCRIPTION, channels, operations, components)
