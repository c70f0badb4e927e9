"""The service level objectives as data: what is counted, what of it is bad, and how much of it 30 days allow."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["page", "ticket"]


@dataclass(frozen=True, slots=True)
class Objective:
    """``bad`` and ``all`` are PromQL with ``$window`` for the range; ``target`` is the good share of 30 days.

    ``pages`` is false where nobody can mend it at night.
    """

    slo: str
    alert: str
    target: float
    bad: str
    all: str
    summary: str
    pages: bool = True

    @property
    def budget(self) -> float:
        """The bad share that is allowed."""
        return round(1 - self.target, 10)


def _slower_than(metric: str, labels: str, seconds: str) -> tuple[str, str]:
    """Bad and all for "done within ``seconds``"; ``seconds`` must be a bucket's bound as exposed."""
    every = f"sum(rate({metric}_count{{{labels}}}[$window]))"
    joined = f'{labels},le="{seconds}"' if labels else f'le="{seconds}"'
    return f"{every} - sum(rate({metric}_bucket{{{joined}}}[$window]))", every


_REGISTER = 'service="intake",route="/appeals",method="POST"'
_LATE = _slower_than("hotline_http_seconds", _REGISTER, "1.0")
_HANDOVER = _slower_than("hotline_emergency_handover_seconds", "", "5.0")
_UNIT = _slower_than("hotline_delivery_seconds", 'exchange="assignments"', "5.0")
_FACTS = _slower_than("hotline_delivery_seconds", 'exchange=~"facts.*"', "10.0")
# Either may never have happened yet.
_MISSED = "(sum(rate(hotline_breaches_total[$window])) or vector(0))"
_KEPT = "(sum(rate(hotline_deadlines_met_total[$window])) or vector(0))"

OBJECTIVES: tuple[Objective, ...] = (
    Objective(
        "acceptance",
        "AppealsAreTurnedAway",
        0.999,
        f'(sum(rate(hotline_http_requests_total{{{_REGISTER},status=~"5.."}}[$window])) or vector(0))',
        f"sum(rate(hotline_http_requests_total{{{_REGISTER}}}[$window]))",
        "Appeals are answered with an error of ours",
    ),
    Objective(
        "acceptance-time", "AppealsAreTakenSlowly", 0.99, *_LATE, "Appeals wait longer than 1 s for their number"
    ),
    Objective(
        "emergency-handover",
        "EmergencyHandoverIsSlow",
        0.999,
        *_HANDOVER,
        "Emergencies reach their line later than 5 s after acceptance",
    ),
    Objective(
        "unit-delivery",
        "UnitDeliveryIsSlow",
        0.995,
        *_UNIT,
        "Assignments reach the unit's queue later than 5 s after the decision",
    ),
    Objective("delivery-age", "FactsAreLate", 0.999, *_FACTS, "Facts reach the other services later than 10 s"),
    Objective(
        "deadlines",
        "DeadlinesAreMissed",
        0.95,
        _MISSED,
        f"({_MISSED} + {_KEPT})",
        "More deadlines are missed than promised",
        pages=False,
    ),
)


@dataclass(frozen=True, slots=True)
class Burn:
    """Two windows that must both burn the budget ``factor`` times as fast as 30 days allow."""

    severity: Severity
    long: str
    short: str
    factor: float


BURNS: tuple[Burn, ...] = (
    Burn("page", "1h", "5m", 14.4),
    Burn("page", "6h", "30m", 6),
    Burn("ticket", "1d", "2h", 3),
    Burn("ticket", "3d", "6h", 1),
)
"""2 % of the budget in an hour, 5 % in six, 10 % in one day and in three: the usual table of multi-window alerts."""

WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
