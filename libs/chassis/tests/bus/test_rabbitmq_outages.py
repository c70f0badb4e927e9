"""The broker goes away, freezes, or drops us: nothing confirmed is lost, and everything comes back by itself."""

import asyncio

import pytest
from bus_rig import Rig, Row, Seen, eventually
from yarl import URL

from chassis.amqp import AmqpBus
from chassis.bus import ConnectionLost, Consumer, Delivery
from chassis.testing.ports import free_port
from chassis.testing.rabbitmq_node import RabbitNode
from contracts.words import Lane, Service


def _vhost(url: str) -> str:
    return URL(url).path.strip("/")


async def _connections(node: RabbitNode, vhost: str, word: str) -> list[str]:
    rows = (await asyncio.to_thread(node.api, "GET", f"/vhosts/{vhost}/connections")).json()
    return [row["name"] for row in rows if word in row.get("user_provided_name", "")]


async def test_a_message_whose_consumer_lost_its_connection_is_delivered_again(
    rabbitmq: Rig, private_rabbitmq: RabbitNode
) -> None:
    begun: list[Delivery] = []
    ended: list[Delivery] = []

    async def handle(delivery: Delivery) -> None:
        begun.append(delivery)
        if len(begun) == 1:
            await asyncio.sleep(60)
        ended.append(delivery)

    await rabbitmq.start(work=Row(handle))
    await rabbitmq.publish("a", b"once")
    await eventually(lambda: len(begun) == 1)
    vhost = _vhost(rabbitmq.url)
    async with asyncio.timeout(20):
        while not (names := await _connections(private_rabbitmq, vhost, "consumes ordinary")):
            await asyncio.sleep(0.2)
    for name in names:
        await asyncio.to_thread(private_rabbitmq.api, "DELETE", f"/connections/{name}")
    await eventually(lambda: len(ended) == 1)
    assert ([b"once", b"once"], 1) == ([one.body for one in begun], ended[0].attempt)


async def test_confirmed_messages_and_consumers_survive_a_broker_restart(
    rabbitmq: Rig, private_rabbitmq: RabbitNode
) -> None:
    seen = Seen()
    await rabbitmq.start(work=Row(seen))
    await rabbitmq.buses[0].pause()
    for number in range(20):
        await rabbitmq.publish("a", str(number).encode(), id=f"before-{number}")
    await rabbitmq.buses[0].resume()
    await eventually(lambda: len(set(seen.bodies)) == 20)
    await asyncio.to_thread(private_rabbitmq.stop)
    await eventually(lambda: not rabbitmq.buses[0].attached())
    with pytest.raises(ConnectionLost):
        await rabbitmq.publish("a", b"while away", lane=Lane.ORDINARY)
    await asyncio.to_thread(private_rabbitmq.start)
    await eventually(rabbitmq.buses[0].attached, seconds=30)
    async with asyncio.timeout(30):
        while b"after" not in seen.bodies:
            try:
                await rabbitmq.publish("a", b"after")
            except ConnectionLost:
                continue
            await asyncio.sleep(0.2)
    assert {str(number).encode() for number in range(20)} | {b"after"} == set(seen.bodies)


async def test_a_frozen_broker_is_reported_for_an_emergency_while_the_ordinary_lane_waits_and_nothing_is_lost(
    rabbitmq: Rig, private_rabbitmq: RabbitNode
) -> None:
    seen = Seen()
    await rabbitmq.start(urgent=Row(seen, lane=Lane.EMERGENCY))
    await rabbitmq.publish("a", b"before", lane=Lane.EMERGENCY)
    private_rabbitmq.freeze()
    try:
        patient = asyncio.ensure_future(rabbitmq.publish("a", b"frozen", lane=Lane.ORDINARY))
        with pytest.raises(ConnectionLost):
            await rabbitmq.publish("a", b"frozen", id="same", lane=Lane.EMERGENCY)
        ordinary_waits = not patient.done()
    finally:
        private_rabbitmq.thaw()
    await asyncio.gather(patient, return_exceptions=True)
    assert ordinary_waits
    async with asyncio.timeout(20):
        while True:
            try:
                await rabbitmq.publish("a", b"frozen", id="same", lane=Lane.EMERGENCY)
                break
            except ConnectionLost:
                continue
    await eventually(lambda: {b"before", b"frozen"} == set(seen.bodies))


async def test_a_start_waits_for_a_broker_that_is_away(rabbitmq: Rig, private_rabbitmq: RabbitNode) -> None:
    seen = Seen()
    await asyncio.to_thread(private_rabbitmq.stop)
    starting = asyncio.create_task(rabbitmq.start(work=Row(seen)))
    await asyncio.sleep(1.5)
    assert starting.done() is False
    await asyncio.to_thread(private_rabbitmq.start)
    await asyncio.wait_for(starting, 30)
    await rabbitmq.publish("a", b"hello")
    await eventually(lambda: seen.bodies == [b"hello"])


async def test_a_bus_that_still_waits_for_its_broker_can_be_paused_and_stopped() -> None:
    bus = AmqpBus(f"amqp://guest:guest@127.0.0.1:{free_port()}/", Service.INTAKE)
    bus.mount(Consumer(service=Service.INTAKE, queue="work", lane=Lane.ORDINARY, handler=Seen()))
    starting = asyncio.create_task(bus.start())
    await asyncio.sleep(0.1)
    await asyncio.wait_for(bus.pause(), 5)
    await asyncio.wait_for(starting, 5)
    resuming = asyncio.create_task(bus.resume())
    await asyncio.sleep(0.1)
    await asyncio.wait_for(bus.stop(), 5)
    await asyncio.wait_for(resuming, 5)
    assert bus.attached() is False
