"""ECharts options for the figures; words come from the page's catalogue."""

from collections.abc import Callable, Mapping
from typing import Any

from reporting.domain.small_groups import SMALLEST

Words = Callable[[str], str]

GRID = {"left": 8, "right": 16, "top": 56, "bottom": 8, "containLabel": True}
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
        "yAxis": {"type": "value", "minInterval": 1, "name": t("figures.pieces")},
        "series": series,
    }


def ring(parts: Mapping[str, int | None], t: Words, prefix: str) -> dict[str, Any]:
    """A ring of shares; names carry count and share, so that nothing must be pointed at to be read.

    Groups that are withheld have no part in it.
    """
    known = {name: count for name, count in parts.items() if count}
    total = sum(known.values())
    data = [
        {"name": f"{t(f'{prefix}.{name}')} {count} ({round(count * 100 / total)}%)", "value": count}
        for name, count in known.items()
    ]
    return {
        "tooltip": {"trigger": "item"},
        "title": {
            "text": str(total),
            "left": "27%",
            "top": "45%",
            "textAlign": "center",
            "textStyle": {"fontSize": 20},
        },
        "legend": {"type": "scroll", "orient": "vertical", "right": 0, "top": "middle"},
        "series": [
            {"type": "pie", "radius": ["30%", "48%"], "center": ["28%", "50%"], "label": {"show": False}, "data": data}
        ],
    }


def topics(parts: Mapping[str, int | None], t: Words) -> dict[str, Any]:
    """The most frequent topics as bars, the largest on top."""
    largest = [(name, count) for name, count in parts.items() if count][:TOPICS][::-1]
    return {
        "grid": GRID | {"top": 8, "right": 44},
        "xAxis": {"type": "value", "minInterval": 1, "name": t("figures.pieces")},
        "yAxis": {"type": "category", "data": [t(f"topic.{name}") for name, _ in largest]},
        "series": [
            {"type": "bar", "data": [count for _, count in largest], "label": {"show": True, "position": "right"}}
        ],
    }


def by_hour(drawn: Mapping[str, Any], t: Words) -> dict[str, Any]:
    """Appeals over the 24 hours of the day."""
    hours = [f"{hour:02d}" for hour in range(24)]
    counts = drawn["volume"]["by_hour"]
    return {
        "grid": GRID | {"top": 32},
        "xAxis": {"type": "category", "data": hours},
        "yAxis": {"type": "value", "minInterval": 1, "name": t("figures.pieces")},
        "series": [{"type": "bar", "data": [counts.get(hour, 0) for hour in hours]}],
    }


def units_on_time(drawn: Mapping[str, Any], t: Words) -> dict[str, Any]:
    """Receipt, contact and resolution on time per unit, in per cent, beside how many resolutions fell due.

    A rate of fewer than ``SMALLEST`` is chance, not a figure: it is not drawn.
    """
    kinds = ("receipt", "contact", "resolve")
    rows = [row for row in drawn["units"] if any(row[f"{kind}_on_time"]["of"] >= SMALLEST for kind in kinds)]
    rows = rows[:UNITS][::-1]
    return {
        "grid": GRID | {"right": 32},
        "legend": {"top": 0},
        "xAxis": {"type": "value", "max": 100, "axisLabel": {"formatter": "{value}%"}},
        "yAxis": {"type": "category", "data": [f"{row['name']} ({row['resolve_on_time']['of']})" for row in rows]},
        "series": [
            {
                "name": t(f"figures.{kind}"),
                "type": "bar",
                "data": [enough(row[f"{kind}_on_time"]["count"], row[f"{kind}_on_time"]["of"]) for row in rows],
            }
            for kind in kinds
        ],
    }


def satisfaction_by_day(drawn: Mapping[str, Any], t: Words) -> dict[str, Any]:
    """The satisfaction rate of each day with ``SMALLEST`` answers or more, in per cent, and the answers themselves."""
    days = drawn["volume"]["by_day"]
    return {
        "grid": GRID | {"top": 56},
        "legend": {"top": 0},
        "xAxis": {"type": "category", "data": [day["day"][5:] for day in days]},
        "yAxis": [
            {"type": "value", "min": 0, "max": 100, "axisLabel": {"formatter": "{value}%"}},
            {"type": "value", "minInterval": 1, "name": t("figures.pieces"), "splitLine": {"show": False}},
        ],
        "series": [
            {
                "name": t("figures.answered"),
                "type": "bar",
                "yAxisIndex": 1,
                "itemStyle": {"opacity": 0.3},
                "data": [day["answered"] for day in days],
            },
            {
                "name": t("rate.satisfaction_rate"),
                "type": "line",
                "connectNulls": True,
                "symbolSize": 7,
                "lineStyle": {"width": 3},
                "data": [enough(day["satisfied"], day["answered"]) for day in days],
            },
        ],
    }


def enough(count: int, of: int) -> float | None:
    """Per cent to one place, None where fewer than ``SMALLEST`` stand behind it."""
    return round(count * 100 / of, 1) if of >= SMALLEST else None
