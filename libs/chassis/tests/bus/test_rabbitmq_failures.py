"""What only a real broker can do: refuse, vouch for users, deliver again, differ from the topology."""

import asyncio

import aio_pika
import pytest
from bus_rig import Rig, Row, Seen, eventually, topology
from yarl import URL

from chassis.amqp import AmqpBus, AmqpPublisher, TopologyMismatch, apply, missing
from chassis.bus import ConnectionLost, Consumer, Delivery, Outgoing, Passing, Permanent, PublishFailed
from chassis.testing.rabbitmq_node import RabbitNode
from contracts.topology import Queue, Topology
from contracts.topology import topology as whole_topology
from contracts.words import Lane, Service


def _vhost(url: str) -> str:
    return URL(url).path.strip("/")


def _as(url: str, user: str) -> str:
    return str(URL(url).with_user(user).with_password("secret"))


async def test_one_refused_message_among_many_is_found_and_the_others_get_through(
    rabbitmq: Rig, private_rabbitmq: RabbitNode
) -> None:
    seen = Seen()
    await rabbitmq.start(work=Row(seen))
    vhost = _vhost(rabbitmq.url)
    user = f"unit-{vhost}"
    private_rabbitmq.add_user(user, "secret", vhost, configure="^$", write="^facts$", read=".*")
    allowed = {"exchange": "facts", "write": r"^unit\.a$", "read": "^$"}
    private_rabbitmq.api("PUT", f"/topic-permissions/{vhost}/{user}", allowed)
    publisher = AmqpPublisher(_as(rabbitmq.url, user), Lane.ORDINARY, "unit publishes")

    async def until_decided(message: Outgoing) -> str:
        for _ in range(20):
            try:
                await publisher.publish(message)
            except ConnectionLost:
                continue
            except PublishFailed:
                return "refused"
            return "confirmed"
        return "undecided"

    keys = ["unit.a"] * 10 + ["unit.b"] + ["unit.a"] * 10
    messages = [
        Outgoing(id=f"m{number}", exchange="facts", routing_key=key, body=b"{}", stream=key)
        for number, key in enumerate(keys)
    ]
    results = await asyncio.gather(*(until_decided(message) for message in messages))
    await publisher.close()
    assert ["confirmed"] * 10 + ["refused"] + ["confirmed"] * 10 == results
    await eventually(lambda: len({one.message_id for one in seen.deliveries}) == 20)
    assert {user} == {one.user for one in seen.deliveries}


async def test_the_same_id_twice_at_once_gives_each_publish_its_own_answer(rabbitmq: Rig) -> None:
    seen = Seen()
    await rabbitmq.start(work=Row(seen, ("known",)))
    results = await asyncio.gather(
        rabbitmq.publish("known", id="same"), rabbitmq.publish("unknown", id="same"), return_exceptions=True
    )
    assert [type(None), PublishFailed] == [type(result) for result in results]
    await eventually(lambda: len(seen.deliveries) == 1)


async def _raw(url: str, key: str, body: bytes, **properties: object) -> None:
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel()
        exchange = await channel.get_exchange("facts")
        await exchange.publish(aio_pika.Message(body, **properties), key)  # type: ignore[arg-type]


async def test_the_validated_user_outlives_a_retry_and_a_claimed_one_is_not_believed(
    rabbitmq: Rig, private_rabbitmq: RabbitNode
) -> None:
    seen = Seen([Passing("store away"), Permanent("no such order")])
    await rabbitmq.start(work=Row(seen))
    vhost = _vhost(rabbitmq.url)
    user = f"water-{vhost}"
    private_rabbitmq.add_user(user, "secret", vhost, configure="^$", write="^facts$", read="^facts$")
    claims = {"verified_user": "fire-bureau", "attempt": 4, "failures": 4, "origin_queue": "elsewhere", "note": "kept"}
    await _raw(_as(rabbitmq.url, user), "a", b"command", user_id=user, headers=claims, message_id="cmd")
    await eventually(lambda: len(rabbitmq.parked) == 1)
    assert [(user, 1), (user, 2)] == [(one.user, one.attempt) for one in seen.deliveries]
    parked = rabbitmq.parked[0]
    assert (user, "work", 2, "kept") == (
        parked.user,
        parked.headers["origin_queue"],
        parked.headers["attempts"],
        parked.headers["note"],
    )


async def test_a_command_that_names_no_user_has_none(rabbitmq: Rig) -> None:
    seen = Seen()
    await rabbitmq.start(work=Row(seen))
    await _raw(rabbitmq.url, "a", b"command", headers={"verified_user": "fire-bureau"})
    await eventually(lambda: len(seen.deliveries) == 1)
    assert (None, {}) == (seen.deliveries[0].user, dict(seen.deliveries[0].headers))


