"""What a service says about itself between two scrapes: ready or not, messages parked, publishes that are refused."""

from collections.abc import Sequence

from chassis.documents import Documents
from chassis.health import Health
from chassis.metrics import Metrics
from chassis.parking import Parking
from chassis.slow_loop import SlowLoop

EVERY_SECONDS = 15.0


def self_watch(health: Health, parking: Parking, documents: Sequence[Documents], metrics: Metrics) -> SlowLoop:
    """The loop that keeps these gauges fresh; a gauge set only by events would be lost with the process."""

    async def look() -> None:
        ready = (await health.look()).ready
        metrics.set("hotline_ready", int(ready))
        metrics.set("hotline_stuck_messages", sum(len(held.stuck()) for held in documents))
        await parking.measure()

    return SlowLoop("self", look, metrics, EVERY_SECONDS)
