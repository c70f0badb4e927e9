"""What bench_scaling prints is what it says: copies are about other appeals, and the limit is what was used up."""

import json

import pytest
from benchmarks.bench_scaling import Figure, table
from benchmarks.recorded_facts import Fact, crowd, read_by

from contracts.words import Lane, Service

BODY = {
    "id": "e-1",
    "subject": "s-1",
    "type": "appeal.registered",
    "data": {"number": "4104002611290000011", "place": "s-1"},
}
REGISTERED = Fact(Lane.ORDINARY, "appeal.registered", json.dumps(BODY).encode(), {"message_id": "e-1", "headers": {}})
WARNED = Fact(
    Lane.ORDINARY, "deadline.warned", json.dumps({**BODY, "data": {"number": 1}}).encode(), {"message_id": "w"}
)


def test_a_copy_is_about_another_appeal_and_the_first_is_as_it_was() -> None:
    first, *copies = crowd([REGISTERED], enough=4, most=9)
    assert REGISTERED == first
    bodies = [json.loads(copy.body) for copy in copies]
    assert 3 == len({body["subject"] for body in bodies} - {"s-1"})
    assert [body["id"] for body in bodies] == [copy.properties["message_id"] for copy in copies]
    assert ["5104002611290000011", "5204002611290000011", "5304002611290000011"] == [
        b["data"]["number"] for b in bodies
    ]
    assert all(body["data"]["place"] == body["subject"] for body in bodies)


def test_what_counts_by_integers_is_copied_too_and_no_more_often_than_said() -> None:
    assert 2 == len(crowd([WARNED], enough=100, most=2))


def test_a_service_gets_what_its_queues_are_bound_to() -> None:
    assert [REGISTERED] == read_by(Service.CLASSIFIER, [REGISTERED, WARNED])
    assert [REGISTERED, WARNED] == read_by(Service.REPORTING, [REGISTERED, WARNED])


def _figure(**changed: float | list[float]) -> Figure:
    usual = {
        "service": "intake",
        "replicas": 2,
        "messages": 100,
        "per_second": 50.0,
        "cpu_ms_each": 4.0,
        "busy_each": [0.2, 0.3],
        "shares": [0.4, 0.6],
        "database_busy": 0.2,
        "broker_busy": 0.1,
        "machine_busy": 0.4,
        "others_busy": 0.1,
        "stale_per_100": 1.0,
        "tried_again": 0,
    }
    return Figure(**{**usual, **changed})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "limit"),
    [
        ({}, "waiting: synced commits, confirms"),
        ({"busy_each": [0.2, 0.95]}, "one processor a replica"),
        ({"machine_busy": 0.97}, "all processors of this machine"),
        ({"others_busy": 0.5}, "other work on this machine (50%)"),
        ({"database_busy": 0.9}, "the database's processor"),
    ],
)
def test_the_limit_is_what_was_used_up(changed: dict[str, float | list[float]], limit: str) -> None:
    assert limit == _figure(**changed).limit


def test_the_table_has_a_cell_for_every_heading_and_names_what_failed() -> None:
    *lines, failed = table([_figure()], ["intake in 4: TimeoutError"]).splitlines()
    assert 1 == len({line.count("|") for line in lines})
    assert "intake in 4: TimeoutError" == failed
