"""What the monitor itself has said about an appeal: dates set, warnings, breaches, urges, supervisions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.envelope import Fact
from contracts.events import Event, ladder
from contracts.events import deadline as dl


@dataclass(slots=True)
class Entry:
    """What was said about one deadline."""

    due: datetime
    calendar_version: str
    policy_version: str
    moves: int = 0
    met: bool = False
    breaches: int = 0
    breached: datetime | None = None
    warned: set[tuple[int, datetime]] = field(default_factory=set)


@dataclass(slots=True)
class Urge:
    """One urge and when it was issued."""

    event: ladder.UrgeIssued
    at: datetime
    withdrawn: datetime | None = None


@dataclass(slots=True)
class Supervision:
    """One supervision and when it was opened."""

    event: ladder.SupervisionOpened
    at: datetime
    lifted: datetime | None = None
    by_person: bool = False


@dataclass(slots=True)
class Ledger:
    """The monitor's part of an appeal."""

    entries: dict[str, Entry] = field(default_factory=dict)
    urges: dict[str, Urge] = field(default_factory=dict)
    supervisions: dict[str, Supervision] = field(default_factory=dict)

    def urge_of(self, deadline: str) -> Urge | None:
        """The urge that stands because of a deadline."""
        standing = (one for one in self.urges.values() if one.withdrawn is None)
        return next((one for one in standing if one.event.deadline == deadline), None)


def fold_ledger(facts: Iterable[Fact[Event]]) -> Ledger:
    """The monitor's own facts, in the order of their sequence."""
    view = Ledger()
    for fact in facts:
        apply = _APPLY.get(type(fact.data))
        if apply is not None:
            apply(view, fact.data, fact.time)
    return view


def _set(view: Ledger, event: dl.DeadlineSet, at: datetime) -> None:
    view.entries[event.deadline] = Entry(event.due, event.calendar_version, event.policy_version)


def _entry(view: Ledger, event: Any) -> Entry:
    found = view.entries.get(event.deadline)
    if found is None:
        found = view.entries[event.deadline] = Entry(event.due, "", "")
    return found


def _recomputed(view: Ledger, event: dl.DeadlineRecomputed, at: datetime) -> None:
    entry = _entry(view, event)
    entry.due, entry.calendar_version, entry.policy_version = event.due, event.calendar_version, event.policy_version
    entry.moves += 1


def _met(view: Ledger, event: dl.DeadlineMet, at: datetime) -> None:
    if entry := view.entries.get(event.deadline):
        entry.met = True


def _warned(view: Ledger, event: dl.DeadlineWarned, at: datetime) -> None:
    _entry(view, event).warned.add((event.warning, event.due))


def _breached(view: Ledger, event: dl.DeadlineBreached, at: datetime) -> None:
    entry = _entry(view, event)
    entry.breaches += 1
    entry.breached = event.due


def _cleared(view: Ledger, event: dl.DeadlineCleared, at: datetime) -> None:
    if entry := view.entries.get(event.deadline):
        entry.breached = None


def _urged(view: Ledger, event: ladder.UrgeIssued, at: datetime) -> None:
    view.urges.setdefault(event.urge, Urge(event, at))


def _withdrawn(view: Ledger, event: ladder.UrgeWithdrawn, at: datetime) -> None:
    if event.urge in view.urges:
        view.urges[event.urge].withdrawn = at


def _opened(view: Ledger, event: ladder.SupervisionOpened, at: datetime) -> None:
    view.supervisions.setdefault(event.supervision, Supervision(event, at))


def _lifted(view: Ledger, event: ladder.SupervisionLifted, at: datetime) -> None:
    if event.supervision in view.supervisions:
        one = view.supervisions[event.supervision]
        one.lifted, one.by_person = at, event.by != "system"


_APPLY: dict[type[Event], Callable[[Ledger, Any, datetime], None]] = {
    dl.DeadlineSet: _set,
    dl.DeadlineRecomputed: _recomputed,
    dl.DeadlineMet: _met,
    dl.DeadlineWarned: _warned,
    dl.DeadlineBreached: _breached,
    dl.DeadlineCleared: _cleared,
    ladder.UrgeIssued: _urged,
    ladder.UrgeWithdrawn: _withdrawn,
    ladder.SupervisionOpened: _opened,
    ladder.SupervisionLifted: _lifted,
}
