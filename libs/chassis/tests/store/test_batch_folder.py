"""Every row counts exactly once in every result, whatever dies in between."""

import contextlib
import hashlib
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from chassis.batch_folder import ROW_INDEXES, BatchFolder, Folding, Increments
from chassis.metrics import Metrics
from chassis.mongo import Store, StoreAway, connect
from chassis.presence import Presence
from contracts.words import Service


class Dies(Store):
    """A store that is away from the nth call of the folder on."""

    calls_left = 10**9

    async def call(self, kind: str, operation: Any, writes: int = 0) -> Any:
        if self.calls_left <= 0:
            operation.close()
            raise StoreAway("gone")
        self.calls_left -= 1
        return await super().call(kind, operation, writes)


def counted(rows: Sequence[dict[str, Any]]) -> Increments:
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["day"], {"n": 0, f"by.{row['kind']}": 0})
        found[row["day"]]["n"] += 1
        found[row["day"]][f"by.{row['kind']}"] = found[row["day"]].get(f"by.{row['kind']}", 0) + 1
    return found


def sealed(previous: str, rows: Sequence[dict[str, Any]]) -> str:
    return hashlib.sha256((previous + "".join(row["_id"] for row in rows)).encode()).hexdigest()


@dataclass
class Bench:
    """A database with rows, and folders over it."""

    store: Dies
    died_after_adding: int = 0

    def folder(self, owner: str = "a") -> BatchFolder:
        folding = Folding(
            name="test",
            rows=self.store.collection("rows"),
            results=self.store.collection("results"),
            state=self.store.collection("state"),
            batches=self.store.collection("batches"),
            increments=counted,
            seal=sealed,
        )
        return BatchFolder(self.store, folding, Presence(self.store, owner))

    async def add(self, *names: str) -> None:
        at = await self.store.server_now()
        rows = [{"_id": n, "day": f"d{len(n) % 2}", "kind": n[0], "unbatched": at} for n in names]
        await self.store.collection("rows").insert_many(rows)

    async def totals(self) -> dict[str, int]:
        found = await self.store.find(self.store.collection("results"), {})
        return {row["_id"]: row["n"] for row in found}

    async def forget_lease(self) -> None:
        past = await self.store.server_now() - timedelta(minutes=1)
        await self.store.collection("state").update_one({"_id": "test"}, {"$set": {"until": past}})


@pytest.fixture
async def bench(mongo_url: str) -> AsyncIterator[Bench]:
    async with connect(mongo_url) as client:
        name = f"folder_{secrets.token_hex(6)}"
        store = Dies(client, name, Metrics(Service.REPORTING))
        await store.ensure({"rows": ROW_INDEXES})
        yield Bench(store)
        await client.drop_database(name)


async def test_rows_are_counted_once_and_batches_are_chained(bench: Bench) -> None:
    folder = bench.folder()
    await bench.add("a", "bb", "c")
    assert await folder.catch_up() == 3
    await bench.add("dd")
    assert await folder.catch_up() == 1
    assert await folder.catch_up() == 0
    assert await bench.totals() == {"d1": 2, "d0": 2}
    chain = await bench.store.find(bench.store.collection("batches"), {}, sort=[("_id", 1)])
    assert [(row["_id"], row["count"]) for row in chain] == [(1, 3), (2, 1)]
    assert chain[1]["previous"] == chain[0]["hash"]
    assert await folder.waiting() == 0


async def test_a_crash_at_any_call_loses_nothing_and_counts_nothing_twice(bench: Bench) -> None:
    expected: dict[str, int] = {"d0": 0, "d1": 0}
    for calls in range(1, 14):
        names = [f"{chr(97 + calls)}{'x' * n}" for n in range(4)]
        await bench.add(*names)
        for name in names:
            expected[f"d{len(name) % 2}"] += 1
        await bench.forget_lease()
        bench.store.calls_left = calls
        with contextlib.suppress(StoreAway):
            await bench.folder("dies").catch_up()
        bench.store.calls_left = 10**9
        # The interesting deaths: the results hold the batch, and the state does not say so.
        bench.died_after_adding += await bench.totals() == expected and await bench.folder("looks").waiting() > 0
        await bench.forget_lease()
        await bench.folder("heir").catch_up()
        assert await bench.totals() == expected
    assert bench.died_after_adding > 0


async def test_a_folder_that_lost_its_lease_does_no_harm(bench: Bench) -> None:
    await bench.add("a", "b")
    bench.store.calls_left = 7
    with pytest.raises(StoreAway):
        await bench.folder("slow").catch_up()
    bench.store.calls_left = 10**9
    await bench.forget_lease()
    heir = Presence(bench.store, "heir")
    await heir.start()
    await bench.folder("heir").catch_up()
    await bench.add("c")
    # It wakes up with the lease of another, and may only fold what nobody has.
    assert await bench.folder("slow").catch_up() == 0
    await bench.forget_lease()
    await bench.folder("slow").catch_up()
    await heir.stop()
    assert await bench.totals() == {"d1": 3}
