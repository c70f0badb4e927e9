"""Reviews and returns of a period."""

from datetime import date
from typing import Any

from reporting.domain.handling_figures import objections, passed_on, reviewers
from reporting.domain.tally import Tally
from reporting.ports import Days


async def draw_handling(days: Days, first: date, last: date) -> dict[str, Any]:
    """Both days included."""
    tally = Tally((await days.between(first, last)).values())
    return {
        "first": first.isoformat(),
        "last": last.isoformat(),
        "reviewers": reviewers(tally),
        "passed_on": passed_on(tally),
        "objections": objections(tally),
    }
