"""A unit's queue is its broker user's alone; its commands find their turn and their answer; it can be told again."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import aio_pika
import httpx
import pytest
from aiormq.exceptions import ChannelAccessRefused, ChannelPreconditionFailed
from appeals import MATTERS, send
from books import named, parked, recorded, told_of
from broker_users import Member, unit_member
from dispatch_platform import DispatchPlatform
from eventually import eventually
from people import Town
from players import HANDLING, TRIAGE
from typer.testing import CliRunner

from contracts.topology import UNIT_COMMANDS, unit_queue
from contracts.words import Role, Service
from hotline.main import app

WATER, POWER = "water-group", "power-supply"
DONE = ("work_order.received", "work_order.replied")


@pytest.fixture
def water(town: Town) -> Member:
    return unit_member(town.platform, WATER)


async def _dispatched(town: Town, unit: str) -> str:
    """Number of an order that lies with ``unit``, received by nobody yet."""
    number: str = (await send(town, MATTERS[0]))["number"]
    triage, officer = town.person(Role.TRIAGE_OFFICER), town.person(Role.DUTY_OFFICER)

    async def look() -> bool:
        facts = await recorded(town.platform, number)
        if named(facts, "work_order.awaiting_signature"):
            await officer.tell(f"/work-orders/{number}/signature", {"unit": unit}, key=f"sign-{number}")
        elif named(facts, "triage.requested"):
            await triage.tell(f"/triage/{facts[0]['subject']}/decision", TRIAGE, key=f"triage-{number}")
        return bool(named(facts, "work_order.dispatched"))

    await eventually(look, what="dispatch")
    return number


async def _in_its_queue(member: Member, unit: str, kind: str, **wanted: Any) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        got = await member.fetch(unit_queue(unit))
        fits = (one for one in got if one["type"] == kind and wanted.items() <= one.items())
        return next(fits, None)

    found = await eventually(look, what=f"{kind} in the queue of {unit}")
    assert found is not None
    return found


async def test_a_unit_takes_its_order_and_handles_it_over_its_own_queue(town: Town, water: Member) -> None:
    number = await _dispatched(town, WATER)
    order = await _in_its_queue(water, WATER, "assignment", work_order=number)
    for at, asked in enumerate(HANDLING):
        await water.command({"command_id": f"{number}-{at}", "work_order": order["work_order"], **asked})
    answers = [await _in_its_queue(water, WATER, "command.accepted", command_id=f"{number}-{at}") for at in range(3)]

    assert [asked["type"] for asked in HANDLING] == [answer["command"] for answer in answers]
    facts = await told_of(town, number)
    assert [f"unit.{WATER}"] == [fact["data"]["by"] for fact in named(facts, "work_order.received")]


async def test_a_unit_cannot_read_the_queue_of_another(water: Member) -> None:
    with pytest.raises(ChannelAccessRefused):
        await water.fetch(unit_queue(POWER))


async def test_a_unit_cannot_read_a_queue_of_the_platform(water: Member) -> None:
    with pytest.raises(ChannelAccessRefused):
        await water.fetch(UNIT_COMMANDS)


async def test_a_unit_cannot_publish_under_the_key_of_another(water: Member) -> None:
    with pytest.raises(ChannelAccessRefused):
        await water.command({"command_id": "c", "type": "confirm_receipt", "work_order": "x"}, key=f"unit.{POWER}")


async def test_a_unit_cannot_name_another_as_its_user_id(water: Member) -> None:
    with pytest.raises(ChannelPreconditionFailed):
        await water.command({"command_id": "c", "type": "confirm_receipt", "work_order": "x"}, user=f"unit.{POWER}")


async def test_a_unit_can_neither_declare_a_queue_nor_publish_facts(water: Member) -> None:
    async with water.channel() as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue("a-queue-of-mine")
    async with water.channel() as channel:
        exchange = await channel.get_exchange("facts", ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await exchange.publish(aio_pika.Message(b"{}", message_id="m"), "appeal.registered")


async def test_a_command_without_a_user_id_is_refused_and_recorded(town: Town, water: Member) -> None:
    number = await _dispatched(town, WATER)
    await water.command({"command_id": f"nobody-{number}", "type": "confirm_receipt", "work_order": number}, user=None)

    async def look() -> list[Any]:
        return [row for row in await parked(town) if row["queue"] == UNIT_COMMANDS]

    recorded = await eventually(look, what="the refused command among the parked")
    assert ["Permanent: a command without a unit's validated user"] == [row["reason"] for row in recorded]
    facts = await told_of(town, number)
    assert [] == named(facts, "work_order.received")
    assert {Service.DISPATCHER} == {row["service"] for row in recorded}


async def _answer(member: Member, command_id: str) -> dict[str, Any]:
    """What the unit's queue says to a command."""

    async def look() -> dict[str, Any] | None:
        got = await member.fetch(unit_queue(WATER))
        return next((one for one in got if one.get("command_id") == command_id), None)

    found = await eventually(look, seconds=60, what=f"an answer to {command_id}")
    assert found is not None
    return found


