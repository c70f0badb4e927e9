import re

from contracts.events import REGISTRY
from contracts.topology import (
    NEVER,
    POLICIES,
    READS,
    TIERS,
    facts_queue,
    line_queue,
    parking_queue,
    topology,
    unit_queue,
)
from contracts.words import Lane, Service

EVERYTHING = topology(("water-group",), ("119",))


def test_every_queue_is_a_quorum_queue_that_refuses_rather_than_drops() -> None:
    arguments = [queue.arguments() for queue in EVERYTHING.queues]
    assert {(a["x-queue-type"], a["x-overflow"]) for a in arguments} == {("quorum", "reject-publish")}


def test_every_work_queue_dead_letters_into_its_services_parking() -> None:
    queues = {queue.name: queue for queue in EVERYTHING.queues}
    for service in Service:
        for lane in Lane:
            work = queues[facts_queue(service, lane)]
            assert (work.dead_letter_exchange, work.dead_letter_key) == ("parking", service)
    assert queues[unit_queue("water-group")].dead_letter_key == Service.DISPATCHER
    assert queues[line_queue("119")].dead_letter_key == Service.CLASSIFIER


def test_a_retry_tier_returns_to_the_queue_named_by_the_routing_key_alone() -> None:
    queues = {queue.name: queue for queue in EVERYTHING.queues}
    for tiers in TIERS.values():
        for tier in tiers:
            arguments = queues[tier.exchange].arguments()
            assert (arguments["x-dead-letter-exchange"], arguments["x-message-ttl"]) == ("", tier.delay_ms)
            assert "x-dead-letter-routing-key" not in arguments


def test_parking_queues_have_no_delivery_limit_that_could_drop_what_people_must_see() -> None:
    queues = {queue.name: queue for queue in EVERYTHING.queues}
    assert {queues[parking_queue(service)].arguments()["x-delivery-limit"] for service in Service} == {NEVER}


def test_every_queue_names_its_delivery_limit_so_that_it_means_the_same_on_rabbitmq_3_and_4() -> None:
    assert [] == [queue.name for queue in EVERYTHING.queues if "x-delivery-limit" not in queue.arguments()]


def test_no_service_reads_its_own_facts_but_the_journal() -> None:
    for service, patterns in READS.items():
        if service is Service.REPORTING:
            continue
        own = {name for name, cls in REGISTRY.items() if cls.SOURCE is service}
        families = {pattern.removesuffix("*") for pattern in patterns}
        read = {name for name in own if any(name == f or (f.endswith(".") and name.startswith(f)) for f in families)}
        assert read - {"appeal.closed"} == set()


def test_every_fact_has_a_reader_and_every_pattern_an_event() -> None:
    assert READS[Service.REPORTING] == ("#",)
    for patterns in READS.values():
        for pattern in patterns:
            family = pattern.removesuffix("*").removesuffix("#")
            assert any(name.startswith(family) for name in REGISTRY)


def test_every_queue_falls_under_the_policy_of_leaders() -> None:
    everything = topology(("water-group",))
    assert [] == [queue.name for queue in everything.queues if not re.search(POLICIES[0].pattern, queue.name)]
