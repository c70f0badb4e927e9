"""A page that the embedded database reads in an index's order is the page of a sorted scan, and no more is read."""

import random
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from secantus.ordering import sort_docs
from secantus.query import matches
from secantus.storage import Storage

from chassis.secantus_pages import read_pages_in_order

TEXTS = ["", "a", "ab", "ab\x00", "ab\x00c", "abc", "b", "停水", "2026-03-02T01:00:00.000+00:00"]
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC).replace(tzinfo=None)
"""Without a zone: so the server holds instants."""

INDEXES: Mapping[str, tuple[dict[str, int], dict[str, Any]]] = {
    "list": ({"units": 1, "open": 1, "due": 1, "_id": 1}, {}),
    "since": ({"units": 1, "since": 1, "_id": 1}, {}),
    "wake": ({"wake": 1}, {"sparse": True}),
}


class Read(Storage):  # type: ignore[misc]
    """The server's storage, taught; counts the documents it fetches."""

    fetched = 0

    def _docs_by_recordids(self, db: str, coll: str, rows: list[int]) -> list[dict[str, Any]]:
        self.fetched += len(rows)
        found: list[dict[str, Any]] = super()._docs_by_recordids(db, coll, rows)
        return found


assert read_pages_in_order(Read)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Read]:
    (tmp_path / "data").mkdir()
    made = Read(str(tmp_path / "data"))
    for name, (key, options) in INDEXES.items():
        made.create_index("d", "rows", name, key, options)
    yield made
    made.close()


def some(chance: random.Random, at: int, odd: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"_id": f"{chance.randrange(10_000)}-{at}", "open": chance.random() < 0.8}
    row["units"] = chance.choice([["w"], ["w", "x"], ["x"], ["x", "w", "y"], "w"])
    if chance.random() < 0.9:
        row["due"] = chance.choice(TEXTS)
    if chance.random() < 0.5:
        row["wake"] = START + timedelta(minutes=chance.randrange(9))
    row["since"] = chance.choice(TEXTS)
    if odd and chance.random() < 0.1:
        row["due"] = chance.choice([None, 7, START, ["b", "a"], ["ab"], {"a": 1}])
    return row


def asked(chance: random.Random, odd: bool) -> tuple[dict[str, Any], dict[str, int]]:
    kind = chance.choice(["list", "since", "wake", "tie"])
    if kind == "wake":
        bound = START + timedelta(minutes=chance.randrange(9))
        return {"wake": chance.choice([{"$lte": bound}, {"$gte": bound}, {"$gt": START, "$lt": bound}])}, {"wake": 1}
    if kind == "tie":
        tie = {"units": "w", "open": True, "due": chance.choice(TEXTS), "_id": {"$gt": str(chance.randrange(10_000))}}
        return tie, {"due": 1, "_id": 1}
    field = "due" if kind == "list" else "since"
    where: dict[str, Any] = {"units": chance.choice("wxy")}
    if kind == "list":
        where["open"] = chance.random() < 0.8
    low, high = chance.choice(TEXTS), chance.choice(TEXTS)
    # Where arrays stand the server goes its own way, which misses rows of an inclusive upper bound and of two bounds.
    last = {"$lt": high} if odd else {"$gt": low, "$lte": high}
    bounds = chance.choice([None, {"$gt": low}, {"$gte": low}, {"$lt": high}, last])
    return ({**where, field: bounds} if bounds else where), {field: 1, "_id": 1}


@pytest.mark.parametrize("odd", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_any_page_is_the_same_part_of_a_sorted_scan(storage: Read, seed: int, odd: bool) -> None:
    chance = random.Random(seed)
    rows = [some(chance, at, odd) for at in range(150)]
    storage.insert("d", "rows", rows)
    for gone in chance.sample(rows, 20):
        storage.delete_matching("d", "rows", {"_id": gone["_id"]})
        rows.remove(gone)
    for changed in chance.sample(rows, 30):
        changed["due"], changed["since"] = chance.choice(TEXTS), chance.choice(TEXTS)
        change = {"$set": {"due": changed["due"], "since": changed["since"]}}
        storage.update_matching("d", "rows", {"_id": changed["_id"]}, change)
    for _ in range(150):
        where, sort = asked(chance, odd)
        skip, limit = chance.choice([0, 0, 3]), chance.choice([1, 2, 7, 51, 200])
        scan = sort_docs([row for row in rows if matches(row, where)], sort)[skip : skip + limit]
        page = storage.find_matching("d", "rows", where, sort=sort, skip=skip, limit=limit, projection={"wake": 1})
        if sort == {"wake": 1}:
            # Among equal instants no order was asked for.
            assert [row["wake"] for row in page] == [row["wake"] for row in scan], where
        else:
            assert [row["_id"] for row in page] == [row["_id"] for row in scan], where


def test_a_page_costs_what_it_shows_and_not_what_the_list_holds(storage: Read) -> None:
    rows = [
        {"_id": f"{at:06d}", "units": ["w"], "open": True, "due": TEXTS[at % 3], "wake": START} for at in range(900)
    ]
    storage.insert("d", "rows", rows)
    mine: dict[str, Any] = {"units": "w", "open": True}
    order = {"due": 1, "_id": 1}
    for where, sort in (
        (mine, order),
        ({**mine, "due": {"$gt": TEXTS[1]}}, order),
        ({**mine, "due": TEXTS[1], "_id": {"$gt": "000500"}}, order),
        ({"wake": {"$lte": START}}, {"wake": 1}),
    ):
        storage.fetched = 0
        assert len(storage.find_matching("d", "rows", where, sort=sort, limit=51)) == 51
        assert storage.fetched == 51, where


def test_instants_with_a_zone_find_what_was_stored_with_one(storage: Read) -> None:
    storage.insert("d", "rows", [{"_id": at, "wake": START + timedelta(minutes=at)} for at in range(9)])
    bound = START.replace(tzinfo=UTC) + timedelta(minutes=3)
    page = storage.find_matching("d", "rows", {"wake": {"$lte": bound}}, sort={"wake": 1}, limit=10)
    assert [row["_id"] for row in page] == [0, 1, 2, 3]
