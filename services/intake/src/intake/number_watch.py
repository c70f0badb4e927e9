"""Looks for missing numbers all day long: loss must show without anybody asking (domain rules, section 8)."""

from datetime import timedelta

from chassis.clock import BusinessClock
from chassis.metrics import Metrics
from chassis.slow_loop import SlowLoop
from intake.domain.number import business_day
from intake.store import MongoAppeals

EVERY_SECONDS = 60.0


def number_watch(appeals: MongoAppeals, clock: BusinessClock, metrics: Metrics, area: str) -> SlowLoop:
    """The loop that counts what is missing today and yesterday; numbers that a reason explains are not missing."""

    async def look() -> None:
        now = clock.now()
        days = (business_day(now), business_day(now - timedelta(days=1)))
        missing = [await appeals.missing(area, day) for day in days]
        metrics.set("hotline_number_gaps", sum(missing), area=area)

    return SlowLoop("numbers", look, metrics, EVERY_SECONDS)
