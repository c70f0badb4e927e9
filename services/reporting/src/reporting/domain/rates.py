"""The rates of a hotline, always with their denominators (domain section 9)."""

from dataclasses import dataclass
from typing import Any

from contracts.words import Clock, DeadlineKind
from reporting.domain.tally import Tally


@dataclass(frozen=True, slots=True)
class Rate:
    """``count`` of ``of``."""

    count: int
    of: int

    def shown(self) -> dict[str, Any]:
        """``value`` is 0..1 to four places, None where there is nothing to divide by."""
        return {"value": round(self.count / self.of, 4) if self.of else None, "count": self.count, "of": self.of}


def on_time(deadlines: Tally) -> Rate:
    """Met in time of all that ended one way or the other; a cleared breach was no breach."""
    met = deadlines.sum("met")
    return Rate(met, met + max(0, deadlines.sum("breached") - deadlines.sum("cleared")))


def kept(tally: Tally, kind: DeadlineKind, clock: Clock) -> Rate:
    """The deadlines of one kind and clock that were kept."""
    return on_time(tally.below("deadline", kind, clock))


def satisfaction(visits: Tally) -> Rate:
    """(satisfied + basically satisfied) / reached visits."""
    said = visits.parts("satisfaction")
    return Rate(said.get("SATISFIED", 0) + said.get("BASICALLY_SATISFIED", 0), visits.sum("answered"))


def rates(tally: Tally) -> dict[str, Any]:
    """All rates of a period."""
    registered = tally.sum("registered", "all")
    dispatched = tally.sum("dispatched", "first")
    # A repeat adds to an appeal, or has a number of its own and is merged.
    repeats = tally.sum("supplemented", "repeat") + tally.sum("order", "merged") - tally.sum("order", "unmerged")
    visits = tally.below("visit", "all")
    closed = tally.below("closed")
    final = closed.parts("satisfaction")
    found = {
        "direct_share": Rate(tally.sum("order", "answered_directly"), registered),
        "receipt_on_time": kept(tally, DeadlineKind.RECEIPT, Clock.UNIT),
        "contact_on_time": kept(tally, DeadlineKind.CONTACT, Clock.UNIT),
        "resolve_on_time": kept(tally, DeadlineKind.RESOLVE, Clock.UNIT),
        "resolve_on_time_citizen": kept(tally, DeadlineKind.RESOLVE, Clock.CITIZEN),
        "urge_reply_on_time": kept(tally, DeadlineKind.URGE_REPLY, Clock.UNIT),
        "revisit_on_time": kept(tally, DeadlineKind.REVISIT, Clock.CITIZEN),
        "return_rate": Rate(tally.sum("order", "return_requested"), dispatched),
        "extension_rate": Rate(tally.sum("order", "extension_requested"), dispatched),
        "redo_rate": Rate(tally.sum("redo"), dispatched),
        "repeat_rate": Rate(repeats, registered),
        "response_rate": kept(tally, DeadlineKind.CONTACT, Clock.CITIZEN),
        "resolution_rate": Rate(visits.sum("solved"), visits.sum("answered")),
        "satisfaction_rate": satisfaction(visits),
        "first_satisfaction_rate": satisfaction(tally.below("visit", "first")),
        "final_satisfaction_rate": Rate(
            final.get("SATISFIED", 0) + final.get("BASICALLY_SATISFIED", 0), sum(final.values())
        ),
        "unreached_share": Rate(
            tally.sum("visit", "unreached"), tally.sum("visit", "unreached") + visits.sum("answered")
        ),
    }
    return {name: rate.shown() for name, rate in found.items()}


def name_of(tally: Tally, unit: str) -> str:
    """The name under which it was dispatched to most often; its id where no dispatch was counted."""
    return next(iter(tally.parts("unit", unit, "name")), unit)


def unit_figures(tally: Tally) -> list[dict[str, Any]]:
    """One row per unit, most orders first."""
    rows = []
    for unit in tally.names("unit"):
        own = tally.below("unit", unit)
        rows.append(
            {
                "unit": unit,
                "name": name_of(tally, unit),
                "dispatched": own.sum("dispatched"),
                "replied": own.sum("order", "replied"),
                "returned": own.sum("order", "return_requested"),
                "extended": own.sum("order", "extension_requested"),
                "sent_back": own.sum("order", "sent_back"),
                "redone": own.sum("redo"),
                "urged": max(0, own.sum("urge", "issued") - own.sum("urge", "withdrawn")),
                "supervised": own.sum("supervised"),
                "receipt_on_time": on_time(own.below("deadline", "receipt")).shown(),
                "contact_on_time": on_time(own.below("deadline", "contact")).shown(),
                "resolve_on_time": on_time(own.below("deadline", "resolve")).shown(),
                "satisfaction_rate": satisfaction(own.below("visit")).shown(),
                "resolution_rate": Rate(own.sum("visit", "solved"), own.sum("visit", "answered")).shown(),
            }
        )
    return sorted(rows, key=lambda row: (-row["dispatched"], row["unit"]))
