"""Emergency hand-overs of a period: what is open, and how long a line took to take the case."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One ``emergency.*`` fact, as the journal keeps it without its text."""

    subject: str
    line: str
    reference: str
    type: str
    time: datetime


def handovers(moments: Iterable[Moment]) -> dict[str, Any]:
    """Counts per line, seconds from raising to acknowledging, and the open ones with since when."""
    raised: dict[tuple[str, str], Moment] = {}
    ended: dict[tuple[str, str], Moment] = {}
    taken: dict[tuple[str, str], Moment] = {}
    for moment in sorted(moments, key=lambda m: (m.time, m.type)):
        case = (moment.line, moment.reference)
        if moment.type == "emergency.raised":
            raised.setdefault(case, moment)
        elif moment.type in ("emergency.acknowledged", "emergency.lowered"):
            ended.setdefault(case, moment)
            if moment.type == "emergency.acknowledged":
                taken.setdefault(case, moment)
    seconds = sorted((taken[case].time - raised[case].time).total_seconds() for case in raised.keys() & taken.keys())
    lines: dict[str, dict[str, int]] = {}
    for case in raised:
        line = lines.setdefault(case[0], {"raised": 0, "acknowledged": 0, "open": 0})
        line["raised"] += 1
        line["acknowledged"] += case in taken
        line["open"] += case not in ended
    return {
        "raised": len(raised),
        "acknowledged": len(raised.keys() & taken.keys()),
        "appeals": len({moment.subject for moment in raised.values()}),
        "seconds": {"p50": _at(seconds, 0.5), "p95": _at(seconds, 0.95), "max": _at(seconds, 1.0), "of": len(seconds)},
        "by_line": dict(sorted(lines.items())),
        "open": [
            {"line": m.line, "reference": m.reference, "since": m.time.isoformat()}
            for case, m in raised.items()
            if case not in ended
        ],
    }


def _at(ordered: list[float], share: float) -> float | None:
    # Nearest rank: an observed value, never an interpolated one.
    return round(ordered[max(0, -(-int(share * 100) * len(ordered) // 100) - 1)], 3) if ordered else None
