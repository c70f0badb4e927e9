"""ECharts options for the figures; words come from the page's catalogue."""

from collections.abc import Callable, Mapping
from typing import Any

Words = Callable[[str], str]

GRID = {"left": 8, "right": 16, "top": 40, "bottom": 8, "containLabel": True}
TOPICS = 12
UNITS = 15


def by_day(drawn: Mapping[str, Any], t: Words) -> dict[str, Any]:
    """Stacked bars per channel and a line of closed appeals."""
    days = drawn["volume"]["by_day"]
    series: list[dict[str, Any]] = [
        {
            "name": t(f"channel.{channel}"),
            "type": "bar",
            "stack": "in",
            "data": [day["by_channel"].get(channel, 0) for day in days],
        }
        for channel in drawn["volume"]["by_channel"]
    ]
    series.append(
        {
            "name": t("figures.closed"),
            "type": "line",
            "showSymbol": False,
            "lineStyle": {"width": 3},
            "data": [d["closed"] for d in days],
        }
    )
    return {
        "grid": GRID,
        "legend": {"type": "scroll", "top": 0},
        "xAxis": {"type": "category", "data": [day["day"][5:] for day in days]},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": series,
    }


def ring(parts: Mapping[str, int], t: Words, prefix: str) -> dict[str, Any]:
    """A ring of shares."""
    return {
        "tooltip": {"trigger": "item"},
        "legend": {"type": "scroll", "bottom": 0},
        "series": [
            {
                "type": "pie",
                "radius": ["40%", "68%"],
                "center": ["50%", "46%"],
                "label": {"formatter": "{b} {d}%"},
                "data": [{"name": t(f"{prefix}.{name}"), "value": count} for name, count in parts.items()],
            }
        ],
    }


def topics(drawn: Mapping[str, Any]) -> dict[str, Any]:
    """The most frequent topics as bars, the largest on top."""
    largest = list(drawn["volume"]["by_topic"].items())[:TOPICS][::-1]
    return {
        "grid": GRID | {"top": 8},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": [name for name, _ in largest]},
        "series": [
            {"type": "bar", "data": [count for _, count in largest], "label": {"show": True, "position": "right"}}
        ],
    }


def by_hour(drawn: Mapping[str, Any]) -> dict[str, Any]:
    """Appeals over the 24 hours of the day."""
    hours = [f"{hour:02d}" for hour in range(24)]
    counts = drawn["volume"]["by_hour"]
    return {
        "grid": GRID | {"top": 12},
        "xAxis": {"type": "category", "data": hours},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "data": [counts.get(hour, 0) for hour in hours]}],
    }


def units_on_time(drawn: Mapping[str, Any], t: Words) -> dict[str, Any]:
    """Receipt, contact and resolution on time per unit, in per cent; units without a deadline are left out."""
    kinds = ("receipt", "contact", "resolve")
    rows = [row for row in drawn["units"] if any(row[f"{kind}_on_time"]["of"] for kind in kinds)][:UNITS][::-1]
    return {
        "grid": GRID,
        "legend": {"top": 0},
        "xAxis": {"type": "value", "max": 100, "axisLabel": {"formatter": "{value}%"}},
        "yAxis": {"type": "category", "data": [row["unit"] for row in rows]},
        "series": [
            {
                "name": t(f"figures.{kind}"),
                "type": "bar",
                "data": [percent(row[f"{kind}_on_time"]["value"]) for row in rows],
            }
            for kind in kinds
        ],
    }


def satisfaction_by_day(drawn: Mapping[str, Any], t: Words) -> dict[str, Any]:
    """The satisfaction rate of each day with answers, in per cent."""
    days = drawn["volume"]["by_day"]
    return {
        "grid": GRID | {"top": 16},
        "xAxis": {"type": "category", "data": [day["day"][5:] for day in days]},
        "yAxis": {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": "{value}%"}},
        "series": [
            {
                "name": t("rate.satisfaction_rate"),
                "type": "line",
                "connectNulls": True,
                "areaStyle": {"opacity": 0.12},
                "data": [percent(day["satisfied"] / day["answered"]) if day["answered"] else None for day in days],
            }
        ],
    }


def percent(value: float | None) -> float | None:
    """0..1 as per cent to one place."""
    return None if value is None else round(value * 100, 1)
