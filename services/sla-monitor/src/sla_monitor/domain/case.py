"""One appeal as the monitor sees it: a part per source, each folded in its own order, and nothing across sources."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import revisit as rv
from contracts.words import AppealType, Outcome, Service, Urgency
from sla_monitor.domain.handling import Handling, fold_handling
from sla_monitor.domain.ledger import Ledger, fold_ledger

STOPPING = (Outcome.WITHDRAWN, Outcome.MERGED)
"""Outcomes that end an appeal without giving the citizen what was owed."""


@dataclass(slots=True)
class Acceptance:
    """Intake's part. ``repeats``: when somebody called again about it, and who (a reference, never a name)."""

    number: str | None = None
    jurisdiction: str = "*"
    accepted: datetime | None = None
    withdrawn: datetime | None = None
    caller: str | None = None
    repeats: list[tuple[datetime, str | None]] = field(default_factory=list)


@dataclass(slots=True)
class Verdict:
    """The classifier's part: the latest verdict, and guidance."""

    type: AppealType | None = None
    topic: str = ""
    urgency: Urgency | None = None
    classified: datetime | None = None
    guided: datetime | None = None


@dataclass(slots=True)
class Visits:
    """The revisit service's part. ``tries`` holds, per round, the first try or answer."""

    tries: dict[int, datetime] = field(default_factory=dict)
    answers: dict[int, tuple[datetime, rv.RevisitAnswered]] = field(default_factory=dict)
    redos: list[tuple[datetime, rv.RedoOrdered]] = field(default_factory=list)
    closed: datetime | None = None
    outcome: Outcome | None = None


@dataclass(slots=True)
class Case:
    """All parts side by side."""

    acceptance: Acceptance
    verdict: Verdict
    handling: Handling
    visits: Visits
    ledger: Ledger

    @property
    def stopped(self) -> datetime | None:
        """When everything stopped: withdrawn, or closed."""
        return min((at for at in (self.acceptance.withdrawn, self.visits.closed) if at is not None), default=None)


def case_of(facts: Iterable[Fact[Event]]) -> Case:
    """The case from facts in any order, duplicates and gaps included: the order across sources cannot matter."""
    by_source: dict[str, dict[str, Fact[Event]]] = {source.value: {} for source in Service}
    for fact in facts:
        by_source[fact.source.value][fact.id] = fact
    return Case(
        _acceptance(_in_order(by_source[Service.INTAKE.value])),
        _verdict(_in_order(by_source[Service.CLASSIFIER.value])),
        fold_handling(_in_order(by_source[Service.DISPATCHER.value])),
        _visits(_in_order(by_source[Service.REVISIT.value])),
        fold_ledger(_in_order(by_source[Service.SLA_MONITOR.value])),
    )


def _in_order(facts: dict[str, Fact[Event]]) -> list[Fact[Event]]:
    # Only a broken sender gives a number twice; the id decides then, so that every replica still sees the same.
    return sorted(facts.values(), key=_place)


def _place(fact: Fact[Event]) -> tuple[int, str]:
    return (fact.sequence, fact.id)


def _acceptance(facts: list[Fact[Event]]) -> Acceptance:
    view = Acceptance()
    for fact in facts:
        match fact.data:
            case ap.AppealRegistered() as event:
                view.number, view.jurisdiction, view.accepted = event.number, event.jurisdiction, fact.time
                view.caller = event.caller_ref
            case ap.AppealSupplemented(repeat=True, caller_ref=caller):
                view.repeats.append((fact.time, caller))
            case ap.AppealWithdrawn():
                view.withdrawn = view.withdrawn or fact.time
    return view


def _verdict(facts: list[Fact[Event]]) -> Verdict:
    view = Verdict()
    for fact in facts:
        match fact.data:
            case ap.AppealClassified() as event:
                view.type, view.topic, view.urgency = event.type, event.topic, event.urgency
                view.classified = view.classified or fact.time
            case ap.AppealGuided():
                view.guided = view.guided or fact.time
    return view


def _visits(facts: list[Fact[Event]]) -> Visits:
    view = Visits()
    for fact in facts:
        match fact.data:
            case rv.RevisitAttempted(round=round) | rv.RevisitUnreached(round=round):
                view.tries.setdefault(round, fact.time)
            case rv.RevisitAnswered() as event:
                view.tries.setdefault(event.round, fact.time)
                view.answers.setdefault(event.round, (fact.time, event))
            case rv.RedoOrdered() as event:
                view.redos.append((fact.time, event))
            case ap.AppealClosed() as event:
                if view.closed is None:
                    view.closed, view.outcome = event.closed_at or fact.time, event.outcome
    return view
