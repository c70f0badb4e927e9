"""The answers in a unit's own queue have the shape that departments were promised."""

from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from contracts.messages import to_unit
from contracts.schemas import message_schema


def faults(cls: Any, body: dict[str, Any]) -> list[str]:
    """What differs from the contract; fields that it does not know differ too. ``cursor`` is the list's over HTTP."""
    schema = {**message_schema(cls), "additionalProperties": False}
    sent = {name: value for name, value in body.items() if name != "cursor"}
    return [error.message for error in Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(sent)]


async def test_an_acceptance_a_refusal_by_rule_by_form_and_for_an_unknown_order_are_as_promised(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("c1")
    receipt = {"type": "confirm_receipt", "work_order": number}
    await desk.queue("water-group", {"command_id": "a", **receipt})
    await desk.queue("water-group", {"command_id": "b", **receipt})
    await desk.queue("water-group", {"command_id": "c", "type": "reply", "work_order": number, "signer": "甲"})
    await desk.queue("water-group", {"command_id": "d", **receipt, "work_order": "999"})
    answers = {message["command_id"]: message for message in await desk.messages() if "command_id" in message}
    assert answers["a"]["type"] == "command.accepted"
    assert [] == faults(to_unit.CommandAccepted, answers["a"])
    for refused in "bcd":
        assert answers[refused]["type"] == "command.refused"
        assert [] == faults(to_unit.CommandRefused, answers[refused])
