"""What the SLA monitor has said: due instants, breaches, urges, supervisions. Shown and obeyed here, never computed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from contracts.envelope import Fact
from contracts.events import Event, ladder
from contracts.events import deadline as dl
from contracts.words import Clock, DeadlineKind


@dataclass(slots=True)
class Due:
    """One deadline as last said. ``steps`` explain it; the caps are working days, None where not told."""

    id: str
    kind: DeadlineKind
    clock: Clock
    unit: str | None
    round: int
    number: int
    due: datetime
    provisional: bool = False
    met: datetime | None = None
    breached: bool = False
    steps: tuple[dl.Step, ...] = ()
    extension_cap: int | None = None
    special_extension_cap: int | None = None


@dataclass(slots=True)
class Watch:
    """The monitor's part of an appeal."""

    dues: dict[str, Due] = field(default_factory=dict)
    urges: dict[str, ladder.UrgeIssued] = field(default_factory=dict)
    supervisions: dict[str, ladder.SupervisionOpened] = field(default_factory=dict)
    withdrawn_urges: set[str] = field(default_factory=set)
    lifted: set[str] = field(default_factory=set)

    def of(self, kind: DeadlineKind, unit: str, round: int) -> Due | None:
        """The latest deadline of a kind on a unit's clock in a round."""
        found = [d for d in self.dues.values() if d.kind is kind and d.clock is Clock.UNIT]
        mine = [d for d in found if (d.unit, d.round) == (unit, round)]
        return max(mine, key=lambda d: d.number, default=None)

    def result(self, unit: str, round: int) -> Due | None:
        """When the unit's result is due: ``resolve`` in the first round, ``redo`` in a later one."""
        return self.of(DeadlineKind.RESOLVE if round == 1 else DeadlineKind.REDO, unit, round)

    def citizen(self, kind: DeadlineKind) -> Due | None:
        """The citizen's deadline of a kind."""
        return next((d for d in self.dues.values() if d.kind is kind and d.clock is Clock.CITIZEN), None)

    def open_urges(self) -> list[ladder.UrgeIssued]:
        """Urges that stand."""
        return [urge for name, urge in self.urges.items() if name not in self.withdrawn_urges]

    def open_supervisions(self) -> list[ladder.SupervisionOpened]:
        """Supervisions that stand."""
        return [one for name, one in self.supervisions.items() if name not in self.lifted]


def fold_watch(facts: Iterable[Fact[Event]]) -> Watch:
    """The monitor's facts in the order of their sequence."""
    view = Watch()
    for fact in facts:
        match fact.data:
            case dl.DeadlineSet() | dl.DeadlineRecomputed() as event:
                due = _due(view, event, event.due)
                due.due, due.provisional, due.steps = event.due, event.provisional, event.steps
                due.extension_cap, due.special_extension_cap = event.extension_cap, event.special_extension_cap
            case dl.DeadlineBreached() as event:
                _due(view, event, event.due).breached = True
            case dl.DeadlineWarned() as event:
                _due(view, event, event.due)
            case dl.DeadlineMet() as event:
                if event.deadline in view.dues:
                    view.dues[event.deadline].met = event.at
            case dl.DeadlineCleared() as event:
                if event.deadline in view.dues:
                    view.dues[event.deadline].breached = False
            case ladder.UrgeIssued() as event:
                view.urges[event.urge] = event
            case ladder.UrgeWithdrawn() as event:
                view.withdrawn_urges.add(event.urge)
            case ladder.SupervisionOpened() as event:
                view.supervisions[event.supervision] = event
            case ladder.SupervisionLifted() as event:
                view.lifted.add(event.supervision)
    return view


_Dated = dl.DeadlineSet | dl.DeadlineRecomputed | dl.DeadlineBreached | dl.DeadlineWarned


def _due(view: Watch, event: _Dated, due: datetime) -> Due:
    found = view.dues.get(event.deadline)
    if found is None:
        found = Due(event.deadline, event.kind, event.clock, event.unit, event.round, event.number, due)
        view.dues[event.deadline] = found
    return found
