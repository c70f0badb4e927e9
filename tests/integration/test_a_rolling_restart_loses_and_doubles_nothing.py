"""An upgrade by SIGTERM, one replica after the other."""

import asyncio

import pytest
from appeals import MATTERS, send_many
from books import journal, numbers_of, parked, settled
from eventually import grown
from people import Town
from players import Centre

from contracts.words import Service

LOAD = 60


async def _nothing_twice(town: Town, sent: list[str]) -> None:
    """Each appeal is registered once, and no decision of any service stands twice in the journal."""
    books = await asyncio.to_thread(journal, town.platform)
    registered = [number for facts in books.values() for number in numbers_of(facts)]
    assert sorted(number for number in registered if number in set(sent)) == sorted(sent)
    for facts in books.values():
        ids = [fact["id"] for fact in facts]
        assert len(ids) == len(set(ids))


@pytest.mark.timeout(400)
async def test_a_rolling_restart_of_every_service_under_load_loses_and_doubles_nothing(town: Town) -> None:
    platform = town.platform
    sent: list[str] = []
    async with Centre(town, sent).at_work():
        load = asyncio.ensure_future(send_many(town, MATTERS, LOAD, at_once=4, sent=sent))
        await grown(sent, 10)
        for service in Service:
            for replica in platform.replicas[service]:
                # As an orchestrator does it: the next one only when this one is ready again.
                await asyncio.to_thread(replica.stop)
                assert not replica.alive
                await asyncio.to_thread(replica.start)
                await asyncio.to_thread(replica.wait)
        await load
    assert LOAD == len(set(sent))
    await settled(town, sent, seconds=120)
    await _nothing_twice(town, sent)
    assert [] == await parked(town)
