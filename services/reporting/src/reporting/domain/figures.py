"""Everything that is shown and published about a period, from the counters of its days."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from reporting.domain.calendar_day import days_between
from reporting.domain.rates import rates, unit_figures
from reporting.domain.tally import Tally


def figures(
    first: date, last: date, days: Mapping[str, Mapping[str, Any]], emergencies: Mapping[str, Any]
) -> dict[str, Any]:
    """The figures from ``first`` to ``last``; ``days`` maps a day to its counters."""
    tally = Tally(days.values())
    daily = []
    for day in days_between(first, last):
        own = Tally([days[day]]) if day in days else Tally()
        daily.append(
            {
                "day": day,
                "registered": own.sum("registered", "all"),
                "closed": own.sum("closed", "all"),
                "by_channel": own.parts("registered", "channel"),
                "satisfied": satisfied(own),
                "answered": own.sum("visit", "all", "answered"),
            }
        )
    return {
        "period": {"from": first.isoformat(), "to": last.isoformat()},
        "volume": {
            "registered": tally.sum("registered", "all"),
            "incomplete": tally.sum("registered", "incomplete"),
            "anonymous": tally.sum("registered", "anonymous"),
            "by_day": daily,
            "by_hour": dict(sorted(tally.parts("registered", "hour").items())),
            "by_channel": tally.parts("registered", "channel"),
            "by_area": tally.parts("registered", "area"),
            "by_type": tally.parts("classified", "type"),
            "by_topic": tally.parts("classified", "topic"),
            "by_unit": {row["unit"]: row["dispatched"] for row in unit_figures(tally) if row["dispatched"]},
        },
        "handling": {
            "guided": tally.parts("guided"),
            "triaged": tally.sum("triage", "requested"),
            "answered_directly": tally.sum("order", "answered_directly"),
            "dispatched": tally.sum("dispatched", "first"),
            "returned": tally.sum("order", "return_requested"),
            "extended": tally.sum("order", "extension_requested"),
            "replied": tally.sum("order", "replied"),
            "redone": tally.sum("redo"),
            "closed": tally.sum("closed", "all"),
            "closed_by_outcome": tally.parts("closed", "outcome"),
        },
        "rates": rates(tally),
        "satisfaction": tally.parts("visit", "all", "satisfaction"),
        "units": unit_figures(tally),
        "emergencies": dict(emergencies),
        "urges": {"issued": tally.sum("urge", "issued"), "withdrawn": tally.sum("urge", "withdrawn")},
        "supervisions": {
            kind: {
                "opened": tally.sum("supervision", kind, "opened"),
                "lifted": tally.sum("supervision", kind, "lifted"),
            }
            for kind in tally.names("supervision")
        },
        "referred_for_accountability": tally.sum("accountability"),
    }


def satisfied(tally: Tally) -> int:
    """Satisfied and basically satisfied answers."""
    said = tally.parts("visit", "all", "satisfaction")
    return said.get("SATISFIED", 0) + said.get("BASICALLY_SATISFIED", 0)


def as_table(published: Mapping[str, Any]) -> list[Sequence[object]]:
    """Rows (group, name, value, count, of) for CSV; a hidden group's cells are empty."""
    table: list[Sequence[object]] = [("group", "name", "value", "count", "of")]
    for name, rate in published["rates"].items():
        table.append(("rate", name, rate["value"], rate["count"], rate["of"]))
    for group in ("by_channel", "by_type", "by_topic", "by_area", "by_unit"):
        for name, count in published["volume"][group].items():
            table.append((group.removeprefix("by_"), name, "", count, published["volume"]["registered"]))
    for name, count in published["handling"]["closed_by_outcome"].items():
        table.append(("outcome", name, "", count, published["handling"]["closed"]))
    return table
