"""Stale saves and failed publishes are counted, and a delivery is timed from its save."""

import asyncio

from notes import NOW, Presses, Rules, body, registered, supplemented

from chassis.activity import Activity
from chassis.bus import ConnectionLost, Delivery, PublishFailed
from chassis.clock import VirtualClock
from chassis.documents import Documents
from chassis.metrics import Metrics
from chassis.mongo import Store
from chassis.presence import Presence
from contracts.words import Lane, Service


class Replica:
    def __init__(self, store: Store, presses: Presses, name: str) -> None:
        self.metrics, self.activity = Metrics(Service.DISPATCHER), Activity()
        self.documents = Documents(
            store,
            "orders",
            Rules(),
            bus=presses,  # type: ignore[arg-type] # it only publishes
            clock=VirtualClock(NOW),
            metrics=self.metrics,
            activity=self.activity,
            presence=Presence(store, name),
        )
        self.documents.start(timers=False)

    async def take(self, one: bytes) -> None:
        await self.documents.take(Delivery(queue="q", body=one, lane=Lane.ORDINARY))
        while self.activity.running:
            await asyncio.sleep(0.005)

    def lines(self, name: str) -> list[str]:
        return [line for line in self.metrics.collectors.text().decode().splitlines() if line.startswith(name)]


async def test_a_save_that_another_replica_overtook_is_counted(store: Store) -> None:
    one, two = Replica(store, Presses(), "one"), Replica(store, Presses(), "two")
    await one.take(body(registered("a")))
    await two.take(body(supplemented("a", 2)))
    assert one.lines("hotline_stale_saves_total{") == []
    await one.take(body(supplemented("a", 3)))
    assert ['hotline_stale_saves_total{service="dispatcher"} 1.0'] == one.lines("hotline_stale_saves_total{")
    for replica in (one, two):
        await replica.documents.stop()


async def test_refused_and_lost_publishes_are_counted_by_reason_and_the_delivery_is_timed_from_its_save(
    store: Store,
) -> None:
    presses = Presses()
    replica = Replica(store, presses, "one")
    presses.of[Lane.ORDINARY].fails = [PublishFailed("unroutable"), ConnectionLost("gone")]
    await replica.take(body(registered("a")))
    counted = replica.lines("hotline_publish_failures_total{")
    assert sorted(
        f'hotline_publish_failures_total{{lane="ordinary",reason="{reason}",service="dispatcher"}} 1.0'
        for reason in ("refused", "connection")
    ) == sorted(counted)
    # The first pause after a failure is 50 ms, so what failed cannot have been delivered sooner.
    sums = replica.lines("hotline_delivery_seconds_sum{")
    assert sums
    assert max(float(line.rsplit(" ", 1)[1]) for line in sums) >= 0.05
    await replica.documents.stop()
