"""Facts that travel as one message arrive as if each had come alone (ADR 0013)."""

import json
from datetime import UTC, datetime

import pytest
from bus_rig import Rig, Row, Seen, eventually
from hypothesis import given
from hypothesis import strategies as st

from chassis.bundle import MAX_FACTS, bundles, opened
from chassis.bus import Consumer, Delivery, Outgoing, Permanent
from contracts.codec import MAX_BYTES, decode, encode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealRegistered, AppealSupplemented, AppealWithdrawn
from contracts.topology import facts_queue
from contracts.words import Channel, Lane, Service

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
QUEUE = facts_queue(Service.CLASSIFIER, Lane.ORDINARY)


def fact(sequence: int, data: Event) -> Fact[Event]:
    return Fact(id=f"a-{sequence}", source=Service.INTAKE, subject="a", sequence=sequence, time=NOW, data=data)


def supplemented(sequence: int, text: str) -> Fact[Event]:
    return fact(sequence, AppealSupplemented(text_masked=text, channel=Channel.SMS))


def registered(sequence: int) -> Fact[Event]:
    data = AppealRegistered(
        number="1", jurisdiction="410400", area="410400", channel=Channel.SMS, text_masked="路灯坏了"
    )
    return fact(sequence, data)


def outgoing(of: Fact[Event]) -> Outgoing:
    return Outgoing(id=of.id, exchange="facts", routing_key=of.type, body=encode(of), stream="facts")


async def nothing(delivery: Delivery) -> None:
    return None


def consumer(service: Service) -> Consumer:
    queue = facts_queue(service, Lane.ORDINARY)
    return Consumer(service=service, queue=queue, lane=Lane.ORDINARY, handler=nothing)


def arrived(message: Outgoing, service: Service = Service.CLASSIFIER) -> list[Delivery]:
    queue = facts_queue(service, Lane.ORDINARY)
    return opened(Delivery(queue=queue, body=message.body, message_id=message.id), consumer(service))


@given(st.lists(st.text(max_size=300), min_size=1, max_size=80))
def test_what_was_put_together_comes_apart_byte_for_byte_and_in_order(texts: list[str]) -> None:
    facts = [outgoing(supplemented(at, text)) for at, text in enumerate(texts, start=1)]
    made = bundles(facts)
    assert [len(arrived(message)) for _, message in made] == [count for count, _ in made]
    parts = [part for _, message in made for part in arrived(message)]
    assert [(one.id, one.body) for one in facts] == [(part.message_id, part.body) for part in parts]


@given(st.lists(st.integers(1, MAX_BYTES), min_size=1, max_size=80))
def test_no_message_grows_beyond_what_a_fact_alone_may_have(sizes: list[int]) -> None:
    facts = [
        Outgoing(id=str(at), exchange="facts", routing_key="a", body=b"{" + b"x" * (size - 2) + b"}", stream="facts")
        for at, size in enumerate(sizes)
    ]
    made = bundles(facts)
    assert sum(count for count, _ in made) == len(facts)
    assert all(count <= MAX_FACTS and len(message.body) <= MAX_BYTES + 3 * MAX_FACTS for count, message in made)


def test_a_fact_alone_is_the_message_it_always_was() -> None:
    alone = outgoing(registered(1))
    assert [(1, alone)] == bundles([alone])


def test_a_bundle_is_a_json_batch_and_goes_to_whoever_reads_any_of_its_types() -> None:
    facts = [outgoing(registered(1)), outgoing(supplemented(2, "还没修")), outgoing(supplemented(3, "又坏了"))]
    [(count, message)] = bundles(facts)
    assert (3, "appeal.registered", ("appeal.supplemented",)) == (count, message.routing_key, message.also)
    assert [json.loads(one.body) for one in facts] == json.loads(message.body)


def test_the_same_facts_have_the_same_message_id_and_other_facts_another() -> None:
    first, second, third = (outgoing(supplemented(at, "")) for at in (1, 2, 3))
    ids = [bundles(run)[0][1].id for run in ([first, second], [first, second], [first, second, third], [first])]
    assert (ids[0], True) == (ids[1], len({*ids}) == 3)


def test_a_service_sees_only_the_facts_that_it_reads() -> None:
    [(_, message)] = bundles(
        [outgoing(registered(1)), outgoing(supplemented(2, "")), outgoing(fact(3, AppealWithdrawn()))]
    )
    assert ["a-1", "a-2", "a-3"] == [part.message_id for part in arrived(message)]
    assert [] == arrived(message, Service.INTAKE)


