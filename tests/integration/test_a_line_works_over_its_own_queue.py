"""An emergency line with a broker user of its own: hand-over, contact box, acknowledgement and decline over AMQP."""

import json
from typing import Any

import pytest
from aiormq.exceptions import ChannelAccessRefused
from appeals import send
from broker_users import Member, line_member
from eventually import eventually
from people import Town

from chassis.crypto import new_line_key, public_part, unseal
from contracts.topology import line_queue
from contracts.words import Role

FIRE = "我家楼下商铺着火了，浓烟很大，快来救火"
CRASH = "高架桥上两辆车相撞，有人受伤流血，路堵死了"
PHONE = "0375-2999999"


@pytest.fixture
async def town(lines_town: Town) -> Town:
    """The platform whose lines 119, 120 and 122 read their own queues."""
    return lines_town


@pytest.fixture
def fire(town: Town) -> Member:
    return line_member(town.platform, "119")


@pytest.fixture
def traffic(town: Town) -> Member:
    return line_member(town.platform, "122")


@pytest.fixture
def ambulance(town: Town) -> Member:
    return line_member(town.platform, "120")


async def _comes(member: Member, line: str, kind: str, **wanted: Any) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        got = await member.fetch(line_queue(line))
        return next((one for one in got if one["type"] == kind and wanted.items() <= one.items()), None)

    found = await eventually(look, seconds=60, what=f"{kind} in the queue of {line}")
    assert found is not None
    return found


async def _cases(town: Town, number: str) -> list[dict[str, Any]]:
    """What the duty officer's board shows of an appeal; empty once nobody has to be asked any more."""
    items = (await town.person(Role.DUTY_OFFICER).read("/emergencies"))["items"]
    return [case for item in items for case in item["cases"] if number in case["reference"]]


def _reference(number: str, line: str) -> str:
    return f"EM{number}-{line}"


async def test_a_line_gets_place_and_sealed_contact_under_one_reference_and_takes_the_case(
    town: Town, fire: Member
) -> None:
    private = new_line_key("line-119")
    await town.person(Role.OPERATOR).put("/lines/119/key", public_part(private))
    number = (await send(town, FIRE))["number"]
    reference = _reference(number, "119")
    handover = await _comes(fire, "119", "handover", reference=reference)
    box = await _comes(fire, "119", "contact_box", reference=reference)
    assert handover["place"]["text"] == "新华路与建设路交叉口东北角"
    assert PHONE not in json.dumps(fire.fetched)
    assert PHONE == json.loads(unseal(box["contact_box"], private))["phone"]

    await fire.command(
        {"command_id": f"take-{number}", "type": "acknowledge", "reference": reference, "line_reference": "F-77"}
    )
    await _comes(fire, "119", "command.accepted", command_id=f"take-{number}")

    async def quiet() -> bool:
        return await _cases(town, number) == []

    assert await eventually(quiet, what="the case off the board")


async def test_a_declined_case_is_offered_to_the_other_line_and_the_first_taker_has_it(
    town: Town, traffic: Member, ambulance: Member
) -> None:
    number = (await send(town, CRASH))["number"]
    reference = _reference(number, "122")
    await _comes(traffic, "122", "handover", reference=reference)
    await traffic.command(
        {"command_id": f"no-{number}", "type": "decline", "reference": reference, "reason": "辖区不符"}
    )
    await _comes(traffic, "122", "command.accepted", command_id=f"no-{number}")
    offer = await _comes(ambulance, "120", "offer", reference=reference)
    assert ("122", "辖区不符") == (offer["declined_by"], offer["reason"])

    take = {"type": "acknowledge", "reference": reference, "line_reference": "A-1"}
    await ambulance.command({"command_id": f"take-{number}", **take})
    await _comes(ambulance, "120", "command.accepted", command_id=f"take-{number}")
    await traffic.command({"command_id": f"late-{number}", **take})
    late = await _comes(traffic, "122", "command.refused", command_id=f"late-{number}")
    assert "already_taken" == late["code"]


async def test_a_line_can_neither_read_nor_speak_for_another(town: Town, fire: Member) -> None:
    with pytest.raises(ChannelAccessRefused):
        await fire.fetch(line_queue("120"))
    with pytest.raises(ChannelAccessRefused):
        await fire.command({"command_id": "c", "type": "acknowledge", "reference": "x"}, key="line.120")


async def test_a_line_cannot_take_a_case_that_is_not_its_own(town: Town, fire: Member, ambulance: Member) -> None:
    number = (await send(town, FIRE))["number"]
    reference = _reference(number, "119")
    await _comes(fire, "119", "handover", reference=reference)
    await ambulance.command(
        {"command_id": f"steal-{number}", "type": "acknowledge", "reference": reference, "line_reference": "A"}
    )
    refused = await _comes(ambulance, "120", "command.refused", command_id=f"steal-{number}")
    assert "not_your_case" == refused["code"]
    assert ["red"] == [case["state"] for case in await _cases(town, number)]
