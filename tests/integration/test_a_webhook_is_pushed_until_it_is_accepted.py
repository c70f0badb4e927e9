"""A line with a server instead of a queue: signed pushes to a real HTTP server, again until it accepts."""

from appeals import send
from eventually import eventually
from line_receiver import REFUSALS, LineReceiver, Push
from people import Town

from contracts.words import Role

VIOLENCE = "楼下有人拿着刀在砍人，快来警察"


async def test_a_refused_push_comes_again_signed_and_under_the_same_id_until_it_is_taken(
    lines_town: Town, line_receiver: LineReceiver
) -> None:
    number = (await send(lines_town, VIOLENCE))["number"]
    reference = f"EM{number}-110"

    async def taken() -> list[Push]:
        pushes = [push for push in line_receiver.pushes if push.body.get("reference") == reference]
        return pushes if any(push.status == 204 for push in pushes) else []

    pushes = [push for push in await eventually(taken, seconds=60, what="the push taken") if push.body["page"] == 1]
    assert [503] * REFUSALS + [204] == [push.status for push in pushes]
    assert {True} == {push.signed for push in pushes}
    assert 1 == len({(push.delivery, push.body["text_masked"], push.body["place"]["text"]) for push in pushes})

    operator = lines_town.person(Role.LINE_OPERATOR, line="110")
    listed = (await operator.read("/lines/110/handovers", after=0))["items"]
    assert [reference] == [item["reference"] for item in listed if item["type"] == "handover" and item["page"] == 1]
    await operator.tell(f"/lines/110/handovers/{reference}/acknowledgement", {"line_reference": "P-9"})
    board = (await lines_town.person(Role.DUTY_OFFICER).read("/emergencies"))["items"]
    assert [] == [case for item in board for case in item["cases"] if case["reference"] == reference]
