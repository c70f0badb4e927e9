"""The database dies under load and comes back after a minute."""

import asyncio
import time

import pytest
from appeals import EMERGENCIES, MATTERS, send_many
from books import parked, settled
from eventually import eventually, grown
from people import Town

from contracts.topology import EMERGENCY_LINES
from contracts.words import Role

APPEALS, CALLS_FOR_HELP = 500, 20
AWAY_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 30.0
"""Half of the ordinary lane's last retry tier, a minute: the emergency lane's is 5 s, and the rest is this machine's
speed."""


async def _on_its_list(town: Town, line: str) -> set[str]:
    operator = town.person(Role.LINE_OPERATOR, line=line)
    numbers: set[str] = set()
    after = 0
    while True:
        page = await operator.read(f"/lines/{line}/handovers", after=after)
        numbers |= {item["number"] for item in page["items"] if item["type"] == "handover"}
        if not page["items"]:
            return numbers
        after = page["next"]


async def _handed_over(town: Town) -> set[str]:
    """Numbers of the appeals that lie on some line's list."""
    return set().union(*await asyncio.gather(*(_on_its_list(town, line) for line in EMERGENCY_LINES)))


@pytest.mark.timeout(400)
async def test_a_database_away_for_a_minute_loses_nothing_and_parks_nothing(town: Town) -> None:
    platform = town.platform
    sent: list[str] = []
    urgent: list[str] = []
    load = asyncio.ensure_future(send_many(town, MATTERS, APPEALS, at_once=16, sent=sent))
    await grown(sent, APPEALS // 4)
    first = asyncio.ensure_future(send_many(town, EMERGENCIES, CALLS_FOR_HELP // 2, at_once=10, sent=urgent))
    await grown(urgent, 2)
    # Half of the calls for help are taken when the store dies, the others call while it is away.
    await asyncio.to_thread(platform.store.kill)
    rest = asyncio.ensure_future(
        send_many(town, EMERGENCIES, CALLS_FOR_HELP - CALLS_FOR_HELP // 2, at_once=10, sent=urgent)
    )
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(platform.store.start)
    back = time.monotonic()

    async def all_with_a_line() -> bool:
        await asyncio.gather(first, rest)
        return set(urgent) <= await _handed_over(town)

    await eventually(all_with_a_line, seconds=60, every=0.2, what="the hand-over of every emergency")
    took = time.monotonic() - back
    await load
    assert APPEALS == len(set(sent))
    assert CALLS_FOR_HELP == len(set(urgent))
    await settled(town, [*sent, *urgent], seconds=180)
    assert [] == await parked(town)
    assert took <= LONGEST_WAIT_SECONDS