async def _refusal(member: Member, body: dict[str, Any]) -> str:
    """The code with which the platform refuses this command."""
    await member.command(body)
    answer = await _answer(member, body["command_id"])
    assert "command.refused" == answer["type"], answer
    assert answer["answer"]["text_zh"]
    assert answer["answer"]["text_en"]
    return str(answer["answer"]["code"])


async def _types(town: Town, number: str) -> list[str]:
    facts = await told_of(town, number)
    return sorted(fact["type"] for fact in facts if fact["source"] == "dispatcher")


async def test_a_reply_that_overtakes_its_receipt_waits_for_its_turn_and_is_obeyed_after_it(
    town: Town, water: Member
) -> None:
    number = await _dispatched(town, WATER)
    reply = {**HANDLING[-1], "command_id": f"late-{number}", "work_order": number}
    await water.command(reply)
    await asyncio.sleep(2)
    assert "work_order.replied" not in await _types(town, number)
    await water.command({"command_id": f"early-{number}", "type": "confirm_receipt", "work_order": number})
    answers = [await _answer(water, f"{word}-{number}") for word in ("early", "late")]
    assert ["command.accepted"] * 2 == [answer["type"] for answer in answers]
    facts = await told_of(town, number)
    turn = sorted((fact["sequence"], fact["type"]) for fact in facts if fact["type"] in DONE)
    assert list(DONE) == [name for _, name in turn]


async def test_a_reply_whose_receipt_never_comes_is_refused_after_its_time_and_changes_nothing(
    town: Town, water: Member
) -> None:
    number = await _dispatched(town, WATER)
    before = await _types(town, number)
    assert "not_received" == await _refusal(
        water, {**HANDLING[-1], "command_id": f"alone-{number}", "work_order": number}
    )
    assert before == await _types(town, number)


async def test_commands_of_many_orders_sent_out_of_turn_at_once_all_find_their_turn(town: Town, water: Member) -> None:
    numbers = await asyncio.gather(*(_dispatched(town, WATER) for _ in range(6)))
    reversed_ = [
        water.command({**asked, "command_id": f"{number}-{at}", "work_order": number})
        for number in numbers
        for at, asked in reversed(list(enumerate((HANDLING[0], HANDLING[2]))))
    ]
    await asyncio.gather(*reversed_)
    for number in numbers:
        assert "command.accepted" == (await _answer(water, f"{number}-1"))["type"]
        assert "command.accepted" == (await _answer(water, f"{number}-0"))["type"]


async def test_a_third_extension_is_refused_with_its_reason_and_changes_nothing(town: Town, water: Member) -> None:
    number, officer = await _dispatched(town, WATER), town.person(Role.DUTY_OFFICER)
    await water.command({**HANDLING[0], "command_id": f"r-{number}", "work_order": number})
    await _answer(water, f"r-{number}")
    wish = {"type": "request_extension", "work_order": number, "working_days": 1, "reason": "零件在路上"}
    for at in (1, 2):
        await water.command({**wish, "command_id": f"x{at}-{number}"})
        assert "command.accepted" == (await _answer(water, f"x{at}-{number}"))["type"]
        await officer.tell(f"/work-orders/{number}/extension-decision", {"granted": True}, key=f"grant{at}-{number}")
    assert "third_extension" == await _refusal(water, {**wish, "command_id": f"x3-{number}"})
    assert 2 == (await _types(town, number)).count("work_order.extension_requested")


