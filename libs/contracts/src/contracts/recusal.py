"""回避: who takes no part in an appeal, folded from its facts by every service that shows or decides something of it.

Domain rules, section 7: persons with an interest recuse themselves, and an accusation reaches nobody of the accused
unit, of what is above it or below it. The dispatcher knows the units and tells the others:
``work_order.units_barred``.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from contracts.decision import Decision
from contracts.envelope import Fact
from contracts.events import Event, ladder
from contracts.events import appeal as ap
from contracts.events import publication as pb
from contracts.events import revisit as rv
from contracts.events import triage as tr
from contracts.events import work_order as wo
from contracts.words import Service

SHANGHAI = timezone(timedelta(hours=8))
"""An attempt is recorded once a local day."""

Attempt = ap.AppealBarred | rv.RevisitBarred | tr.TriageBarred | ladder.AccountabilityBarred | pb.JournalBarred
"""What the services but the dispatcher record where somebody must recuse."""


@dataclass(frozen=True, slots=True)
class Recusals:
    """``persons`` as ``entry`` writes them; ``units``: whose people take no part."""

    persons: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    def bar(self, user: str, unit: str | None) -> bool:
        """Whether this person, of this unit where their token names one, takes no part."""
        return named_in(self.persons, user, unit) or (unit is not None and unit in self.units)

    def recorded(
        self,
        event: type[Attempt],
        attempt: str,
        user: str,
        unit: str | None,
        now: datetime,
    ) -> Decision:
        """The ``attempt`` (``read``, ``audit``) as the service's own ``event``: once a day per person and way."""
        concerned = unit if unit in self.units else None
        day = now.astimezone(SHANGHAI).date().isoformat()
        return Decision(
            event=event(attempt=attempt, by=user, barred_unit=concerned),
            time=now,
            key=("attempt", attempt, concerned or "", user, day),
        )


def entry(person: str, of_unit: str | None) -> str:
    """One recused person as plain text, for rows: a unit's word binds who acts for that unit."""
    return person if of_unit is None else f"{person}\n{of_unit}"


def named_in(persons: Collection[str], user: str, unit: str | None) -> bool:
    """Whether this person is among the recused ``persons``."""
    return user in persons or (unit is not None and entry(user, unit) in persons)


def without(persons: Iterable[str], person: str) -> set[str]:
    """The recused persons once the recusals of ``person`` are lifted."""
    return {one for one in persons if one.partition("\n")[0] != person}


def recusals(facts: Iterable[Fact[Event]]) -> Recusals:
    """From an appeal's facts in any order, with duplicates and gaps; each source's own order counts."""
    persons: set[str] = set()
    named: set[str] = set()
    barred: dict[str, tuple[str, ...]] = {}
    once = {fact.id: fact for fact in facts}.values()
    for fact in sorted(once, key=lambda fact: (fact.source is Service.DISPATCHER, fact.sequence, fact.id)):
        match fact.data:
            case ap.AppealRegistered(accused_unit=str(words)):
                named.add(words.strip().casefold())  # a form's own words; as an id they are in lower case
            case ap.AppealClassified() as event:
                named |= {unit for unit in (event.accused_unit, *event.further_accused) if unit is not None}
            case ap.SupplementJudged(accused_unit=str(unit)):
                named.add(unit)
            case wo.Recused() as event:
                persons.add(entry(event.person, event.of_unit))
            case wo.RecusalLifted() as event:
                persons = without(persons, event.person)
            case wo.UnitsBarred() as event:
                barred[event.accused] = event.units
            case _:
                pass
    return Recusals(frozenset(persons), frozenset(named).union(*barred.values()))
