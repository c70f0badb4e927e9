"""What units' programs are refused is kept: which unit, which door, why and how often, and nothing that was sent."""

import json
from typing import Any

from contracts.words import Role

PHONE = "13812345678"


async def kept(desk: Any) -> list[tuple[Any, ...]]:
    """What an auditor reads, without the instants."""
    answer = await desk.http.get("/refusals/dispatcher", headers=desk.token(Role.AUDITOR))
    assert PHONE not in answer.text
    names = ("unit", "door", "status", "reason", "field", "times")
    return sorted(tuple(row[name] for name in names) for row in answer.json()["items"])


async def test_unreadable_foreign_too_large_and_undecidable_commands_are_kept_and_change_nothing(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("x1")
    before = desk.types("x1")
    for unknown in ("dance", PHONE):
        await desk.unit(number, unknown)
    await desk.unit(number, "reply", signer="甲")
    own = desk.token(Role.UNIT_HANDLER, unit="water-group", user=f"h-{PHONE}")
    door = "/units/water-group/commands"
    await desk.http.post(door, content=PHONE.encode() + b"{", headers={**own, "Content-Type": "application/json"})
    await desk.http.post(door, content=b"x" * 300_000, headers=own)
    foreign = desk.token(Role.UNIT_HANDLER, unit="gas-company")
    body = {"command_id": "c", "type": "confirm_receipt", "work_order": number}
    await desk.http.post(door, json=body, headers=foreign)
    await desk.http.get("/units/water-group/messages", headers=foreign)
    await desk.unit("999", "confirm_receipt")

    at = "POST /units/{unit}/commands"
    assert before == desk.types("x1")
    assert [
        ("gas-company", "GET /units/{unit}/messages", 403, "other-unit", "unit", 1),
        ("gas-company", at, 403, "other-unit", "unit", 1),
        ("water-group", at, 400, "invalid-json", "body", 1),
        ("water-group", at, 409, "not_your_order", "work_order", 1),
        ("water-group", at, 413, "too-large", "", 1),
        ("water-group", at, 422, "invalid-input", "body.public_text", 1),
        ("water-group", at, 422, "invalid-input", "body.type", 2),
    ] == await kept(desk)


async def test_who_is_no_unit_leaves_no_row_and_what_is_accepted_neither(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("x2")
    assert 200 == (await desk.unit(number, "confirm_receipt")).status_code
    await desk.http.post("/units/water-group/commands", content=b"{", headers={"Authorization": "Bearer nothing"})
    await desk.http.post("/units/water-group/commands", json={}, headers=desk.token(Role.DUTY_OFFICER))
    assert [] == await kept(desk)


async def test_rows_are_as_few_as_units_doors_and_reasons_however_often_and_wherever_something_is_wrong(
    desk: Any,
) -> None:
    for at in range(9):
        files = ["ok"] * at + ["../"]
        await desk.unit("1", "reply", public_text="x", signer="甲", attachments=files)
    assert [(422, "body.attachments.*", 9)] == [(row[2], row[4], row[5]) for row in await kept(desk)]


async def test_only_operators_and_auditors_read_what_was_refused(desk: Any) -> None:
    answer = await desk.http.get("/refusals/dispatcher", headers=desk.token(Role.UNIT_HEAD, unit="water-group"))
    assert (403, True) == (answer.status_code, "items" not in json.loads(answer.text))
