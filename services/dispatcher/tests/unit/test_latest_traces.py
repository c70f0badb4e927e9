"""Words that everybody uses are looked up in memory, others in the store."""

from datetime import UTC, datetime

from dispatcher.domain.likeness import Trace
from dispatcher.repeat_store import COMMON, MAX_KEYS, LatestTraces


def one(number: int) -> Trace:
    return Trace(subject=f"s{number}", at=datetime(2026, 3, 2, tzinfo=UTC), area="410400")


def test_a_key_that_few_have_is_asked_of_the_store() -> None:
    latest = LatestTraces()
    for number in range(COMMON - 1):
        latest.note(one(number), ["t:1"])
    assert [] == [*latest.of_common("t:1"), *latest.of_common("t:2")]


def test_of_a_key_that_many_have_the_latest_are_known() -> None:
    latest = LatestTraces()
    for number in range(3 * COMMON):
        latest.note(one(number), ["t:1"])
    assert [f"s{number}" for number in range(2 * COMMON, 3 * COMMON)] == [
        each.subject for each in latest.of_common("t:1")
    ]


def test_what_nobody_used_for_long_is_forgotten_first() -> None:
    latest = LatestTraces()
    for number in range(COMMON):
        latest.note(one(number), ["old"])
    for number in range(MAX_KEYS):
        latest.note(one(number), [f"t:{number}"])
    assert [] == [*latest.of_common("old")]
