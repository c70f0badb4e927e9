"""A unit's queue belongs to its broker user, and who commands is whom the broker vouches for (rule 11)."""

from typing import Any

import aio_pika
import pytest
from aiormq.exceptions import ChannelAccessRefused, ChannelPreconditionFailed
from appeals import MATTERS, send
from books import named, parked, recorded
from broker_users import Member, unit_member
from eventually import eventually
from people import Town
from players import HANDLING, TRIAGE

from contracts.topology import UNIT_COMMANDS, unit_queue
from contracts.words import Role, Service

WATER, POWER = "water-group", "power-supply"


@pytest.fixture
def water(town: Town) -> Member:
    return unit_member(town.platform, WATER)


async def _dispatched(town: Town, unit: str) -> str:
    """Number of an order that lies with ``unit``."""
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
    facts = (await town.person(Role.OPERATOR).read(f"/journal/{number}"))["items"]
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


async def test_a_unit_cannot_name_another_as_its_user(water: Member) -> None:
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


async def test_a_command_without_a_user_is_refused_and_recorded(town: Town, water: Member) -> None:
    number = await _dispatched(town, WATER)
    await water.command({"command_id": f"nobody-{number}", "type": "confirm_receipt", "work_order": number}, user=None)

    async def look() -> list[Any]:
        return [row for row in await parked(town) if row["queue"] == UNIT_COMMANDS]

    recorded = await eventually(look, what="the refused command among the parked")
    assert ["Permanent: a command without a unit's validated user"] == [row["reason"] for row in recorded]
    facts = (await town.person(Role.OPERATOR).read(f"/journal/{number}"))["items"]
    assert [] == named(facts, "work_order.received")
    assert {Service.DISPATCHER} == {row["service"] for row in recorded}
