import pytest

from chassis.bus import ConnectionLost, Delivery, Passing, Permanent, PublishFailed
from chassis.retry import Park, Retry, next_step, parked_headers, retried_headers
from contracts.codec import BadMessage
from contracts.topology import TIERS
from contracts.words import Lane

ORDINARY, EMERGENCY = TIERS[Lane.ORDINARY], TIERS[Lane.EMERGENCY]


@pytest.mark.parametrize(
    "error", [Passing("store away"), ConnectionLost(), PublishFailed(), ConnectionResetError(), TimeoutError()]
)
@pytest.mark.parametrize(("attempt", "tier"), [(1, 0), (2, 1), (3, 2), (4, 2), (10_000, 2)])
def test_what_passes_climbs_the_tiers_and_stays_on_the_last(error: Exception, attempt: int, tier: int) -> None:
    assert Retry(ORDINARY[tier], 0) == next_step(Lane.ORDINARY, attempt, error)
    assert Retry(EMERGENCY[tier], 0) == next_step(Lane.EMERGENCY, attempt, error)


def test_while_the_store_is_away_the_last_tier_is_taken_at_once() -> None:
    assert Retry(ORDINARY[2], 0) == next_step(Lane.ORDINARY, 1, Passing("store away"), store_away=True)


def test_a_retry_tier_that_does_not_answer_is_no_reason_to_park_after_many_failures_of_our_own() -> None:
    assert Retry(ORDINARY[2], 4) == next_step(Lane.ORDINARY, 90, Passing("store away"), failures=4)


@pytest.mark.parametrize("failures", [0, 1, 2, 3])
def test_our_own_code_may_fail_four_times(failures: int) -> None:
    assert Retry(ORDINARY[0], failures + 1) == next_step(Lane.ORDINARY, 1, KeyError("13800000000"), failures=failures)


def test_the_fifth_failure_of_our_own_code_parks_by_the_name_of_the_error_alone() -> None:
    assert Park("KeyError") == next_step(Lane.ORDINARY, 5, KeyError("13800000000"), failures=4)


@pytest.mark.parametrize(
    ("error", "reason"),
    [(Permanent("no such unit"), "Permanent: no such unit"), (BadMessage("missing", "id"), "BadMessage: id: missing")],
)
def test_what_can_never_be_handled_parks_at_once(error: Exception, reason: str) -> None:
    assert Park(reason) == next_step(Lane.EMERGENCY, 1, error)


def test_a_retried_copy_counts_on_and_keeps_its_user() -> None:
    delivery = Delivery(queue="work", body=b"", user="water-group", attempt=3, headers={"note": "x", "attempt": 3})
    assert {"note": "x", "attempt": 4, "failures": 2, "verified_user": "water-group"} == retried_headers(
        delivery, Retry(ORDINARY[2], 2)
    )


def test_a_parked_copy_says_why_and_whence_and_whose_even_when_it_was_nobodys() -> None:
    delivery = Delivery(queue="work", body=b"", attempt=5, headers={"attempt": 5, "failures": 4, "verified_user": "x"})
    assert {"reason": "KeyError", "origin_queue": "work", "attempts": 5, "verified_user": ""} == parked_headers(
        delivery, "KeyError"
    )