async def test_a_command_that_names_no_user_has_none_after_a_retry_and_in_parking_either(rabbitmq: Rig) -> None:
    seen = Seen([Passing("store away"), Permanent("no user")])
    await rabbitmq.start(work=Row(seen))
    await _raw(rabbitmq.url, "a", b"command")
    await eventually(lambda: len(rabbitmq.parked) == 1)
    assert [None, None, None] == [one.user for one in (*seen.deliveries, *rabbitmq.parked)]


async def test_strange_headers_and_types_and_ids_still_reach_the_handler(rabbitmq: Rig) -> None:
    seen = Seen()
    await rabbitmq.start(work=Row(seen))
    strange: list[dict[str, object]] = [
        {"content_type": "application/json"},
        {"content_type": "nonsense/\x01", "content_encoding": "gzip"},
        {
            "headers": {
                "deep": {"list": [1, None, bytearray(b"\xff")]},
                "flag": True,
                "float": 1.5,
                "bytes": bytearray(b"\xff\xfe"),
            }
        },
        {"message_id": "x" * 255, "correlation_id": "y" * 255, "reply_to": "amq.rabbitmq.reply-to-nobody"},
        {"headers": {"attempt": "many", "failures": -1, "x-death": "no list"}},
        {"message_id": "", "type": "z", "app_id": "q", "priority": 255},
    ]
    for properties in strange:
        await _raw(rabbitmq.url, "a", b"\xff{not json", **properties)
    await eventually(lambda: len(seen.deliveries) == len(strange))
    assert {b"\xff{not json"} == set(seen.bodies)


async def test_what_crashed_its_consumer_too_often_says_in_parking_where_it_came_from(rabbitmq: Rig) -> None:
    seen = Seen()
    await rabbitmq.start(work=Row(seen))
    await rabbitmq.buses[0].pause()
    await rabbitmq.publish("a", b"crasher")
    connection = await aio_pika.connect(rabbitmq.url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.get_queue("work")
        for _ in range(21):
            message = await queue.get(timeout=5, fail=False)
            if message is None:
                break
            await message.nack(requeue=True)
    await rabbitmq.buses[0].resume()
    await eventually(lambda: len(rabbitmq.parked) == 1)
    assert ([], "work", "broker: delivery_limit") == (
        seen.deliveries,
        rabbitmq.parked[0].headers["origin_queue"],
        rabbitmq.parked[0].headers["reason"],
    )


async def test_a_graceful_stop_under_load_costs_no_message_a_delivery_attempt(rabbitmq: Rig) -> None:
    async def slow(delivery: Delivery) -> None:
        await asyncio.sleep(0.05)

    await rabbitmq.start(work=Row(slow, prefetch=10))
    await asyncio.gather(*(rabbitmq.publish("a") for _ in range(150)))
    await rabbitmq.stop()
    counts: list[int] = []
    connection = await aio_pika.connect(rabbitmq.url)
    async with connection:
        channel = await connection.channel()
        queue = await channel.get_queue("work")
        while (message := await queue.get(timeout=5, fail=False)) is not None:
            counts.append(int(str(message.headers.get("x-delivery-count", 0))))
            await message.ack()
    assert (True, 0) == (len(counts) > 0, sum(counts))


async def test_a_queue_with_other_arguments_is_named_with_the_remedy(vhost_url: str) -> None:
    connection = await aio_pika.connect(vhost_url)
    async with connection:
        await apply(connection, Topology((), (Queue("work", ttl_ms=1000),)))
    bus = AmqpBus(vhost_url, Service.INTAKE, declared=Topology((), (Queue("work", ttl_ms=2000),)))
    with pytest.raises(TopologyMismatch, match=r"queue work exists with other arguments.*delete_queue"):
        await bus.start()
    await bus.stop()


async def test_the_whole_topology_applies_twice_and_is_then_complete(vhost_url: str) -> None:
    whole = whole_topology(("water-group",))
    connection = await aio_pika.connect(vhost_url)
    async with connection:
        absent = await missing(connection, Topology(whole.exchanges[:1], whole.queues[:1]))
        assert [whole.exchanges[0].name, whole.queues[0].name] == absent
        await apply(connection, whole)
        await apply(connection, whole)
        assert [] == await missing(connection, whole)


async def test_a_bus_without_the_right_to_declare_starts_when_the_queues_appear(vhost_url: str) -> None:
    seen = Seen()
    rows = {"work": Row(seen)}
    bus = AmqpBus(vhost_url, Service.INTAKE)
    bus.mount(Consumer(service=Service.INTAKE, queue="work", lane=Lane.ORDINARY, handler=seen))
    starting = asyncio.create_task(bus.start())
    await asyncio.sleep(0.5)
    assert starting.done() is False
    connection = await aio_pika.connect(vhost_url)
    async with connection:
        await apply(connection, topology(rows))
    await asyncio.wait_for(starting, 20)
    await bus.publisher(Lane.ORDINARY).publish(
        Outgoing(id="1", exchange="facts", routing_key="a", body=b"{}", stream="s")
    )
    await eventually(lambda: len(seen.deliveries) == 1)
    await bus.stop()
