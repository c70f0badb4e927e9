"""What intake knows of an appeal: a pure fold of facts with one sub-state per source (rule 3a).

Sources may interleave in any way, facts may come twice, and a source's first facts may be missing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as a
from contracts.events import deadline as d
from contracts.events import emergency as e
from contracts.events import revisit as r
from contracts.events import work_order as w
from contracts.recusal import Recusals, recusals
from contracts.words import Clock, DeadlineKind, Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """Intake's own facts; ``attachments`` in the order in which they came, ``added`` maps an addition to its files."""

    registered: Fact[a.AppealRegistered] | None = None
    completed: frozenset[str] = frozenset()
    withdrawn: bool = False
    attachments: tuple[a.AttachmentRef, ...] = ()
    added: tuple[tuple[str, tuple[a.AttachmentRef, ...]], ...] = ()
    sealed: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Classified:
    """The classifier's facts. ``cases`` maps a raised line to our reference; a lowered one is gone from it.

    ``cleared``: the additions that are known to accuse nobody.
    """

    verdict: a.AppealClassified | None = None
    guided: bool = False
    cases: tuple[tuple[str, str], ...] = ()
    acknowledged: frozenset[str] = frozenset()
    cleared: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """The dispatcher's facts. ``holders`` are the units that have the order now; ``names`` by id, of all it went to."""

    holders: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    answered_directly: bool = False
    replied: bool = False
    approved: frozenset[tuple[str, int, int]] = frozenset()
    merged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One date of the citizen clock, as the SLA monitor computed it."""

    deadline: str
    kind: DeadlineKind
    due: datetime
    provisional: bool
    state: str
    steps: tuple[d.Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisited:
    """The revisit service's facts."""

    visiting: bool = False
    redoing: bool = False
    closed: a.AppealClosed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The whole picture; parts of different sources never depend on each other's order."""

    own: Own = field(default_factory=Own)
    classified: Classified = field(default_factory=Classified)
    orders: Orders = field(default_factory=Orders)
    promises: tuple[Promise, ...] = ()
    revisited: Revisited = field(default_factory=Revisited)
    recusals: Recusals = field(default_factory=Recusals)

    @property
    def missing(self) -> tuple[str, ...]:
        """What the record still lacks."""
        if self.own.registered is None:
            return ()
        return tuple(part for part in self.own.registered.data.missing if part not in self.own.completed)

    @property
    def files_for_units(self) -> frozenset[str]:
        """The files that a unit with the order may read: none of an addition before it is known to accuse nobody."""
        first = self.own.registered.data.attachments if self.own.registered is not None else ()
        later = (file for fact, files in self.own.added if fact in self.classified.cleared for file in files)
        return frozenset(file.attachment_id for file in (*first, *later))

    @property
    def status(self) -> str:
        """Where the appeal stands, in one word; each test looks at settled facts, so arrival order is no matter."""
        chain = (
            ("closed", self.revisited.closed is not None),
            ("withdrawn", self.own.withdrawn),
            ("merged", self.orders.merged),
            ("redo", self.revisited.redoing),
            ("return_visit", self.revisited.visiting),
            ("answered_directly", self.orders.answered_directly),
            ("replied", self.orders.replied),
            ("in_handling", bool(self.orders.holders)),
            ("guided", self.classified.guided),
            ("handed_over", bool(self.classified.cases)),
            ("classified", self.classified.verdict is not None),
        )
        return next((name for name, holds in chain if holds), "registered")


def ordered(facts: Iterable[Fact[Event]]) -> dict[Service, list[Fact[Event]]]:
    """The facts by source, each source by its sequence, every fact once."""
    by_source: dict[Service, list[Fact[Event]]] = {source: [] for source in Service}
    for fact in {fact.id: fact for fact in facts}.values():
        by_source[fact.source].append(fact)
    for known in by_source.values():
        known.sort(key=lambda fact: (fact.sequence, fact.id))
    return by_source


def fold(facts: Iterable[Fact[Event]]) -> View:
    """The view of one appeal."""
    facts = tuple(facts)
    by_source = ordered(facts)
    return View(
        own=_own(by_source[Service.INTAKE]),
        classified=_classified(by_source[Service.CLASSIFIER]),
        orders=_orders(by_source[Service.DISPATCHER]),
        promises=_promises(by_source[Service.SLA_MONITOR]),
        revisited=_revisited(by_source[Service.REVISIT]),
        recusals=recusals(facts),
    )


