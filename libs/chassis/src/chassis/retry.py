"""What becomes of a message whose handler failed: again after a delay, or parked (rule 4). Pure; both buses use it."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.bus import ConnectionLost, Delivery, Passing, Permanent, PublishFailed
from contracts.codec import BadMessage
from contracts.topology import TIERS, Tier
from contracts.words import Lane, Service

OWN_CODE_ATTEMPTS = 5
"""An exception of our own code is tried this often before its message is parked."""

ATTEMPT = "attempt"
"""Header: which attempt this delivery is; absent at first."""
FAILURES = "failures"
"""Header: how often our own code failed on this message; passing reasons do not count."""
VERIFIED_USER = "verified_user"
"""Header: the broker-validated user of the first publish, empty when there was none, believed only when our own service
published again."""
REASON = "reason"
"""Header of a parked message: why, in words that hold no input."""
ORIGIN_QUEUE = "origin_queue"
"""Header of a parked message: the queue to replay it to."""
ATTEMPTS = "attempts"
"""Header of a parked message: how often it was tried."""

Tiers = Mapping[Lane, tuple[Tier, ...]]


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again after ``tier``'s delay. ``failures`` is the new count of failures of our own code."""

    tier: Tier
    failures: int


@dataclass(frozen=True, slots=True)
class Park:
    """Put it where people see it. ``reason`` is safe to show."""

    reason: str


def next_step(
    lane: Lane,
    attempt: int,
    error: Exception,
    *,
    failures: int = 0,
    tiers: Tiers = TIERS,
    store_away: bool = False,
) -> Retry | Park:
    """Decide after attempt number ``attempt`` (1, 2, 3 …) ended in ``error``.

    A passing reason never exhausts: the last tier repeats. ``Permanent`` and ``BadMessage`` park at once; anything else
    is our own code failing and parks when it happened ``OWN_CODE_ATTEMPTS`` times, the earlier ones being ``failures``.
    ``store_away`` sends what passes straight to the last tier.
    """
    ladder = tiers[lane]
    if isinstance(error, Permanent | BadMessage):
        return Park(reason(error))
    if isinstance(error, Passing | ConnectionLost | PublishFailed | ConnectionError | TimeoutError):
        return Retry(ladder[-1] if store_away else _rung(ladder, attempt), failures)
    if failures + 1 >= OWN_CODE_ATTEMPTS:
        return Park(reason(error))
    return Retry(_rung(ladder, attempt), failures + 1)


def last_tier(lane: Lane, failures: int = 0, tiers: Tiers = TIERS) -> Retry:
    """For a message that may not be parked because it comes out of the parking queue itself."""
    return Retry(tiers[lane][-1], failures)


def _rung(ladder: tuple[Tier, ...], attempt: int) -> Tier:
    return ladder[min(max(attempt, 1), len(ladder)) - 1]


def reason(error: Exception) -> str:
    """Why, safe to show: only our own exceptions promise that their text holds no input."""
    name = type(error).__name__
    if isinstance(error, Permanent | BadMessage | Passing) and str(error):
        return f"{name}: {error}"
    return name


def failures_of(delivery: Delivery) -> int:
    """How often our own code has failed on this message before; 0 when the header is missing or no number."""
    return count(delivery.headers.get(FAILURES), 0)


def count(value: object, default: int) -> int:
    """A counting header's value, or ``default`` for what is missing, no whole number, or absurd: senders choose it."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000 else default


def retried_headers(delivery: Delivery, retry: Retry) -> dict[str, str | int]:
    """The headers of the copy that waits in a retry tier."""
    headers = dict(delivery.headers)
    headers[ATTEMPT] = delivery.attempt + 1
    if retry.failures:
        headers[FAILURES] = retry.failures
    return _with_user(headers, delivery.user)


def parked_headers(delivery: Delivery, why: str) -> dict[str, str | int]:
    """The headers of the copy that goes to parking; with ``ORIGIN_QUEUE`` and ``VERIFIED_USER`` it can be replayed."""
    headers = {name: value for name, value in delivery.headers.items() if name not in (ATTEMPT, FAILURES)}
    headers[REASON] = why
    headers[ORIGIN_QUEUE] = delivery.queue
    headers[ATTEMPTS] = delivery.attempt
    return _with_user(headers, delivery.user)


def _with_user(headers: dict[str, str | int], user: str | None) -> dict[str, str | int]:
    # Empty, not absent: our own user stands on the copy, and a message of nobody must not become one of ours.
    headers[VERIFIED_USER] = user or ""
    return headers


def is_parking(queue: str, service: Service) -> bool:
    """Whether ``queue`` is where ``service`` drains what was parked; nothing from there is parked again."""
    return queue == f"{service}.parking"
