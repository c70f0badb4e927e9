"""Messages of one order come to the handler in order, early ones wait, and no order waits for ever."""

import itertools
from datetime import UTC, datetime

import pytest

from department_kit.link import Arrived
from department_kit.message import Message
from department_kit.turns import Turns

PATIENCE = 30.0


def arrived(seq: int | None, name: str = "") -> Arrived:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Arrived(Message(name or f"m{seq}", "urge", "s", "4104", seq, at, {}))


def drained(turns: Turns, now: float = 0.0) -> list[int | None]:
    found: list[int | None] = []
    while (one := turns.next(now, PATIENCE)) is not None:
        turns.handled(one.message.work_order_seq)
        found.append(one.message.work_order_seq)
    return found


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3, 4))))
def test_whatever_order_they_come_in_they_are_handed_out_in_theirs(order: tuple[int, ...]) -> None:
    turns, found = Turns(0), []
    for seq in order:
        turns.add(arrived(seq), 0.0)
        found += drained(turns)
    assert [1, 2, 3, 4] == found
    assert turns.empty


def test_an_early_one_waits_for_the_missing_one_and_no_longer_than_patience() -> None:
    turns = Turns(0)
    turns.add(arrived(3), 100.0)
    assert [] == drained(turns, 129.9)
    assert turns.wait(129.0, PATIENCE) == pytest.approx(1.0)
    assert [3] == drained(turns, 130.0)


def test_a_missing_one_that_comes_after_its_turn_is_handed_out_still() -> None:
    turns = Turns(0)
    turns.add(arrived(2), 0.0)
    assert [2] == drained(turns, PATIENCE)
    turns.add(arrived(1), PATIENCE)
    assert [1] == drained(turns, PATIENCE)
    assert 2 == turns.last


def test_answers_wait_for_nobody() -> None:
    turns = Turns(0)
    turns.add(arrived(2), 0.0)
    turns.add(arrived(None, "answer"), 0.0)
    assert [None] == drained(turns, 1.0)
    assert not turns.empty


def test_patience_begins_anew_when_the_missing_one_came() -> None:
    turns = Turns(0)
    turns.add(arrived(2), 0.0)
    turns.add(arrived(4), 20.0)
    turns.add(arrived(1), 25.0)
    assert [1, 2] == drained(turns, 25.0)
    assert [] == drained(turns, 50.0)
    assert [4] == drained(turns, 55.0)
