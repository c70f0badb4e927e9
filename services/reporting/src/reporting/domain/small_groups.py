"""Published figures never show a group below five: a person could be told from it (domain section 7)."""

from collections.abc import Mapping
from typing import Any

SMALLEST = 5


def published(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures as the public sees them: groups below ``SMALLEST`` are None, open emergencies are left out."""
    volume = figures["volume"]
    groups = {name: hidden(volume[name]) for name in ("by_channel", "by_area", "by_type", "by_topic", "by_unit")}
    emergencies = figures["emergencies"]
    handling = figures["handling"]
    return {
        "period": figures["period"],
        "volume": {"registered": volume["registered"], **groups},
        "handling": {
            **{name: shown(value) for name, value in handling.items() if isinstance(value, int)},
            "guided": hidden(handling["guided"]),
            "closed_by_outcome": hidden(handling["closed_by_outcome"]),
        },
        "rates": {name: _rate(rate) for name, rate in figures["rates"].items()},
        "satisfaction": hidden(figures["satisfaction"]),
        "units": [_unit(row) for row in figures["units"] if row["dispatched"] >= SMALLEST],
        "emergencies": {"raised": shown(emergencies["raised"]), "acknowledged": shown(emergencies["acknowledged"])},
        "hidden_below": SMALLEST,
    }


def shown(count: int) -> int | None:
    """The count, or None for a small group. Nobody at all is no group, so 0 stays."""
    return count if count == 0 or count >= SMALLEST else None


def hidden(groups: Mapping[str, int]) -> dict[str, int | None]:
    """Small groups hidden. A single hidden one could be worked out from the total, so a second goes with it."""
    result = {name: shown(count) for name, count in groups.items()}
    small = [name for name, count in result.items() if count is None]
    if len(small) == 1 and sum(groups.values()) > 0:
        others = [name for name, count in groups.items() if count >= SMALLEST]
        if others:
            result[min(others, key=lambda name: (groups[name], name))] = None
    return result


def _rate(rate: Mapping[str, Any]) -> dict[str, Any]:
    few = rate["of"] < SMALLEST or 0 < rate["count"] < SMALLEST or 0 < rate["of"] - rate["count"] < SMALLEST
    return {"value": None, "count": None, "of": shown(rate["of"])} if few and rate["of"] else dict(rate)


def _unit(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        return _rate(value)
    return shown(value) if isinstance(value, int) else value
