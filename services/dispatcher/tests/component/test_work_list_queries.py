"""Every query that a work list makes is answered from an index; page after page they give the whole list."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from contracts.words import Role
from dispatcher.store import ORDERS

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
        store = desk.store
        plain = store.find

        async def find(collection: Any, where: Any, *, sort: Any = (), limit: int = 100, **more: Any) -> Any:
            if collection.name == ORDERS:
                self.queries.append((where, sort, limit))
            return await plain(collection, where, sort=sort, limit=limit, **more)

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
