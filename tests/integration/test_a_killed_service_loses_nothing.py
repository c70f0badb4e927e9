"""SIGKILL at the worst moments: between save and publish, and of any service under load."""

import asyncio

import pytest
from appeals import MATTERS, send_many
from books import parked, settled
from eventually import grown
from people import Town
from players import Centre

from contracts.words import Service

LOAD = 150
SAVED, AT_ONCE = 60, 8


@pytest.mark.timeout(300)
async def test_sigkill_of_every_service_in_turn_under_load_loses_nothing(town: Town) -> None:
    platform = town.platform
    sent: list[str] = []
    async with Centre(town, sent).at_work():
        load = asyncio.ensure_future(send_many(town, MATTERS, LOAD, at_once=4, sent=sent))
        for service in Service:
            # Both replicas at once: no colleague takes over what the dead one held.
            await asyncio.to_thread(platform.kill, service)
            await asyncio.to_thread(platform.start_again, service)
        await load
    assert LOAD == len(set(sent))
    await settled(town, sent, seconds=120)
    assert [] == await parked(town)


@pytest.mark.timeout(300)
async def test_what_was_saved_but_not_published_survives_the_death_of_everybody(town: Town) -> None:
    platform = town.platform
    sent: list[str] = []
    load = asyncio.ensure_future(send_many(town, MATTERS, SAVED, at_once=AT_ONCE, sent=sent))
    await grown(sent, 20)
    # A frozen broker confirms nothing: intake goes on taking appeals, and everybody saves without publishing.
    platform.broker.freeze()
    confirmed = len(sent) + AT_ONCE
    await load
    with platform.database(Service.INTAKE) as database:
        unpublished = database.appeals.count_documents({"outbox": {"$exists": True}})
    await asyncio.to_thread(platform.kill, *Service)
    platform.broker.thaw()
    await asyncio.to_thread(platform.start_again, *Service)

    assert unpublished >= SAVED - confirmed > 0
    assert SAVED == len(set(sent))
    await settled(town, sent, seconds=120)
    assert [] == await parked(town)
