"""Replicas are added and killed while appeals come in and people work on them: the books stay exact."""

import asyncio
import json
from collections import Counter, defaultdict

import pytest
from appeals import MATTERS, send_many
from books import journal, numbers_of, parked, settled
from eventually import eventually, grown
from people import Town
from players import Centre
from running_platform import REPLICAS
from wiretap import Heard, Wiretap, wiretap

from contracts.topology import ASSIGNMENTS
from contracts.words import Service

LOAD, AT_ONCE = 48, 4
CROWD = 4
ONCE = (
    "appeal.registered",
    "appeal.classified",
    "work_order.dispatched",
    "work_order.received",
    "work_order.contacted",
    "work_order.replied",
    "work_order.approved",
    "revisit.scheduled",
    "revisit.answered",
    "appeal.closed",
)
"""What each of these appeals goes through, each step by another service or person, and no step twice."""


async def _all_closed(town: Town, sent: list[str]) -> None:
    async def look() -> bool:
        books = await asyncio.to_thread(journal, town.platform)
        closed = {
            number
            for facts in books.values()
            for number in numbers_of(facts)
            if any(fact["type"] == "appeal.closed" for fact in facts)
        }
        return closed >= set(sent)

    await eventually(look, seconds=180, every=0.5, what="the closing of every appeal")


async def _wrong_steps(town: Town, sent: list[str]) -> list[str]:
    """Appeals of which a step is missing or stands twice, as sentences."""
    books = await asyncio.to_thread(journal, town.platform)
    wrong = [
        f"{number} has no facts" for number in set(sent) - {n for facts in books.values() for n in numbers_of(facts)}
    ]
    for facts in books.values():
        if set(numbers_of(facts)) & set(sent):
            counted = Counter(fact["type"] for fact in facts)
            wrong += [f"{numbers_of(facts)[0]}: {counted[step]} x {step}" for step in ONCE if counted[step] != 1]
    return wrong


def _wrong_deliveries(heard: list[Heard], sent: list[str]) -> list[str]:
    """Holes in what units were sent of their orders, and two messages that claim one place."""
    places: dict[tuple[str, str], dict[int, set[str | None]]] = defaultdict(lambda: defaultdict(set))
    for message in heard:
        body = json.loads(message.body)
        if message.exchange == ASSIGNMENTS and body.get("work_order") in sent and "work_order_seq" in body:
            places[message.routing_key, body["work_order"]][body["work_order_seq"]].add(message.message_id)
    wrong = [f"{order} has no message to a unit" for order in set(sent) - {order for _, order in places}]
    for (queue, order), at in places.items():
        if sorted(at) != list(range(1, len(at) + 1)):
            wrong.append(f"{queue} got {sorted(at)} of {order}")
        wrong += [f"{queue} got two messages as number {n} of {order}" for n, ids in at.items() if len(ids) != 1]
    return wrong


async def _told_everything(tap: Wiretap, sent: list[str]) -> None:
    """Until units were told all: what a killed dispatcher had saved is sent by another when its lease has run out.

    After a minute it gives up; what is missing then is named by the test's own assertion.
    """
    for _ in range(120):
        if not _wrong_deliveries(tap.heard, sent):
            return
        await asyncio.sleep(0.5)


@pytest.mark.timeout(500)
async def test_a_replica_of_every_service_is_added_and_another_killed_under_load_and_no_step_is_lost_or_doubled(
    town: Town,
) -> None:
    platform = town.platform
    sent: list[str] = []
    async with wiretap(platform) as tap:
        async with Centre(town, sent).at_work():
            load = asyncio.ensure_future(send_many(town, MATTERS, LOAD, at_once=AT_ONCE, sent=sent))
            await grown(sent, AT_ONCE)
            for service in Service:
                await asyncio.to_thread(platform.add, service)
                # The eldest dies with what it holds, and nobody starts it again.
                await asyncio.to_thread(platform.lose, service)
            await load
            await _all_closed(town, sent)
        assert LOAD == len(set(sent))
        await settled(town, sent, seconds=120)
        await _told_everything(tap, sent)
    assert [] == await _wrong_steps(town, sent)
    assert [] == _wrong_deliveries(tap.heard, sent)
    assert [] == await parked(town)


@pytest.mark.timeout(500)
async def test_three_of_four_dispatchers_die_at_once_under_load_and_no_step_is_lost_or_doubled(town: Town) -> None:
    platform = town.platform
    sent: list[str] = []
    async with wiretap(platform) as tap:
        async with Centre(town, sent).at_work():
            await asyncio.to_thread(platform.add, Service.DISPATCHER, CROWD - REPLICAS)
            load = asyncio.ensure_future(send_many(town, MATTERS, LOAD, at_once=AT_ONCE, sent=sent))
            await grown(sent, LOAD // 2)
            await asyncio.to_thread(platform.lose, Service.DISPATCHER, CROWD - 1)
            await load
            await asyncio.to_thread(platform.add, Service.DISPATCHER, REPLICAS - 1)
            await _all_closed(town, sent)
        assert LOAD == len(set(sent))
        assert REPLICAS == len(platform.replicas[Service.DISPATCHER])
        await settled(town, sent, seconds=120)
        await _told_everything(tap, sent)
    assert [] == await _wrong_steps(town, sent)
    assert [] == _wrong_deliveries(tap.heard, sent)
    assert [] == await parked(town)