async def test_an_extension_after_the_due_time_is_refused_over_the_queue_and_changes_nothing(
    dispatch_platform: DispatchPlatform,
) -> None:
    platform, town = dispatch_platform, Town(dispatch_platform)
    water, officer, number = unit_member(platform, WATER), town.person(Role.DUTY_OFFICER), "410400202611290000039"
    await platform.sign_for_everything(officer)
    await platform.register("late", number, MATTERS[0])
    await platform.classify("late", WATER, "water.supply.outage")
    await _in_its_queue(water, WATER, "assignment", work_order=number)
    await water.command({**HANDLING[0], "command_id": "receipt", "work_order": number})
    assert "command.accepted" == (await _answer(water, "receipt"))["type"]
    due = datetime.now(UTC) + timedelta(seconds=2)
    await platform.due("late", WATER, due)
    await _in_its_queue(water, WATER, "deadline", work_order=number)
    await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()) + 1)
    wish = {"type": "request_extension", "work_order": number, "working_days": 1, "reason": "零件在路上"}
    assert "extension_after_due" == await _refusal(water, {**wish, "command_id": "wish"})
    told = (await officer.read(f"/work-orders/{number}"))["timeline"]
    assert "work_order.extension_requested" not in [one["type"] for one in told]
    await town.leave()


async def test_a_return_after_a_binding_designation_is_refused_and_changes_nothing(town: Town, water: Member) -> None:
    number = await _dispatched(town, POWER)
    officer = town.person(Role.DUTY_OFFICER)
    await officer.tell(f"/work-orders/{number}/designation", {"unit": WATER, "reason": "two returns"})
    await water.command({**HANDLING[0], "command_id": f"r-{number}", "work_order": number})
    assert "command.accepted" == (await _answer(water, f"r-{number}"))["type"]
    before = await _types(town, number)
    asked = {"type": "request_return", "ground": "不属于本单位职责", "command_id": f"t-{number}", "work_order": number}
    assert "designated" == await _refusal(water, asked)
    assert before == await _types(town, number)


async def test_an_order_of_another_unit_and_one_that_nobody_has_are_refused_in_the_same_words(
    town: Town, water: Member
) -> None:
    number = await _dispatched(town, POWER)
    asked = {"type": "confirm_receipt", "work_order": number}
    codes = [
        await _refusal(water, {**asked, "command_id": f"o-{number}"}),
        await _refusal(water, {**asked, "work_order": "410400999999", "command_id": f"n-{number}"}),
    ]
    assert ["not_your_order"] * 2 == codes
    assert "work_order.received" not in await _types(town, number)


async def test_a_command_that_is_sent_twice_is_obeyed_and_answered_once(town: Town, water: Member) -> None:
    number = await _dispatched(town, WATER)
    body = {"command_id": f"twice-{number}", "type": "confirm_receipt", "work_order": number}
    await asyncio.gather(*(water.command(body) for _ in range(5)))
    await _answer(water, f"twice-{number}")
    await asyncio.sleep(1)
    got = await water.fetch(unit_queue(WATER))
    assert 1 == sum(1 for one in got if one.get("command_id") == f"twice-{number}")
    assert 1 == (await _types(town, number)).count("work_order.received")


