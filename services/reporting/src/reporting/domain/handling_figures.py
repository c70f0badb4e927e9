"""How the centre reviews, and who passes what to whom: counted from one fact each, read for the desks inside."""

from typing import Any

from reporting.domain.rates import name_of
from reporting.domain.rollup import NOBODY
from reporting.domain.tally import Tally


def reviewers(tally: Tally) -> list[dict[str, Any]]:
    """Decisions of each reviewer, most first; ``share_sent_back`` over all of them; ``good`` per point of the list."""
    found = []
    for name in tally.names("reviewer"):
        own = tally.below("reviewer", name)
        approved, back = own.sum("decided", "approved"), own.sum("decided", "sent_back")
        decided = approved + back
        found.append(
            {
                "reviewer": name.replace("/", "."),
                "decided": decided,
                "approved": approved,
                "sent_back": back,
                "share_sent_back": round(back / decided, 4) if decided else None,
                "good": own.parts("good"),
            }
        )
    return sorted(found, key=lambda one: (-one["decided"], one["reviewer"]))


def passed_on(tally: Tally) -> list[dict[str, Any]]:
    """Who wants to pass an order to whom, with the topics, most first. ``to`` None: the unit named nobody."""
    found = [
        {
            "from": unit,
            "from_name": name_of(tally, unit),
            "to": None if other == NOBODY else other,
            "to_name": None if other == NOBODY else name_of(tally, other),
            "asked": tally.sum("passed", unit, other),
            "topics": tally.parts("passed", unit, other),
        }
        for unit in tally.names("passed")
        for other in tally.names("passed", unit)
    ]
    return sorted(found, key=lambda one: (-one["asked"], one["from"], one["to"] or ""))


def objections(tally: Tally) -> list[dict[str, Any]]:
    """Who disputes what, most first."""
    found = [
        {
            "unit": unit,
            "name": name_of(tally, unit),
            "objected": tally.sum("objected", unit),
            "topics": tally.parts("objected", unit),
        }
        for unit in tally.names("objected")
    ]
    return sorted(found, key=lambda one: (-one["objected"], one["unit"]))
