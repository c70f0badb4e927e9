"""What the embedded database keeps of its index definitions never makes an index wrong."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient, UpdateOne
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError

from chassis import secantus_catalogue
from chassis.embedded_mongo import SecantusServer
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from contracts.words import Service


@pytest.fixture
def server(tmp_path: Path) -> Iterator[SecantusServer]:
    with SecantusServer(tmp_path / "db") as running:
        yield running


@pytest.fixture
def rows(server: SecantusServer) -> Iterator[Collection[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](server.url) as client:
        yield client["t"]["rows"]


def through_index(rows: Collection[dict[str, Any]], where: dict[str, Any]) -> set[Any]:
    plan = str(rows.find(where).explain())
    assert "IXSCAN" in plan
    return {row["_id"] for row in rows.find(where)}


def test_the_installed_version_is_the_one_it_was_written_for() -> None:
    from importlib.metadata import version

    assert version("secantusdb") == secantus_catalogue.KNOWN_VERSION


async def test_without_a_log_of_operations_it_still_says_that_it_is_a_set_of_one(server: SecantusServer) -> None:
    async with connect(server.url) as client:
        store = Store(client, "t", Metrics(Service.INTAKE))
        await store.require_replica_set()
        assert "setName" in await client.admin.command("hello")


def test_an_index_made_among_writes_holds_what_came_before_and_after(rows: Collection[dict[str, Any]]) -> None:
    rows.insert_many([{"_id": n, "kind": n % 3} for n in range(30)])
    rows.update_one({"_id": 0}, {"$set": {"seen": True}})
    rows.create_index("kind")
    rows.insert_many([{"_id": n, "kind": n % 3} for n in range(30, 60)])
    rows.bulk_write([UpdateOne({"_id": n}, {"$set": {"kind": 7}}) for n in range(0, 60, 10)])
    assert through_index(rows, {"kind": 7}) == set(range(0, 60, 10))
    assert through_index(rows, {"kind": 1}) == {n for n in range(60) if n % 3 == 1 and n % 10}


def test_a_unique_index_refuses_from_the_moment_it_stands_until_it_is_dropped(
    rows: Collection[dict[str, Any]],
) -> None:
    rows.insert_one({"_id": 1, "name": "a"})
    name = rows.create_index("name", unique=True)
    with pytest.raises(DuplicateKeyError):
        rows.insert_one({"_id": 2, "name": "a"})
    rows.drop_index(name)
    rows.insert_one({"_id": 2, "name": "a"})
    assert rows.count_documents({"name": "a"}) == 2


def test_a_dropped_collection_leaves_no_definition_behind(rows: Collection[dict[str, Any]]) -> None:
    rows.create_index("name", unique=True)
    rows.insert_one({"_id": 1, "name": "a"})
    rows.drop()
    rows.insert_many([{"_id": 1, "name": "a"}, {"_id": 2, "name": "a"}])
    assert list(rows.index_information()) == ["_id_"]


def test_the_first_array_in_an_index_is_remembered_across_a_restart(
    server: SecantusServer, rows: Collection[dict[str, Any]]
) -> None:
    rows.create_index([("tags", 1), ("_id", 1)])
    rows.insert_many([{"_id": n, "tags": "plain"} for n in range(10)])
    rows.update_one({"_id": 3}, {"$set": {"tags": ["red", "late"]}})
    rows.update_one({"_id": 4}, {"$set": {"tags": ["late"]}})
    server.kill()
    server.start()
    assert through_index(rows, {"tags": "late"}) == {3, 4}
    assert [row["_id"] for row in rows.find({"tags": {"$gte": "l"}}, sort=[("tags", 1), ("_id", 1)])][:2] == [3, 4]


def test_indexes_made_and_dropped_while_others_write_agree_with_a_scan(rows: Collection[dict[str, Any]]) -> None:
    rows.insert_many([{"_id": n, "a": n % 5, "b": n % 7} for n in range(100)])
    stop = threading.Event()
    failed: list[BaseException] = []

    def write(seed: int) -> None:
        chance = random.Random(seed)
        try:
            while not stop.is_set():
                change = {"$set": {chance.choice("ab"): chance.choice([chance.randrange(7), [chance.randrange(7), 9]])}}
                rows.update_one({"_id": chance.randrange(100)}, change)
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(4)]
    for writer in writers:
        writer.start()
    for _ in range(15):
        for field in "ab":
            rows.create_index(field)
        for field in "ab":
            rows.drop_index(f"{field}_1")
    for field in "ab":
        rows.create_index(field)
    stop.set()
    for writer in writers:
        writer.join()
    assert not failed
    everything = list(rows.find())
    for field in "ab":
        for value in range(10):
            held = {r["_id"] for r in everything if r[field] == value or r[field] == [value]}
            held |= {r["_id"] for r in everything if isinstance(r[field], list) and value in r[field]}
            assert through_index(rows, {field: value}) == held
