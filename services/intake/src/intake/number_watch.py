"""Looks for missing numbers all day long: loss must show without anybody asking (domain rules, section 8)."""

import time
from datetime import timedelta

from chassis.clock import BusinessClock
from chassis.metrics import Metrics
from chassis.slow_loop import SlowLoop
from intake.domain.number import business_day
from intake.store import MongoAppeals

EVERY_SECONDS = 60.0
WHOLE_AGAIN_SECONDS = 3_600.0
"""In between only numbers above those that were all there are counted: a day has tens of thousands."""


class NumberWatch:
    """Counts what is missing today and yesterday; numbers that a reason explains are not missing."""

    def __init__(self, appeals: MongoAppeals, clock: BusinessClock, metrics: Metrics, area: str) -> None:
        self._appeals = appeals
        self._clock = clock
        self._metrics = metrics
        self._area = area
        self._complete: dict[str, int] = {}
        self._began = time.monotonic()

    async def look(self) -> None:
        """One round."""
        now = self._clock.now()
        if time.monotonic() - self._began > WHOLE_AGAIN_SECONDS:
            self._complete, self._began = {}, time.monotonic()
        days = (business_day(now), business_day(now - timedelta(days=1)))
        self._complete = {day: self._complete.get(day, 0) for day in days}
        gaps = 0
        for day in days:
            missing, last = await self._appeals.missing(self._area, day, self._complete[day])
            gaps += missing
            if not missing:
                self._complete[day] = last
        self._metrics.set("hotline_number_gaps", gaps, area=self._area)


def number_watch(appeals: MongoAppeals, clock: BusinessClock, metrics: Metrics, area: str) -> SlowLoop:
    """The loop."""
    return SlowLoop("numbers", NumberWatch(appeals, clock, metrics, area).look, metrics, EVERY_SECONDS)
