"""What the supervision board shows, made of the cases' rows: a line per clock, urge or supervision; sums per unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from chassis.auth import Principal
from sla_monitor.domain.calendar import Calendar
from sla_monitor.doors import open_to
from sla_monitor.ports import Board

VIEWS = ("due", "overdue", "urged", "supervised")
READ = 1_000
"""Cases read per list; beyond that the sums say "at least"."""
CITIZEN = "citizen"
"""Stands for the unit on the citizen clock."""


@dataclass(slots=True)
class BoardView:
    """``lines`` of the chosen list; ``sums`` per list; ``units`` maps a unit to its counts per list, ``names`` to its
    name.
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(VIEWS, 0))
    units: dict[str, dict[str, int]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    more: bool = False


async def board_view(
    board: Board, calendar: Calendar, now: datetime, view: str, unit: str | None, principal: Principal
) -> BoardView:
    """The board at ``now``: due until midnight of the calendar's zone, overdue, urged, supervised.

    Without what the reader must recuse from.
    """
    tonight = calendar.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    everything, _ = await board.open(tonight, None, None, READ)
    coming = open_to(everything, principal)
    overdue = open_to(await board.climbed("overdue", None, READ), principal)
    urged = open_to(await board.climbed("urges", None, READ), principal)
    supervised = open_to(await board.climbed("supervisions", None, READ), principal)
    found = BoardView(more=max(map(len, (coming, overdue, urged, supervised))) == READ)
    lists = {
        "due": [one for row in coming for one in _due(row, now, tonight)],
        "overdue": [one for row in overdue for one in _missed(row)]
        + [one for row in coming for one in _late(row, now)],
        "urged": [one for row in urged for one in _each(row, "urged_units", "urge")],
        "supervised": [one for row in supervised for one in _each(row, "supervised_units", "supervision")],
    }
    for name, lines in lists.items():
        for line in lines:
            counts = found.units.setdefault(line["unit"], dict.fromkeys(VIEWS, 0))
            counts[name] += 1
            found.names[line["unit"]] = line["unit_name"]
        mine = [line for line in lines if unit is None or line["unit"] == unit]
        found.sums[name] = len(mine)
        if name == view:
            found.lines = sorted(mine, key=_by_due)
    found.units = dict(sorted(found.units.items(), key=lambda one: (-one[1]["overdue"], -sum(one[1].values()), one[0])))
    return found


def _by_due(line: Mapping[str, Any]) -> tuple[datetime, str]:
    return (line["due"], line["name"])


def _name(row: Mapping[str, Any], unit: str | None) -> str:
    """As the dispatch named it; rows from before that have the id alone."""
    return str(row.get("names", {}).get(unit, unit)) if unit is not None else CITIZEN


def _clock(row: Mapping[str, Any], one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": row["number"],
        "subject": row["subject"],
        "unit": one["unit"] or CITIZEN,
        "unit_name": _name(row, one["unit"]),
        "kind": one["kind"],
        "name": one["deadline"],
        "deadline": one["deadline"],
        "due": one["due"],
        "state": one["state"],
        "provisional": one["provisional"],
    }


def _due(row: Mapping[str, Any], now: datetime, tonight: datetime) -> Sequence[dict[str, Any]]:
    return [_clock(row, one) for one in row["open"] if one["state"] == "running" and now < one["due"] < tonight]


def _late(row: Mapping[str, Any], now: datetime) -> Sequence[dict[str, Any]]:
    """Past due, and the timer has not fired yet."""
    return [_clock(row, one) for one in row["open"] if one["state"] == "running" and one["due"] <= now]


def _missed(row: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    return [_clock(row, one) for one in row["missed"] if one["overdue"]]


def _each(row: Mapping[str, Any], many: str, name: str) -> Sequence[dict[str, Any]]:
    return [
        {
            "number": row["number"],
            "subject": row["subject"],
            "unit": one["unit"],
            "unit_name": _name(row, one["unit"]),
            "kind": one["kind"],
            "name": one[name],
            "deadline": "",
            "due": one["due"],
            "state": "running",
            "provisional": False,
        }
        for one in row[many]
    ]
