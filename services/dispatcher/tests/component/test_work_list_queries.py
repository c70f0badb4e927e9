"""Every query that a work list makes is answered from an index; page after page they give the whole list."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from chassis.secantus_pages import stretch_of
from contracts.words import Role
from dispatcher.domain import shelves
from dispatcher.store import INDEXES, ORDERS, StoredOrderNumbers

UNIT = "water-group"


def stages(plan: Any) -> Iterator[str]:
    """Every stage of a plan, wherever it stands."""
    if isinstance(plan, dict):
        if isinstance(plan.get("stage"), str):
            yield plan["stage"]
        for inner in plan.values():
            yield from stages(inner)
    elif isinstance(plan, list):
        for inner in plan:
            yield from stages(inner)


class Asked:
    """What was asked of the collection of orders while somebody used the service."""

    def __init__(self, desk: Any) -> None:
        self.queries: list[tuple[dict[str, Any], Sequence[tuple[str, int]], int]] = []
        self.answers: list[int] = []
        store = desk.store
        plain = store.find

        async def find(collection: Any, where: Any, *, sort: Any = (), limit: int = 100, **more: Any) -> Any:
            if collection.name == ORDERS:
                self.queries.append((dict(where), sort, limit))
            found = await plain(collection, where, sort=sort, limit=limit, **more)
            self.answers.append(len(found))
            return found

        store.find = find

    async def plans(self, desk: Any) -> list[tuple[dict[str, Any], set[str]]]:
        found = []
        for where, sort, limit in self.queries:
            cursor = desk.store.collection(ORDERS).find(where).limit(limit)
            explained = await (cursor.sort(list(sort)) if sort else cursor).explain()
            found.append((where, set(stages(explained["queryPlanner"]["winningPlan"]))))
        return found


@pytest.mark.parametrize(
    ("path", "role"),
    [
        (f"/units/{UNIT}/work-orders?limit=3", Role.UNIT_HANDLER),
        (f"/units/{UNIT}/work-orders?limit=3&state=DISPATCHED", Role.UNIT_HANDLER),
        ("/desk/unit", Role.UNIT_HANDLER),
        ("/work-orders?limit=3", Role.DUTY_OFFICER),
        ("/work-orders?limit=3&state=DISPATCHED", Role.DUTY_OFFICER),
        (f"/work-orders?limit=3&unit={UNIT}", Role.DUTY_OFFICER),
        ("/work-orders?limit=3&desk=signature", Role.DUTY_OFFICER),
    ],
)
async def test_every_query_of_a_work_list_is_on_an_index(desk: Any, path: str, role: Role) -> None:
    await desk.standing()
    for at in range(8):
        await desk.appeal(f"list-{at}")
    asked = Asked(desk)
    headers = desk.token(role, **({"unit": UNIT} if role is Role.UNIT_HANDLER else {}))
    first = await desk.http.get(path, headers=headers)
    assert 200 == first.status_code
    if "limit=3" in path and (cursor := first.json()["next"]) is not None:
        second = await desk.http.get(path, params={"cursor": cursor}, headers=headers)
        assert 200 == second.status_code
    plans = await asked.plans(desk)
    assert plans
    for where, found in plans:
        assert found & {"IXSCAN", "IDHACK", "EXPRESS_IXSCAN", "EXPRESS_IDHACK"}, where
        assert "COLLSCAN" not in found, where
    declared = [(str(at), dict(index.keys), {"sparse": index.sparse}) for at, index in enumerate(INDEXES[ORDERS])]
    for where, sort, _ in asked.queries:
        assert not set(where) & {"row.units", "row.desks"} or "row.also" in where, where
        # What a page shows lies side by side in one index: nothing is sorted, and no more is read than is shown.
        assert not sort or stretch_of(iter(declared), where, dict(sort)) is not None, where


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 50])
async def test_pages_together_are_the_whole_list_in_its_order(desk: Any, limit: int) -> None:
    await desk.standing()
    for at in range(8):
        await desk.appeal(f"page-{at}")
    headers, path = desk.token(Role.UNIT_HANDLER, unit=UNIT), f"/units/{UNIT}/work-orders"
    whole = (await desk.http.get(path, headers=headers)).json()["items"]
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": limit}
    while True:
        page = (await desk.http.get(path, params=query, headers=headers)).json()
        found += page["items"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert 8 == len(whole)
    assert [item["subject"] for item in whole] == [item["subject"] for item in found]


def laid(chance: random.Random, count: int) -> list[dict[str, Any]]:
    """Orders as they are stored, many of them due at the same instant; about one in nine is a mark."""
    dues = [f"2026-03-{day:02d}T09:30:00.000+00:00" for day in range(1, 6)]
    found = []
    for at in range(count):
        units = chance.choice([[UNIT], [UNIT, "roads"], ["roads", UNIT], ["roads"], []])
        row = {
            "unit": units[0] if units else None,
            "units": sorted(units),
            "desks": chance.choice([[], ["review"], ["phone", "review"], ["phone"]]),
            "open": chance.random() < 0.8,
            "state": chance.choice(["RECEIVED", "DISPATCHED"]),
            "due": chance.choice(dues),
            "since": chance.choice(dues),
        }
        subject = f"{chance.randrange(10**6):06d}-{at}"
        shelf = shelves.shelved(row, subject)
        found.append({"_id": subject, "row": {**row, **shelf}})
    return found


LISTS: list[tuple[dict[str, Any], str]] = [
    ({"row.units": UNIT, "row.open": True}, "due"),
    ({"row.units": UNIT, "row.open": True, "row.state": "RECEIVED"}, "due"),
    ({"row.units": "roads"}, "since"),
    ({"row.desks": "review"}, "since"),
    ({"row.desks": "phone", "row.units": UNIT}, "since"),
    ({"row.state": "DISPATCHED", "row.since": {"$gte": "2026-03-02", "$lt": "2026-03-05"}}, "since"),
    ({"row.desks": "review", "row.since": {"$lte": "2026-03-03T09:30:00.000+00:00"}}, "since"),
]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("where", "by"), LISTS)
async def test_pages_of_any_list_are_one_sorted_scan_cut_into_pieces(
    desk: Any, monkeypatch: pytest.MonkeyPatch, seed: int, where: dict[str, Any], by: str
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr(shelves, "ONE_IN", 9)
    rows = laid(chance, 200)
    await desk.store.collection(ORDERS).insert_many(rows)
    mine = sorted((row["row"][by], row["_id"]) for row in rows if met(row["row"], where))
    numbers = StoredOrderNumbers(desk.hosted.built.documents[0])
    for limit in (1, 3, chance.randrange(4, 40), len(mine), 200):
        found: list[tuple[str, str]] = []
        cursor, more = None, True
        while more:
            page, cursor = await numbers.page(dict(where), by, cursor, limit)
            found += [(row["row"][by], row["_id"]) for row in page]
            more = cursor is not None
        assert found == mine


def met(row: dict[str, Any], where: dict[str, Any]) -> bool:
    """Whether a row belongs to the list, said in the plainest way."""
    for field, wanted in where.items():
        value = row[field.removeprefix("row.")]
        if isinstance(wanted, dict):
            ways = {"$gte": value >= wanted.get("$gte", ""), "$lt": value < wanted.get("$lt", "~")}
            if not all(ways.values()) or value > wanted.get("$lte", "~"):
                return False
        elif wanted not in value if isinstance(value, list) else wanted != value:
            return False
    return True


async def test_a_page_asks_for_a_stretch_between_two_marks_and_not_for_the_whole_list(
    desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "ONE_IN", 10)
    rows = [row for row in laid(random.Random(5), 500) if row["row"]["unit"] == UNIT and row["row"]["open"]]
    await desk.store.collection(ORDERS).insert_many(rows)
    turns = [row["row"]["turn"] for row in rows]
    numbers = StoredOrderNumbers(desk.hosted.built.documents[0])
    asked, cursor, most = Asked(desk), None, 0
    for _ in range(10):
        page, cursor = await numbers.page({"row.units": UNIT, "row.open": True}, "due", cursor, 5)
        assert len(page) == 5
    for where, _, _ in asked.queries:
        if "row.turn" in where:
            bounds = where["row.turn"]
            most = max(most, sum(bounds.get("$gt", "") < turn <= bounds["$lte"] for turn in turns))
    # So many rows does a server read for a page that sorts before it stops.
    assert len(rows) > 150
    assert 0 < most < 70
    assert 1 == sum("row.marks" in where for where, _, _ in asked.queries)