def test_a_list_in_another_queue_is_left_as_it_is() -> None:
    delivery = Delivery(queue="dispatcher.commands", body=b'[{"a":1},\n{"b":2}]')
    assert [delivery] == opened(delivery, consumer(Service.DISPATCHER))


@pytest.mark.parametrize("body", [b"", b"[]", b"[{", b"{}", b"[1,\n2]", b"\xff"])
def test_what_is_no_bundle_comes_to_the_handler_whole(body: bytes) -> None:
    delivery = Delivery(queue=QUEUE, body=body)
    assert [delivery] == opened(delivery, consumer(Service.CLASSIFIER))


async def test_a_queue_that_several_of_the_types_reach_gets_the_bundle_once(rabbitmq: Rig) -> None:
    seen, other = Seen(), Seen()
    rows = {QUEUE: Row(seen, keys=("appeal.*",), service=Service.CLASSIFIER), "other": Row(other, keys=("other",))}
    await rabbitmq.start(**rows)
    [(_, message)] = bundles([outgoing(registered(1)), outgoing(supplemented(2, "还没修"))])
    await rabbitmq.publishers[Lane.ORDINARY].publish(message)
    await rabbitmq.publish("other")
    await eventually(lambda: len(other.deliveries) == 1 and len(seen.deliveries) >= 2)
    assert ["a-1", "a-2"] == [decode(body).id for body in seen.bodies]


async def test_a_bundle_reaches_a_queue_that_only_its_second_type_is_bound_to(rabbitmq: Rig) -> None:
    seen = Seen()
    await rabbitmq.start(**{QUEUE: Row(seen, keys=("appeal.supplemented",), service=Service.CLASSIFIER)})
    [(_, message)] = bundles([outgoing(registered(1)), outgoing(supplemented(2, "还没修"))])
    await rabbitmq.publishers[Lane.ORDINARY].publish(message)
    await eventually(lambda: len(seen.deliveries) == 2)


async def test_one_bad_fact_is_parked_alone_and_its_neighbours_are_handled(rabbitmq: Rig) -> None:
    handled: list[str] = []

    async def handle(delivery: Delivery) -> None:
        one = decode(delivery.body)
        if one.sequence == 2:
            raise Permanent("another fact of this source has this sequence")
        handled.append(one.id)

    await rabbitmq.start(**{QUEUE: Row(handle, service=Service.CLASSIFIER)})
    facts = [outgoing(supplemented(at, str(at))) for at in (1, 2, 3)]
    [(_, message)] = bundles(facts)
    await rabbitmq.publishers[Lane.ORDINARY].publish(message)
    await eventually(lambda: len(rabbitmq.parked) == 1 and len(handled) == 2)
    assert (["a-1", "a-3"], facts[1].body, "a-2") == (handled, rabbitmq.parked[0].body, rabbitmq.parked[0].message_id)


async def test_what_fails_for_a_passing_reason_comes_again_alone(rabbitmq: Rig) -> None:
    tries: list[str] = []

    async def handle(delivery: Delivery) -> None:
        one = decode(delivery.body)
        tries.append(one.id)
        if tries.count("a-1") == 1 and one.id == "a-1":
            raise TimeoutError

    await rabbitmq.start(**{QUEUE: Row(handle, service=Service.CLASSIFIER)})
    [(_, message)] = bundles([outgoing(supplemented(at, str(at))) for at in (1, 2)])
    await rabbitmq.publishers[Lane.ORDINARY].publish(message)
    await eventually(lambda: tries.count("a-1") == 2)
    assert 1 == tries.count("a-2")


async def test_a_text_inside_a_bundle_that_is_no_fact_is_parked_with_its_reason(rabbitmq: Rig) -> None:
    seen = Seen()

    async def handle(delivery: Delivery) -> None:
        decode(delivery.body)
        await seen(delivery)

    await rabbitmq.start(**{QUEUE: Row(handle, service=Service.CLASSIFIER)})
    body = b'[{"type":"unheard.of"},\n' + encode(registered(1)) + b"]"
    await rabbitmq.publish("appeal.registered", body)
    await eventually(lambda: len(rabbitmq.parked) == 1 and len(seen.deliveries) == 1)
    assert b'{"type":"unheard.of"}' == rabbitmq.parked[0].body
