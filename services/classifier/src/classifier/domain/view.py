"""What the classifier knows of one appeal: a fold of intake's facts and of its own, each source by its own order."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from classifier.domain.emergency_case import Case, cases
from contracts.envelope import Fact, decision_id
from contracts.events import Event
from contracts.events.appeal import (
    AppealClassified,
    AppealGuided,
    AppealRegistered,
    AppealSupplemented,
    AppealWithdrawn,
    SupplementJudged,
)
from contracts.events.triage import TriageDecided, TriageRequested
from contracts.words import Service

E = TypeVar("E", bound=Event)

VERDICT = ("verdict",)
"""The decision key of the one verdict on an appeal. It names no model, so that two replicas decide once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One appeal. ``supplements`` in intake's order; ``ids`` of all facts known."""

    subject: str
    registered: Fact[AppealRegistered] | None = None
    supplements: tuple[Fact[AppealSupplemented], ...] = ()
    judged_supplements: tuple[Fact[SupplementJudged], ...] = ()
    withdrawn: bool = False
    requests: tuple[Fact[TriageRequested], ...] = ()
    decisions: tuple[Fact[TriageDecided], ...] = ()
    classified: Fact[AppealClassified] | None = None
    guided: Fact[AppealGuided] | None = None
    cases: tuple[Case, ...] = ()
    ids: frozenset[str] = frozenset()

    @property
    def judged(self) -> bool:
        """Whether the machine's verdict is given: classified, or handed to a person."""
        return self.classified is not None or decision_id(self.subject, TriageRequested.NAME, VERDICT) in self.ids

    @property
    def pending(self) -> tuple[Fact[TriageRequested], ...]:
        """The requests that no person has decided yet; a decision answers every request before it."""
        last = max((fact.sequence for fact in self.decisions), default=0)
        return tuple(fact for fact in self.requests if fact.sequence > last)

    @property
    def waits_for_triage(self) -> bool:
        """Whether it is on the triage desk."""
        return bool(self.pending) and not self.withdrawn

    @property
    def dangerous(self) -> bool:
        """Whether it is first on the desk."""
        return any(fact.data.dangerous for fact in self.pending)

    @property
    def number(self) -> str | None:
        """The public number, once known."""
        return self.registered.data.number if self.registered is not None else None

    @property
    def texts(self) -> tuple[str, ...]:
        """What was said, masked, in order."""
        first = (self.registered.data.text_masked,) if self.registered is not None else ()
        return (*first, *(fact.data.text_masked for fact in self.supplements))

    def case(self, reference: str) -> Case | None:
        """The case under our reference."""
        return next((case for case in self.cases if case.reference == reference), None)

    def standing(self, line: str) -> Case | None:
        """The line's case that was not lowered."""
        return next((case for case in self.cases if case.line == line and case.lowered is None), None)


def fold(subject: str, facts: Sequence[Fact[Event]]) -> View:
    """The view; the order of ``facts``, duplicates and how the sources are interleaved do not matter."""
    once = {fact.id: fact for fact in facts}
    intake = _in_order(once.values(), Service.INTAKE)
    own = _in_order(once.values(), Service.CLASSIFIER)
    return View(
        subject=subject,
        registered=_first(intake, AppealRegistered),
        supplements=_all(intake, AppealSupplemented),
        judged_supplements=_all(own, SupplementJudged),
        withdrawn=_first(intake, AppealWithdrawn) is not None,
        requests=_all(own, TriageRequested),
        decisions=_all(own, TriageDecided),
        classified=_first(own, AppealClassified),
        guided=_first(own, AppealGuided),
        cases=cases(own),
        ids=frozenset(once),
    )


def _in_order(facts: Iterable[Fact[Event]], source: Service) -> list[Fact[Event]]:
    return sorted((fact for fact in facts if fact.source is source), key=lambda fact: fact.sequence)


def _all(facts: Sequence[Fact[Event]], kind: type[E]) -> tuple[Fact[E], ...]:
    return tuple(fact for fact in facts if isinstance(fact.data, kind))  # type: ignore[misc]


def _first(facts: Sequence[Fact[Event]], kind: type[E]) -> Fact[E] | None:
    found = _all(facts, kind)
    return found[0] if found else None
