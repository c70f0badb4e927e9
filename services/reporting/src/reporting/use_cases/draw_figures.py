"""The figures of a period, as they stand now."""

from datetime import date, timedelta
from typing import Any

from reporting.domain.calendar_day import start_of
from reporting.domain.figures import figures
from reporting.domain.handovers import handovers
from reporting.ports import Days, Journal


async def draw_figures(journal: Journal, days: Days, first: date, last: date) -> dict[str, Any]:
    """All figures from ``first`` to ``last``, both days included. ``pending`` facts are not counted yet."""
    moments = await journal.emergencies(start_of(first), start_of(last + timedelta(days=1)))
    drawn = figures(first, last, await days.between(first, last), handovers(moments))
    return {**drawn, "pending": await journal.waiting()}
