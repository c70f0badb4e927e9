"""Trace context over both buses: the header rides, retries keep it, and a publish is the parent of its delivery."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from chassis import spans, tracing
from chassis.amqp.amqp_bus import AmqpBus
from chassis.bus import Bus, Consumer, Delivery, Outgoing, Passing
from chassis.local_bus import LocalBus
from chassis.traced_bus import TracedBus, continued
from contracts.topology import FACTS, LINE_COMMANDS, UNIT_COMMANDS, facts_queue, topology
from contracts.words import Lane, Service

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@pytest.fixture
def exported() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    spans.install(SimpleSpanProcessor(exporter))
    yield exporter
    spans.install(None)


@pytest.fixture(params=["local", "rabbitmq"])
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    made: Bus
    if request.param == "local":
        made = LocalBus(partial=True)
    else:
        made = AmqpBus(request.getfixturevalue("vhost_url"), Service.REVISIT, declared=topology((), ()))
    yield made
    await made.stop()


async def test_a_publish_is_the_parent_of_its_delivery_and_a_retry_stays_in_the_trace(
    bus: Bus, exported: InMemorySpanExporter
) -> None:
    heard: list[tuple[Delivery, Any]] = []
    done = asyncio.Event()

    async def take(delivery: Delivery) -> None:
        heard.append((delivery, tracing.current()))
        if len(heard) == 1:
            raise Passing("away")
        done.set()

    traced = TracedBus(bus, Service.REVISIT)
    queue = facts_queue(Service.REVISIT, Lane.ORDINARY)
    traced.mount(Consumer(service=Service.REVISIT, queue=queue, lane=Lane.ORDINARY, handler=take))
    await traced.start()
    publisher = traced.publisher(Lane.ORDINARY)
    body = f'{{"traceparent":"{PARENT}"}}'.encode()
    message = Outgoing(id="m1", exchange=FACTS, routing_key="appeal.withdrawn", body=body, stream="s")
    await publisher.publish(message)
    await asyncio.wait_for(done.wait(), 20)
    await asyncio.sleep(0.05)
    await publisher.close()

    made = exported.get_finished_spans()
    publish = next(one for one in made if one.name == f"publish {FACTS}")
    deliveries = [one for one in made if one.name == f"process {queue}"]
    assert {int(TRACE, 16)} == {one.context.trace_id for one in made}
    assert publish.parent is not None
    assert f"{publish.parent.span_id:016x}" == PARENT.split("-")[2]
    assert [publish.context.span_id] * 2 == [one.parent.span_id for one in deliveries if one.parent is not None]
    assert ["Passing", None] == [one.status.description for one in deliveries]
    assert [1, 2] == [(one.attributes or {})["hotline.attempt"] for one in deliveries]
    assert [TRACE, TRACE] == [trace.trace_id for _, trace in heard]
    assert {delivery.headers["traceparent"] for delivery, _ in heard} == {
        f"00-{TRACE}-{publish.context.span_id:016x}-01"
    }


@pytest.mark.parametrize("queue", [UNIT_COMMANDS, LINE_COMMANDS])
async def test_with_spans_off_a_command_still_continues_its_senders_trace(queue: str) -> None:
    seen: list[Any] = []

    async def take(delivery: Delivery) -> None:
        seen.append(tracing.current())

    consumer = continued(Consumer(service=Service.DISPATCHER, queue=queue, lane=Lane.ORDINARY, handler=take))
    await consumer.handler(Delivery(queue=queue, body=b"{}", headers={"traceparent": PARENT}))
    await consumer.handler(Delivery(queue=queue, body=f'{{"a": 1, "traceparent": "{PARENT}"}}'.encode()))
    await consumer.handler(Delivery(queue=queue, body=b"{}"))
    assert [TRACE, TRACE] == [one.trace_id for one in seen[:2]]
    assert seen[2].trace_id != TRACE


def test_with_spans_off_facts_are_handled_by_the_very_same_handler() -> None:
    async def take(delivery: Delivery) -> None:
        return None

    consumer = Consumer(service=Service.REVISIT, queue="revisit.facts", lane=Lane.ORDINARY, handler=take)
    assert continued(consumer).handler is take


def test_what_somebody_wrote_is_not_taken_for_a_trace() -> None:
    written = '{"text": "\\"traceparent\\":\\"' + PARENT + '\\""}'
    assert tracing.parent_of({}, written.encode()) is None
    assert tracing.trace_id_of({}, f'{{"traceparent":"{PARENT}"}}'.encode()) == TRACE
    assert tracing.trace_id_of({"traceparent": "00-zz"}, b"") == ""
