"""Work orders as a table for spreadsheet programs and other software; the guard holds on every line."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from dispatcher.domain.guard import Person
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.row import FAR
from dispatcher.ports import OrderNumbers, Orders
from dispatcher.use_cases.find_orders import Search, find_orders

COLUMNS = (
    "number", "state", "type", "topic", "urgency", "unit", "unit_name", "since", "due", "round", "breached", "urged",
    "supervised", "summary",
)  # fmt: skip
PAGE = 500
MOST_ROWS = 20_000
"""Lines of one export; who needs more asks for shorter periods."""


async def export_orders(
    orders: Orders, numbers: OrderNumbers, directory: Directory, search: Search, person: Person, *,
    supervises: bool, as_unit: str | None = None,
) -> AsyncIterator[dict[str, Any]]:  # fmt: skip
    """The lines in order of acceptance, at most ``MOST_ROWS``.

    ``as_unit``: the unit that reads its own. For the centre the words of an accusation stay inside, and retaliation
    leaves only with the supervision office (``supervises``).
    """
    cursor: str | None = None
    for _ in range(MOST_ROWS // PAGE):
        rows, cursor = await find_orders(orders, numbers, search, person, cursor, PAGE)
        for row in rows:
            line = exported(row["row"], directory, as_unit, supervises)
            if line is not None:
                yield line
        if cursor is None:
            return


def exported(row: Mapping[str, Any], directory: Directory, unit: str | None, supervises: bool) -> dict[str, Any] | None:
    """One line, or None where the order does not leave the house; ``unit`` reads its own part."""
    lane = row.get("lane")
    if unit is None and lane == "retaliation" and not supervises:
        return None
    part = next((one for one in row.get("work", ()) if one["unit"] == unit), None) if unit is not None else None
    line = {name: row.get(name) for name in COLUMNS}
    line["unit"] = unit or row.get("unit")
    line["unit_name"] = directory.name(line["unit"])
    line["state"] = part["state"] if part is not None else row.get("state")
    line["round"] = part["round"] if part is not None else row.get("round")
    line["due"] = None if row.get("due") == FAR else row.get("due")
    if unit is None and lane is not None and not supervises:
        line["summary"] = None
    return line


def csv_cell(value: object) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