async def test_a_known_command_id_with_another_body_is_refused(town: Town, water: Member) -> None:
    number = await _dispatched(town, WATER)
    body = {"command_id": f"reused-{number}", "type": "confirm_receipt", "work_order": number}
    await water.command(body)
    await _answer(water, f"reused-{number}")
    await water.command({**body, "type": "object", "reason": "不服"})

    async def look() -> list[dict[str, Any]]:
        got = await water.fetch(unit_queue(WATER))
        mine = [one for one in got if one.get("command_id") == f"reused-{number}"]
        return [one for one in mine if one["type"] == "command.refused"]

    refused = await eventually(look, what="the refusal")
    assert ["command_id_reused"] == [one["answer"]["code"] for one in refused]
    assert "work_order.objected" not in await _types(town, number)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (b"{", "is not JSON"),
        (b'"a text"', "not a JSON object"),
        (json.dumps({"type": "reply", "work_order": "1", "public_text": "x" * 300_000}).encode(), "larger than"),
        (
            json.dumps({"type": "reply", "work_order": "1", "public_text": "x" * 20_001}).encode(),
            "public_text is too long",
        ),
        (json.dumps({"type": "request_extension", "work_order": "1", "working_days": "many"}).encode(), "working_days"),
        (
            json.dumps({"type": "dance", "work_order": "1"}).encode(),
            "allowed values: answer_supervision",
        ),
        (json.dumps({"type": "confirm_receipt", "work_order": "1"}).encode(), "Field command_id is missing"),
    ],
    ids=["no JSON", "no object", "too large", "too long", "wrong type", "unknown command", "no id"],
)
async def test_what_cannot_be_read_is_refused_with_a_reason_under_its_message_s_id(
    town: Town, water: Member, wrong: bytes, said: str
) -> None:
    name = f"unreadable-{town.run}"
    await water.command(wrong, message_id=name)
    answer = await _answer(water, name)
    assert ("command.refused", "invalid") == (answer["type"], answer["answer"]["code"])
    assert said in answer["answer"]["text_en"]


def _replay(town: Town, unit: str, *more: str) -> Any:
    url = town.platform.replicas[Service.DISPATCHER][0].url
    asked = ["units", "replay", unit, "--url", url, "--token", town.platform.issuer.issue(Role.OPERATOR), "--json"]
    return CliRunner().invoke(app, [*asked, *more])


async def test_a_replay_sends_the_same_messages_with_the_same_ids_in_order_per_work_order(
    town: Town, water: Member
) -> None:
    numbers = [await _dispatched(town, WATER) for _ in range(3)]
    for number in numbers:
        await water.command({**HANDLING[0], "command_id": f"r-{number}", "work_order": number})
        await _answer(water, f"r-{number}")
    await asyncio.sleep(2)
    first = [one for one in await water.fetch(unit_queue(WATER)) if one["work_order"] in numbers]
    taken = len(water.fetched)

    done = await asyncio.to_thread(_replay, town, WATER, "--since", (town.began - timedelta(minutes=1)).isoformat())
    assert 0 == done.exit_code, done.output
    assert json.loads(done.stdout)["messages"] >= len(first)
    again = (await water.fetch(unit_queue(WATER)))[taken:]
    mine = [one for one in again if one["work_order"] in numbers]
    assert {one["id"] for one in first} == {one["id"] for one in mine}
    for number in numbers:
        seqs = [one["work_order_seq"] for one in mine if one["work_order"] == number and "work_order_seq" in one]
        assert list(range(1, len(seqs) + 1)) == seqs


async def test_a_replay_beyond_its_window_for_nobody_or_by_anybody_is_refused(town: Town) -> None:
    old = await asyncio.to_thread(_replay, town, WATER, "--since", "2020-01-01")
    assert (1, True) == (old.exit_code, "days back" in old.output)
    nobody = await asyncio.to_thread(_replay, town, "no-such-unit", "--since", "2026-11-01")
    assert 2 == nobody.exit_code
    url = f"{town.platform.replicas[Service.DISPATCHER][0].url}/units/{WATER}/replay"
    token = town.platform.issuer.issue(Role.UNIT_HEAD, unit=WATER)
    body = {"since": town.began.isoformat()}
    answer = await town.http.post(url, json=body, headers={"Authorization": f"Bearer {token}"})
    assert httpx.codes.FORBIDDEN == answer.status_code
