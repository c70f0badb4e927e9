"""Search of work orders for the centre and for a unit: what may be found, in which order, and what is not shown."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from dispatcher.domain.assignment import SHANGHAI
from dispatcher.domain.guard import Person, open_to
from dispatcher.domain.row import instant
from dispatcher.ports import OrderNumbers, Orders
from dispatcher.use_cases.record_attempt import record_attempt

TEXT_DAYS = 92
"""A search for words looks at so many days before ``until``: it reads the rows of its window."""

HIDDEN_STEP = 100
"""Rows read at once past those that are hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; None is anything. Days are local and both included."""

    number: str | None = None
    text: str | None = None
    state: str | None = None
    topic: str | None = None
    desk: str | None = None
    unit: str | None = None
    since: date | None = None
    until: date | None = None


def conditions(search: Search, now: datetime) -> dict[str, Any]:
    """The store's condition on ``row``."""
    where: dict[str, Any] = {}
    for field, value in (
        ("row.number", search.number),
        ("row.state", search.state),
        ("row.units", search.unit),
        ("row.desks", search.desk),
    ):
        if value is not None:
            where[field] = value
    if search.topic is not None:
        where["row.topic"] = {"$regex": f"^{re.escape(search.topic)}(\\.|$)"}
    if search.text is not None:
        where["row.summary"] = {"$regex": re.escape(search.text)}
    since, until = search.since, search.until
    if search.text is not None and since is None:
        since = (until or now.astimezone(SHANGHAI).date()) - timedelta(days=TEXT_DAYS)
    bounds = {}
    if since is not None:
        bounds["$gte"] = instant(datetime.combine(since, time(), SHANGHAI))
    if until is not None:
        bounds["$lt"] = instant(datetime.combine(until + timedelta(days=1), time(), SHANGHAI))
    if bounds:
        where["row.since"] = bounds
    return where


async def find_orders(
    orders: Orders, numbers: OrderNumbers, search: Search, person: Person, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of rows by acceptance, oldest first, without those that the guard closes to this person.

    Who asks for such an order by its very number is recorded.
    """
    found = await _visible(numbers, conditions(search, orders.now()), person, cursor, limit + 1)
    if search.number is not None:
        await _named(orders, numbers, search.number, person)
    page = found[:limit]
    return page, f"{page[-1]['row']['since']}~{page[-1]['_id']}" if len(found) > limit else None


async def _visible(
    numbers: OrderNumbers, where: dict[str, Any], person: Person, cursor: str | None, count: int
) -> list[dict[str, Any]]:
    """The first ``count`` rows that are open to this person.

    Cursor and end are told from these alone: a page that is short, or a cursor that stands on a hidden row, would say
    that something is hidden. Reads on in large steps, and only where something is.
    """
    found: list[dict[str, Any]] = []
    step = count
    while True:
        rows, cursor = await numbers.page(where, "since", cursor, step)
        found += [row for row in rows if "row" in row and open_to(row["row"], person)]
        if cursor is None or len(found) >= count:
            return found
        step = max(count, HIDDEN_STEP)


async def _named(orders: Orders, numbers: OrderNumbers, number: str, person: Person) -> None:
    rows, _ = await numbers.page({"row.number": number}, "since", None, 1)
    for row in rows:
        if not open_to(row["row"], person):
            unit = person.unit if person.unit in row["row"]["barred"] else None
            await record_attempt(orders, row["_id"], "search", person, unit)
