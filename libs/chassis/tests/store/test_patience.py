"""What may wait a moment is saved together with what comes meanwhile about the same subject (ADR 0014)."""

import asyncio

from notes import NOW, Presses, Rules, body, registered, supplemented

from chassis.activity import Activity
from chassis.bus import Delivery
from chassis.clock import VirtualClock
from chassis.document import Change, Command, Document
from chassis.documents import Documents, at_once, in_no_hurry
from chassis.group_commit import HASTE
from chassis.metrics import Metrics
from chassis.mongo import Store
from chassis.presence import Presence
from contracts.words import Lane, Service


class Following:
    """A service that only follows; ``patience`` in seconds that a test can tell apart."""

    def __init__(self, store: Store, patience: float, patient: bool = True) -> None:
        self.store = store
        self.presses = Presses()
        self.documents = Documents(
            store,
            "orders",
            Rules(),
            bus=self.presses,  # type: ignore[arg-type] # it only publishes
            clock=VirtualClock(NOW),
            metrics=Metrics(Service.DISPATCHER),
            activity=Activity(),
            presence=Presence(store, "one"),
            patient=in_no_hurry if patient else at_once,
            patience_seconds=patience,
        )
        self.documents.start(timers=False)

    async def take(self, one: bytes) -> Document:
        return await self.documents.take(Delivery(queue="q", body=one))


async def test_facts_of_one_subject_that_come_one_after_the_other_are_one_save(store: Store) -> None:
    service = Following(store, patience=1.0)
    first = asyncio.create_task(service.take(body(registered("a"))))
    await asyncio.sleep(0.05)
    second = await service.take(body(supplemented("a", 2)))
    assert (1, await first) == (second.version, second)
    await service.documents.stop()


async def test_without_patience_each_is_a_save_of_its_own(store: Store) -> None:
    service = Following(store, patience=1.0, patient=False)
    await service.take(body(registered("a")))
    assert 2 == (await service.take(body(supplemented("a", 2)))).version
    await service.documents.stop()


async def test_a_command_does_not_wait_for_the_patient_and_takes_those_of_its_subject_along(store: Store) -> None:
    service = Following(store, patience=3600.0)
    waiting = [asyncio.create_task(service.take(body(registered(subject)))) for subject in ("a", "b")]
    await asyncio.sleep(0.01)
    command = Command.of("duty", "1", {})
    document = await service.documents.change("a", lambda known: Change(private={"seen": [*known.ids]}), command)
    assert (1, True) == (document.version, "a-1" in document.private["seen"])
    assert (1, False) == ((await waiting[0]).version, waiting[1].done())
    waiting[1].cancel()
    await service.documents.stop()


async def test_many_who_wait_end_everybodys_patience(store: Store) -> None:
    service = Following(store, patience=3600.0)
    async with asyncio.timeout(30):
        await asyncio.gather(*(service.take(body(registered(f"s{at}"))) for at in range(HASTE)))
    await service.documents.stop()


async def test_the_emergency_lane_has_no_patience(store: Store) -> None:
    service = Following(store, patience=3600.0)
    async with asyncio.timeout(30):
        await service.documents.take(Delivery(queue="q", body=body(registered("a")), lane=Lane.EMERGENCY))
    await service.documents.stop()
