"""Background checks come round, survive failures and are counted."""

import asyncio

from chassis.metrics import Metrics
from chassis.mongo import StoreAway
from chassis.slow_loop import SlowLoop
from contracts.words import Service


async def test_a_check_that_fails_is_tried_again_and_only_what_came_through_is_counted() -> None:
    metrics, seen, done = Metrics(Service.INTAKE), list[int](), asyncio.Event()

    async def look() -> bool:
        seen.append(len(seen))
        if len(seen) == 1:
            raise StoreAway("away")
        if len(seen) == 2:
            raise ValueError("ours")
        if len(seen) == 4:
            done.set()
        return len(seen) < 4

    loop = SlowLoop("numbers", look, metrics, every_seconds=0.01)
    await loop.start()
    await asyncio.wait_for(done.wait(), 5)
    await asyncio.sleep(0)
    await loop.stop()
    assert b'hotline_checks_total{check="numbers",service="intake"} 2.0' in metrics.collectors.text()


async def test_the_interval_is_waited_for_unless_there_is_more_to_catch_up_with() -> None:
    rounds = 0

    async def look() -> bool:
        nonlocal rounds
        rounds += 1
        return rounds < 3

    loop = SlowLoop("chain", look, Metrics(Service.REPORTING), every_seconds=60)
    await loop.start()
    await asyncio.sleep(0.3)
    await loop.stop()
    assert rounds == 3
