"""At-least-once delivery, effectively-once effects: every message again, and nothing happens."""

import asyncio
import random
from collections.abc import Mapping
from typing import Any

from appeals import EMERGENCIES, MATTERS, send_many
from books import journal, named, numbers_of, parked, settled
from eventually import eventually
from people import Town
from players import Centre
from running_platform import Platform
from wiretap import wiretap

from contracts.words import Service

STATE = {
    Service.INTAKE: ("appeals",),
    Service.CLASSIFIER: ("appeals", "line_messages"),
    Service.DISPATCHER: ("orders", "unit_messages"),
    Service.SLA_MONITOR: ("cases",),
    Service.REVISIT: ("appeals",),
    Service.REPORTING: ("journal", "days"),
}


def _state(platform: Platform) -> Mapping[str, Any]:
    """All that the services know, without when they were woken or who held a lease."""
    found: dict[str, Any] = {}
    for service, collections in STATE.items():
        with platform.database(service) as database:
            assert set(collections) <= set(database.list_collection_names())
            for name in collections:
                for row in database[name].find({}):
                    kept = {key: value for key, value in row.items() if not key.startswith(("woken", "outbox"))}
                    found[f"{service} {name} {row['_id']}"] = kept
    return found


async def test_every_message_published_twice_more_changes_nothing(town: Town) -> None:
    async with wiretap(town.platform) as tap:
        numbers = await send_many(town, (*MATTERS[:4], *EMERGENCIES[:2]), 6, at_once=6)
        async with Centre(town, numbers).at_work(lines=("119", "120")):

            async def all_closed() -> bool:
                books = await asyncio.to_thread(journal, town.platform)
                closed = {
                    number for facts in books.values() if named(facts, "appeal.closed") for number in numbers_of(facts)
                }
                return set(numbers) <= closed

            await eventually(all_closed, seconds=60, what="closing of all appeals")
        await settled(town, numbers)
        before = await asyncio.to_thread(_state, town.platform)
        once = list(tap.heard)
        again = [*once, *once]
        random.Random(12345).shuffle(again)
        for message in again:
            await tap.say_again(message)
        await settled(town, numbers)

    after = await asyncio.to_thread(_state, town.platform)
    # Documents, journal, units' and lines' lists: the same, to the last version number.
    assert sorted(before) == sorted(after)
    assert [] == [key for key in before if before[key] != after[key]]
    assert [] == await parked(town)
