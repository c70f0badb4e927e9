from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from chassis.presence import PROCESSES, SILENT, Presence
from contracts.words import Service

NEVER = 3600.0
"""Seconds between two looks of a process that is looked after by the test."""


@pytest.fixture
async def store(mongo_url: str) -> AsyncIterator[Store]:
    async with connect(mongo_url) as client:
        store = Store(client, f"test_{uuid4().hex[:12]}", Metrics(Service.DISPATCHER))
        yield store
        await client.drop_database(store.database.name)


async def started(store: Store, *names: str) -> list[Presence]:
    found = [Presence(store, name, NEVER) for name in names]
    for one in found:
        await one.start()
    return found


async def test_a_process_that_came_just_now_is_known_without_another_look(store: Store) -> None:
    (one,) = await started(store, "one")
    await one.look()
    (two,) = await started(store, "two")
    assert await one.gone({"one", "two", "stranger"}) == {"stranger"}
    await one.stop()
    await two.stop()


async def test_a_process_that_stopped_in_order_is_gone_at_the_next_look(store: Store) -> None:
    one, two = await started(store, "one", "two")
    await one.look()
    await two.stop()
    await one.look()
    assert await one.gone({"two"}) == {"two"}
    await one.stop()


async def test_a_process_is_gone_after_some_looks_without_a_sign_of_life_and_not_before(store: Store) -> None:
    one, _two = await started(store, "one", "two")
    for _ in range(SILENT):
        await one.look()
        assert await one.gone({"two"}) == set()
    await one.look()
    assert await one.gone({"two"}) == {"two"}
    await one.stop()


async def test_every_sign_of_life_counts_anew(store: Store) -> None:
    one, two = await started(store, "one", "two")
    for _ in range(3 * SILENT):
        await one.look()
        await one.look()
        await two.look()
    assert await one.gone({"two"}) == set()
    await one.stop()
    await two.stop()


async def test_a_process_that_was_taken_for_dead_is_back_with_its_next_sign(store: Store) -> None:
    one, two = await started(store, "one", "two")
    for _ in range(SILENT + 1):
        await one.look()
    assert await one.gone({"two"}) == {"two"}
    await two.look()
    assert await one.gone({"two"}) == set()
    await one.stop()
    await two.stop()


async def test_no_row_stays_of_those_who_died(store: Store) -> None:
    (one, *_) = await started(store, "one", "two", "three")
    for _ in range(SILENT + 1):
        await one.look()
    rows = await store.find(store.collection(PROCESSES), {})
    assert [row["_id"] for row in rows] == ["one"]
    await one.stop()
    assert await store.find(store.collection(PROCESSES), {}) == []
