import asyncio

import pytest
from bus_rig import Rig, Row, Seen, eventually, topology

from chassis.bus import ConnectionLost, Consumer, Delivery, Outgoing, Passing, Permanent
from chassis.local_bus import LocalBus, MissingConsumer
from contracts.topology import parking_queue
from contracts.words import Lane, Service


def _message(id: str = "one", body: bytes = b"{}", key: str = "a") -> Outgoing:
    return Outgoing(id=id, exchange="facts", routing_key=key, body=body, stream="s")


def _mounted(row: Row, **settings: object) -> LocalBus:
    bus = LocalBus(topology({"work": row}), **settings)  # type: ignore[arg-type]
    bus.mount(Consumer(service=row.service, queue="work", lane=row.lane, handler=row.handler))
    bus.mount(Consumer(service=row.service, queue=parking_queue(row.service), lane=row.lane, handler=Seen()))
    return bus


async def test_a_publish_is_confirmed_only_after_the_handler_has_saved() -> None:
    saved: list[str] = []
    gate = asyncio.Event()

    async def save(delivery: Delivery) -> None:
        await gate.wait()
        saved.append("saved")

    bus = _mounted(Row(save))
    await bus.start()
    publishing = asyncio.create_task(bus.publish(_message()))
    await asyncio.sleep(0.02)
    assert (False, [], True) == (publishing.done(), saved, bus.busy() > 0)
    gate.set()
    await publishing
    assert (["saved"], 0) == (saved, bus.busy())


async def test_an_id_that_is_still_with_its_handler_is_joined_and_not_delivered_again() -> None:
    seen, gate = Seen(), asyncio.Event()

    async def handle(delivery: Delivery) -> None:
        await seen(delivery)
        await gate.wait()

    bus = _mounted(Row(handle))
    await bus.start()
    both = asyncio.gather(bus.publish(_message()), bus.publish(_message()))
    await asyncio.sleep(0.02)
    gate.set()
    await both
    await bus.publish(_message())
    assert 1 == len(seen.deliveries)


async def test_another_body_under_a_used_id_is_not_taken_for_the_first() -> None:
    seen = Seen()
    bus = _mounted(Row(seen))
    await bus.start()
    await bus.publish(_message(body=b"first"))
    await bus.publish(_message(body=b"second"))
    assert [b"first", b"second"] == seen.bodies


async def test_what_was_parked_may_be_replayed_to_its_queue_under_the_same_id() -> None:
    seen = Seen([Permanent("no such unit")])
    bus = _mounted(Row(seen))
    await bus.start()
    await bus.publish(_message())
    await bus.publish(Outgoing(id="one", exchange="", routing_key="work", body=b"{}", stream="replay"))
    assert 2 == len(seen.deliveries)


async def test_the_memory_of_handled_ids_is_bounded() -> None:
    seen = Seen()
    bus = _mounted(Row(seen), remember=2)
    await bus.start()
    for id in ("one", "two", "three", "three", "one"):
        await bus.publish(_message(id))
    assert ["one", "two", "three", "one"] == [delivery.message_id for delivery in seen.deliveries]


async def test_a_publisher_that_gives_up_leaves_the_delivery_running_for_the_next_to_join() -> None:
    seen, gate = Seen(), asyncio.Event()

    async def handle(delivery: Delivery) -> None:
        await seen(delivery)
        await gate.wait()

    bus = _mounted(Row(handle))
    await bus.start()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(bus.publish(_message()), 0.02)
    assert 1 == bus.busy()
    gate.set()
    await bus.publish(_message())
    assert (1, 0) == (len(seen.deliveries), bus.busy())


async def test_retries_wait_by_the_sleep_port_and_keep_the_bus_busy() -> None:
    slept: list[float] = []
    busy: list[int] = []
    seen = Seen([Passing("store away")] * 4)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        busy.append(bus.busy())

    bus = _mounted(Row(seen), sleep=sleep)
    await bus.start()
    await bus.publish(_message())
    assert ([1.0, 10.0, 60.0, 60.0], True) == (slept, all(busy))


async def test_stopping_drops_what_waits_for_a_retry_unconfirmed() -> None:
    bus = _mounted(Row(Seen([Passing("store away")])))
    await bus.start()
    publishing = asyncio.create_task(bus.publish(_message()))
    await asyncio.sleep(0.02)
    await bus.stop()
    with pytest.raises(ConnectionLost):
        await publishing
    with pytest.raises(ConnectionLost):
        await bus.publish(_message("later"))


async def test_a_declared_queue_that_nobody_consumes_stops_the_start() -> None:
    bus = LocalBus(topology({"work": Row(Seen())}))
    with pytest.raises(MissingConsumer, match=r"intake\.parking, work"):
        await bus.start()


async def test_a_unit_that_joins_later_gets_its_own_queue(local: Rig) -> None:
    seen, late = Seen(), Seen()
    await local.start(work=Row(seen, ("known",)))
    bus = local.buses[0]
    assert isinstance(bus, LocalBus)
    bus.mount(Consumer(service=Service.DISPATCHER, queue="late", lane=Lane.ORDINARY, handler=late))
    bus.mount(Consumer(service=Service.DISPATCHER, queue="dispatcher.parking", lane=Lane.ORDINARY, handler=Seen()))
    await bus.declare(topology({"late": Row(late, ("late",), Service.DISPATCHER)}))
    await local.publish("late", b"order")
    await eventually(lambda: late.bodies == [b"order"])
    assert [] == seen.bodies
