"""An emergency from its registration to a line that takes it, or to the duty officer."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from chassis.bus import Permanent
from contracts.envelope import Fact
from contracts.events.appeal import AppealSupplemented
from contracts.words import Channel, Lane, Role, Service

FIRE = "我家厨房着火了,火很大,快来人"
REFERENCE = "EM41040020260302000001-119"


async def _fire(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", FIRE, suspects=("119",)))


async def _feed(rig: Any, line: str = "119", after: int = 0) -> list[dict[str, Any]]:
    answer = await rig.get(f"/lines/{line}/handovers?after={after}", Role.LINE_OPERATOR, line=line)
    assert answer.status_code == 200
    return list(answer.json()["items"])


async def test_a_fire_is_handed_to_its_line_with_place_and_reference(rig: Any, register: Any) -> None:
    await _fire(rig, register)
    item = (await _feed(rig))[0]
    assert (item["type"], item["reference"], item["page"], item["text_masked"], item["place"]["text"]) == (
        "handover",
        REFERENCE,
        1,
        FIRE,
        "人民路18号",
    )
    assert [fact.lane for fact in rig.facts("emergency.raised")] == [Lane.EMERGENCY]


async def test_an_unanswered_line_is_paged_again_after_30_s_and_then_the_duty_officer(rig: Any, register: Any) -> None:
    await _fire(rig, register)
    start = rig.clock.now()
    await rig.wake_at(start + timedelta(seconds=29))
    assert rig.facts("emergency.paged") == []
    await rig.wake_at(start + timedelta(seconds=30))
    await rig.wake_at(start + timedelta(seconds=60))
    await rig.wake_at(start + timedelta(seconds=600))
    paged = [(fact.data.page, fact.data.target) for fact in rig.facts("emergency.paged")]
    assert paged == [(2, "line"), (3, "duty_officer")]
    assert [item["page"] for item in await _feed(rig)] == [1, 2]
    board = (await rig.get("/emergencies", Role.DUTY_OFFICER)).json()["items"]
    assert [(row["red"], row["cases"][0]["duty_officer_paged"]) for row in board] == [(True, True)]


async def test_an_acknowledgement_takes_the_case_off_the_board_and_stops_the_pages(rig: Any, register: Any) -> None:
    await _fire(rig, register)
    path = f"/lines/119/handovers/{REFERENCE}/acknowledgement"
    body = {"line_reference": "F-77"}
    first = await rig.post(path, body, Role.LINE_OPERATOR, key="k1", line="119")
    again = await rig.post(path, body, Role.LINE_OPERATOR, key="k1", line="119")
    other = await rig.post(path, {"line_reference": "F-78"}, Role.LINE_OPERATOR, key="k1", line="119")
    assert (first.status_code, again.json(), other.status_code) == (200, first.json(), 422)
    await rig.wake_at(rig.clock.now() + timedelta(seconds=120))
    assert len(rig.facts("emergency.acknowledged")) == 1
    assert rig.facts("emergency.paged") == []
    assert (await rig.get("/emergencies", Role.DUTY_OFFICER)).json()["items"] == []


async def test_after_a_decline_the_duty_officer_is_paged_at_once_and_takes_it(rig: Any, register: Any) -> None:
    await _fire(rig, register)
    declined = await rig.post(
        f"/lines/119/handovers/{REFERENCE}/decline", {"reason": "辖区不符"}, Role.LINE_OPERATOR, line="119"
    )
    assert declined.status_code == 200
    assert [fact.data.target for fact in rig.facts("emergency.paged")] == ["duty_officer"]
    taken = await rig.post(f"/emergencies/{REFERENCE}/take", {"line_reference": "电话"}, Role.DUTY_OFFICER)
    late = await rig.post(f"/emergencies/{REFERENCE}/take", {}, Role.DUTY_OFFICER)
    assert (taken.status_code, late.status_code, late.json()["code"]) == (200, 409, "already_taken")


async def test_a_line_sees_and_takes_only_its_own_cases(rig: Any, register: Any) -> None:
    await _fire(rig, register)
    foreign = await rig.get("/lines/119/handovers", Role.LINE_OPERATOR, line="110")
    path = f"/lines/110/handovers/{REFERENCE}/acknowledgement"
    taken = await rig.post(path, {"line_reference": "x"}, Role.LINE_OPERATOR, line="110")
    assert (foreign.status_code, taken.status_code, taken.json()["code"]) == (403, 409, "not_your_case")


async def test_a_lowered_case_is_told_to_the_line_and_only_newer_words_raise_it_again(rig: Any, register: Any) -> None:
    await _fire(rig, register)
    rig.clock.advance_to(rig.clock.now() + timedelta(seconds=10))
    lowered = await rig.post(f"/emergencies/{REFERENCE}/lowering", {"reason": "误报"}, Role.DUTY_OFFICER)
    assert lowered.status_code == 200
    rig.clock.advance_to(rig.clock.now() + timedelta(seconds=10))
    more = Fact(
        id="s1",
        source=Service.INTAKE,
        subject="000001",
        sequence=2,
        time=rig.clock.now(),
        data=AppealSupplemented(
            text_masked="又着火了,正在烧,有人受伤流血不止", channel=Channel.PHONE, suspect_lines=("119",)
        ),
        lane=Lane.EMERGENCY,
    )
    await rig.publish(more)
    assert [item["type"] for item in await _feed(rig)] == ["handover", "lowered", "handover"]
    assert (await _feed(rig))[-1]["reference"] == REFERENCE + "-2"


async def test_a_command_over_the_broker_counts_for_the_verified_user_and_is_answered_in_the_lines_queue(
    rig: Any, register: Any
) -> None:
    await _fire(rig, register)
    body = {"command_id": "c1", "type": "acknowledge", "reference": REFERENCE, "line_reference": "F-1"}
    await rig.message("classifier.commands", body, user="line.119")
    await rig.message("classifier.commands", body, user="line.119")
    assert [fact.data.by for fact in rig.facts("emergency.acknowledged")] == ["line.119"]
    assert [item["type"] for item in await _feed(rig)] == ["handover", "command.accepted"]
    for user in (None, "unit.water-group", "119"):
        with pytest.raises(Permanent):
            await rig.message("classifier.commands", {**body, "command_id": "c2"}, user=user)


async def test_a_waiting_line_gets_a_hand_over_as_soon_as_it_is_there(rig: Any, register: Any) -> None:
    headers = rig.token(Role.LINE_OPERATOR, line="119")
    waiting = asyncio.ensure_future(rig.http.get("/lines/119/handovers?after=0&wait=20", headers=headers))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    await _fire(rig, register)
    answer = await asyncio.wait_for(waiting, 5)
    assert [(item["reference"], item["seq"]) for item in answer.json()["items"]] == [(REFERENCE, 1)]
    assert answer.json()["next"] == 1


async def test_the_same_message_delivered_again_is_in_the_list_once(rig: Any) -> None:
    await rig.message("emergency.119", {"type": "contact_box", "reference": "r", "contact_box": "b"})
    await rig.message("emergency.119", {"type": "contact_box", "reference": "r", "contact_box": "b"})
    assert [(item["seq"], item["contact_box"]) for item in await _feed(rig)] == [(1, "b")]
