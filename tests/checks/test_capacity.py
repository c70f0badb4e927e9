"""The capacity table is arithmetic that can be followed by hand, and drifts from its figures unseen by nobody."""

import tomllib

import pytest
from checks.capacity import BEGIN, DOCUMENT, END, FIGURES, need, written

from contracts.words import Service

FIGURE = {
    "measured": "2026-01-01",
    "machine": "2 processors",
    "appeals": 10,
    "lives_a_second": 1.0,
    "round_trips": 36.0,
    "writes": 72.0,
    "publishes": 18.0,
    "message_bytes": 1_000,
    "processor_ms": {**dict.fromkeys(Service, 9.0), "database": 90.0, "broker": 18.0},
    "resident_mb": dict.fromkeys(Service, 100),
    "deliveries": dict.fromkeys(Service, 2.0),
    "stored_bytes": dict.fromkeys(Service, 500),
}


def test_a_thousand_appeals_an_hour_need_what_a_pencil_says() -> None:
    found = need(FIGURE, 1_000)
    # 1 000 x 9 ms = 9 s of 3 600, twice that at half a processor.
    assert 0.005 == pytest.approx(found.cores[Service.INTAKE])
    assert 0.05 == pytest.approx(found.cores["database"])
    assert (10.0, 20.0, 5.0) == (found.round_trips, found.writes, found.publishes)
    assert {2} == set(found.replicas.values())
    assert 1_200 == found.memory_mb
    # 1 000 x 0.4 x 8 760 h x 6 x 500 B
    assert 10_512_000_000 == pytest.approx(found.disk_a_year)
    assert (2_000, 2_000_000) == found.waiting["reporting"]


def test_a_service_gets_a_replica_for_each_core_and_one_alone_where_the_load_is_small() -> None:
    assert 1 == need(FIGURE, 100).replicas[Service.INTAKE]
    assert 5 == need(FIGURE, 1_000_000).replicas[Service.INTAKE]


def test_a_document_that_says_something_else_is_noticed() -> None:
    right = written(f"before\n{BEGIN}\nold\n{END}\nafter\n", FIGURE)
    assert right != written(right, {**FIGURE, "writes": 73.0})
    assert right == written(right, FIGURE)
    with pytest.raises(ValueError, match="no place for the table"):
        written("nothing", FIGURE)


def test_the_document_of_this_repository_has_the_table_of_its_figures() -> None:
    now = DOCUMENT.read_text(encoding="utf-8")
    assert now == written(now, tomllib.loads(FIGURES.read_text(encoding="utf-8")))
