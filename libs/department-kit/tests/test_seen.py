"""Both stores remember the same; the file remembers it after the program's end."""

import asyncio
from pathlib import Path

import pytest

from department_kit.seen import MemorySeen, SeenStore, SqliteSeen


@pytest.fixture(params=["memory", "file"])
async def seen(request: pytest.FixtureRequest, tmp_path: Path) -> SeenStore:
    return MemorySeen() if request.param == "memory" else SqliteSeen(tmp_path / "seen.db")


async def test_a_store_knows_what_was_handled_and_how_far_each_order_is(seen: SeenStore) -> None:
    assert (False, 0, 0) == (await seen.handled("m"), await seen.last("s"), await seen.cursor())
    await seen.add("m", "s", 3)
    await seen.add("m", "s", 3)
    await seen.add("late", "s", 2)
    await seen.add("answer", "s", None)
    await seen.advance(7)
    await seen.advance(5)
    assert (True, True, 3, 0) == (
        await seen.handled("m"),
        await seen.handled("answer"),
        await seen.last("s"),
        await seen.last("other"),
    )
    assert 7 == await seen.cursor()
    await seen.close()


async def test_the_file_remembers_after_the_end_and_takes_many_at_once(tmp_path: Path) -> None:
    first = SqliteSeen(tmp_path / "seen.db")
    await asyncio.gather(*(first.add(f"m{at}", f"s{at % 7}", at) for at in range(100)))
    await first.close()
    again = SqliteSeen(tmp_path / "seen.db")
    assert all([await again.handled(f"m{at}") for at in range(100)])
    assert (98, 99) == (await again.last("s0"), await again.last("s1"))
    await again.close()


async def test_the_memory_forgets_the_oldest_first_and_stays_bounded() -> None:
    seen = MemorySeen(most=10)
    for at in range(25):
        await seen.add(f"m{at}", f"s{at}", 1)
    assert [False] * 15 + [True] * 10 == [await seen.handled(f"m{at}") for at in range(25)]