def _own(facts: Sequence[Fact[Event]]) -> Own:
    registered: Fact[a.AppealRegistered] | None = None
    completed: set[str] = set()
    sealed: set[tuple[str, str]] = set()
    files: list[a.AttachmentRef] = []
    added: list[tuple[str, tuple[a.AttachmentRef, ...]]] = []
    withdrawn = False
    for fact in facts:
        match fact.data:
            case a.AppealRegistered():
                registered = fact  # type: ignore[assignment] # the data tells what kind of fact it is
                files += fact.data.attachments
            case a.AppealSupplemented(completes=completes):
                completed.update(completes)
                files += fact.data.attachments
                added.append((fact.id, fact.data.attachments))
            case a.AppealWithdrawn():
                withdrawn = True
            case e.EmergencyContactSealed(line=line, reference=reference):
                sealed.add((line, reference))
    return Own(
        registered=registered,
        completed=frozenset(completed),
        withdrawn=withdrawn,
        attachments=tuple(dict.fromkeys(files)),
        added=tuple(added),
        sealed=frozenset(sealed),
    )


def _classified(facts: Sequence[Fact[Event]]) -> Classified:
    verdict: a.AppealClassified | None = None
    guided = False
    cases: dict[str, str] = {}
    acknowledged: set[str] = set()
    judged: dict[str, bool] = {}
    for fact in facts:
        match fact.data:
            case a.AppealClassified():
                verdict = fact.data
            case a.AppealGuided():
                guided = True
            case a.SupplementJudged(supplement=supplement, accusation=accusation):
                judged[supplement] = accusation is None
            case e.EmergencyRaised(line=line, reference=reference):
                cases[line] = reference
            case e.EmergencyAcknowledged(line=line):
                acknowledged.add(line)
            case e.EmergencyLowered(line=line):
                cases.pop(line, None)
    return Classified(
        verdict=verdict,
        guided=guided,
        cases=tuple(sorted(cases.items())),
        acknowledged=frozenset(acknowledged),
        cleared=frozenset(supplement for supplement, clear in judged.items() if clear),
    )


def _orders(facts: Sequence[Fact[Event]]) -> Orders:
    holders: dict[str, int] = {}
    names: dict[str, str] = {}
    approved: set[tuple[str, int, int]] = set()
    answered = replied = merged = False
    for fact in facts:
        match fact.data:
            case w.Dispatched(unit=unit, round=round_, unit_name=name):
                holders[unit] = round_
                if name:
                    names[unit] = name
            case w.Recalled(unit=unit, round=round_) if holders.get(unit) == round_:
                del holders[unit]
            case w.ReturnDecided(unit=unit, accepted=True):
                holders.pop(unit, None)
            case w.Approved(unit=unit, round=round_, number=number):
                approved.add((unit, round_, number))
                replied = True
            case w.MainReplied(interim=False):
                replied = True
            case w.AnsweredDirectly():
                answered = True
            case w.Merged():
                merged = True
            case w.Unmerged():
                merged = False
    return Orders(
        holders=tuple(sorted(holders)),
        names=names,
        answered_directly=answered,
        replied=replied,
        approved=frozenset(approved),
        merged=merged,
    )


def _promises(facts: Sequence[Fact[Event]]) -> tuple[Promise, ...]:
    # A promise is read by its latest date and its latest end separately, so that a missing first fact leaves the rest.
    promises: dict[str, Promise] = {}
    states: dict[str, str] = {}
    for fact in facts:
        data = fact.data
        match data:
            case d.DeadlineSet() | d.DeadlineRecomputed() if data.clock is Clock.CITIZEN:
                promises[data.deadline] = Promise(
                    deadline=data.deadline,
                    kind=data.kind,
                    due=data.due,
                    provisional=data.provisional,
                    state="running",
                    steps=data.steps,
                )
            case d.DeadlineMet():
                states[data.deadline] = "kept"
            case d.DeadlineBreached():
                states[data.deadline] = "breached"
            case d.DeadlineCleared() if states.get(data.deadline) == "breached":
                del states[data.deadline]
    return tuple(
        replace(promise, state=states.get(name, "running"))
        for name, promise in sorted(promises.items(), key=lambda item: (item[1].due, item[0]))
    )


def _revisited(facts: Sequence[Fact[Event]]) -> Revisited:
    visiting = redoing = False
    closed: a.AppealClosed | None = None
    for fact in facts:
        match fact.data:
            case r.RevisitScheduled():
                visiting, redoing = True, False
            case r.RedoOrdered():
                visiting, redoing = False, True
            case a.AppealClosed():
                closed = fact.data
    return Revisited(visiting=visiting, redoing=redoing, closed=closed)
