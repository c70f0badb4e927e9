"""A lost number shows without anybody asking."""

import asyncio

from chassis.metrics import Metrics
from contracts.words import Service
from intake.number_watch import NumberWatch, number_watch
from intake.store import MongoAppeals

from .conftest import Intake


async def missing(intake: Intake) -> str:
    metrics = Metrics(Service.INTAKE)
    appeals = MongoAppeals(intake.store, intake.store.collection("appeals"))
    loop = number_watch(appeals, intake.clock, metrics, "410400")
    await loop.start()
    while b"hotline_checks_total" not in metrics.collectors.text():
        await asyncio.sleep(0.02)
    await loop.stop()
    return next(line for line in metrics.collectors.text().decode().splitlines() if line.startswith("hotline_number"))


async def test_a_number_whose_appeal_is_gone_is_counted_until_a_reason_explains_it(intake: Intake) -> None:
    assert await missing(intake) == 'hotline_number_gaps{area="410400"} 0.0'
    for place in range(3):
        await intake.appeal(key=f"call-{place}")
    await intake.quiet()
    assert await missing(intake) == 'hotline_number_gaps{area="410400"} 0.0'
    await intake.store.collection("appeals").delete_one({"seq": 2})
    assert await missing(intake) == 'hotline_number_gaps{area="410400"} 1.0'
    reason = {"_id": "void:2", "area": "410400", "day": "20260302", "seq": 2, "void": "lost in a drill", "number": "2"}
    await intake.store.collection("appeals").insert_one(reason)
    assert await missing(intake) == 'hotline_number_gaps{area="410400"} 0.0'


async def test_numbers_that_were_all_there_are_not_counted_again_and_later_gaps_show(intake: Intake) -> None:
    metrics = Metrics(Service.INTAKE)
    rows = intake.store.collection("appeals")
    watch = NumberWatch(MongoAppeals(intake.store, rows), intake.clock, metrics, "410400")
    asked: list[int] = []

    async def gaps() -> int:
        trips = intake.store.round_trips
        await watch.look()
        asked.append(intake.store.round_trips - trips)
        return int(float(metrics.collectors.text().decode().split('hotline_number_gaps{area="410400"} ')[1].split()[0]))

    for place in range(4):
        await intake.appeal(key=f"call-{place}")
    await intake.quiet()
    assert [await gaps(), await gaps()] == [0, 0]
    assert asked[1] < asked[0]
    for place in range(4, 7):
        await intake.appeal(key=f"call-{place}")
    await intake.quiet()
    await rows.delete_one({"seq": 6})
    assert [await gaps(), await gaps()] == [1, 1]
    reason = {"_id": "void:6", "area": "410400", "day": "20260302", "seq": 6, "void": "lost in a drill", "number": "6"}
    await rows.insert_one(reason)
    assert [await gaps(), await gaps()] == [0, 0]
