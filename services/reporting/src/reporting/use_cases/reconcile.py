"""What a sender compares its own log with: per appeal, how often it was registered and closed, what is missing."""

from itertools import groupby
from typing import Any

from reporting.domain.completeness import account
from reporting.ports import Journal

ROWS = 5_000
"""Journal rows per page; a subject is never split over two pages."""


async def reconcile(journal: Journal, after: str) -> dict[str, Any]:
    """One page of subjects after ``after`` with totals of the whole journal; ``next`` is None on the last page."""
    rows = list(await journal.rows_after(after, ROWS))
    full = len(rows) == ROWS
    by_subject = [(subject, list(group)) for subject, group in groupby(rows, key=lambda row: str(row["subject"]))]
    if full and len(by_subject) > 1:
        # The last subject may go on beyond the page.
        by_subject.pop()
    elif full:
        only = by_subject[0][0]
        by_subject = [(only, list(await journal.rows_of(only)))]
    accounts = [account(subject, known) for subject, known in by_subject]
    registered, closed = await journal.count("appeal.registered"), await journal.count("appeal.closed")
    return {
        "registered": registered,
        "closed": closed,
        "open": registered - closed,
        "holes": [hole for item in accounts for hole in item["where"]],
        "numbers": [{name: value for name, value in item.items() if name != "where"} for item in accounts],
        "next": by_subject[-1][0] if full and by_subject else None,
    }
