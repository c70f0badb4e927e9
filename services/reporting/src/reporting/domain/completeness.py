"""Is anything lost? Registered once, closed at most once, and no number missing in any source's sequence."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

LISTED = 1_000
"""At most so many missing numbers are named per source; the count is always whole."""


def missing(sequences: Iterable[int]) -> list[int]:
    """The numbers from 1 to the highest that are not there, the first ``LISTED`` of them."""
    known = set(sequences)
    absent = (number for number in range(1, max(known, default=0) + 1) if number not in known)
    return list(islice(absent, LISTED))


def account(subject: str, rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """What the journal holds of one subject: times registered and closed, events per type, and the holes per source."""
    sequences: dict[str, list[int]] = {}
    types: Counter[str] = Counter()
    registered = closed = 0
    number = None
    for row in rows:
        types[row["type"]] += 1
        sequences.setdefault(row["source"], []).append(row["sequence"])
        registered += row["type"] == "appeal.registered"
        closed += row["type"] == "appeal.closed"
        number = row.get("number") or number
    holes = [
        {"subject": subject, "source": source, "missing": gaps}
        for source, known in sorted(sequences.items())
        if (gaps := missing(known))
    ]
    return {
        "number": number,
        "subject": subject,
        "registered": registered,
        "closed": closed,
        "holes": sum(max(known) - len(set(known)) for known in sequences.values()),
        "types": dict(types),
        "heads": {source: max(known) for source, known in sorted(sequences.items())},
        "where": holes,
    }
