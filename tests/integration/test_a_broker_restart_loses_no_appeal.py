"""The broker goes away and comes back in the middle of 500 appeals."""

import asyncio

import pytest
from appeals import MATTERS, send_many
from books import parked, settled
from eventually import grown
from people import Town

APPEALS = 500


@pytest.mark.timeout(300)
async def test_a_broker_restart_during_500_appeals_loses_none(town: Town) -> None:
    sent: list[str] = []
    load = asyncio.ensure_future(send_many(town, MATTERS, APPEALS, at_once=16, sent=sent))
    await grown(sent, APPEALS // 5)
    await asyncio.to_thread(town.platform.broker.restart)
    during = len(sent)
    await load

    # Intake needs only its store: citizens noticed nothing.
    assert during > APPEALS // 5
    assert APPEALS == len(set(sent))
    await settled(town, sent, seconds=180)
    assert [] == await parked(town)
