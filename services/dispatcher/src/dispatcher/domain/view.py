"""One appeal as the dispatcher sees it: a part per source, each in its own order, and nothing across sources."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import revisit as rv
from contracts.words import Service
from dispatcher.domain.handling import Handling, fold_handling
from dispatcher.domain.watch import Watch, fold_watch


@dataclass(slots=True)
class Matter:
    """Intake's part: what the citizen said, masked. ``files``: fact to what came with it."""

    registered: ap.AppealRegistered | None = None
    at: datetime | None = None
    supplements: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[ap.AttachmentRef, ...]] = field(default_factory=dict)
    repeats: int = 0
    withdrawn: datetime | None = None


@dataclass(slots=True)
class Judgement:
    """The classifier's part: the latest verdict counts. ``cleared``: supplement to whether units may read it."""

    classified: ap.AppealClassified | None = None
    at: datetime | None = None
    accused: set[str] = field(default_factory=set)
    accusations: set[str] = field(default_factory=set)
    cleared: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class Audit:
    """The revisit service's part."""

    redos: list[rv.RedoOrdered] = field(default_factory=list)
    closed: datetime | None = None
    outcome: str | None = None


@dataclass(slots=True)
class View:
    """All parts side by side."""

    matter: Matter
    judgement: Judgement
    handling: Handling
    watch: Watch
    audit: Audit

    @property
    def number(self) -> str | None:
        """The public number."""
        return self.matter.registered.number if self.matter.registered else None

    @property
    def text(self) -> str:
        """What the citizen said, masked, with everything added since."""
        first = self.matter.registered.text_masked if self.matter.registered else ""
        return "\n".join((first, *self.matter.supplements.values()))

    @property
    def text_for_units(self) -> str:
        """The same without additions that accuse somebody, or of which it is not known yet whether they do."""
        first = self.matter.registered.text_masked if self.matter.registered else ""
        told = (text for fact, text in self.matter.supplements.items() if fact not in self.withheld)
        return "\n".join((first, *told))

    @property
    def withheld(self) -> frozenset[str]:
        """Additions that no unit may read: they accuse somebody, or it is not known yet whether they do."""
        cleared = self.judgement.cleared
        return frozenset(fact for fact in self.matter.supplements if not cleared.get(fact, False))

    def files(self, for_units: bool) -> tuple[ap.AttachmentRef, ...]:
        """What the citizen attached, in the order in which it came, each once; for units without what is withheld."""
        hidden = self.withheld if for_units else frozenset()
        came = (file for fact, files in self.matter.files.items() if fact not in hidden for file in files)
        return tuple({file.attachment_id: file for file in came}.values())

    @property
    def topic(self) -> str:
        """The topic of the latest verdict; empty before it."""
        return self.judgement.classified.topic if self.judgement.classified is not None else ""

    @property
    def accused(self) -> frozenset[str]:
        """Everybody ever accused, by the form, the classifier or a person: an accusation does not fade.

        As it was written: ``guard.accused_units`` knows which units that are.
        """
        registered = self.matter.registered
        named = accused_in(registered) if registered is not None else frozenset[str]()
        return named | self.judgement.accused | self.handling.accused

    @property
    def accusations(self) -> frozenset[str]:
        """Every kind of accusation ever told."""
        return frozenset(self.judgement.accusations | self.handling.accusations)

    @property
    def accusing(self) -> bool:
        """Whether anybody is accused, be the unit known or not."""
        return bool(self.accused or self.accusations)

    @property
    def retaliation(self) -> bool:
        """Whether it tells of retaliation or suppression, which has a lane of its own."""
        return "retaliation" in self.accusations

    @property
    def over(self) -> bool:
        """Whether nothing more is to be done: withdrawn or closed."""
        return self.matter.withdrawn is not None or self.audit.closed is not None


def accused_in(event: ap.AppealRegistered | ap.AppealClassified | ap.SupplementJudged) -> frozenset[str]:
    """Whom one event accuses."""
    further = event.further_accused if isinstance(event, ap.AppealClassified) else ()
    return frozenset(name for name in (event.accused_unit, *further) if name)


def fold(facts: Iterable[Fact[Event]]) -> View:
    """The view from facts in any order, with duplicates and gaps: the order across sources cannot matter."""
    by_source: dict[Service, dict[str, Fact[Event]]] = {}
    for fact in facts:
        by_source.setdefault(fact.source, {})[fact.id] = fact

    def of(source: Service) -> list[Fact[Event]]:
        return sorted(by_source.get(source, {}).values(), key=lambda fact: (fact.sequence, fact.id))

    return View(
        _matter(of(Service.INTAKE)),
        _judgement(of(Service.CLASSIFIER)),
        fold_handling(of(Service.DISPATCHER)),
        fold_watch(of(Service.SLA_MONITOR)),
        _audit(of(Service.REVISIT)),
    )


def _matter(facts: Sequence[Fact[Event]]) -> Matter:
    view = Matter()
    for fact in facts:
        match fact.data:
            case ap.AppealRegistered() as event:
                view.registered, view.at = event, fact.time
                view.files[fact.id] = event.attachments
            case ap.AppealSupplemented() as event:
                view.supplements[fact.id] = event.text_masked
                view.files[fact.id] = event.attachments
                view.repeats += event.repeat
            case ap.AppealWithdrawn():
                view.withdrawn = view.withdrawn or fact.time
    return view


def _judgement(facts: Sequence[Fact[Event]]) -> Judgement:
    view = Judgement()
    for fact in facts:
        match fact.data:
            case ap.AppealClassified() as event:
                view.classified, view.at = event, fact.time
                view.accused |= accused_in(event)
                if event.accusation:
                    view.accusations.add(event.accusation)
            case ap.SupplementJudged() as event:
                view.cleared[event.supplement] = event.accusation is None
                view.accused |= accused_in(event)
                if event.accusation:
                    view.accusations.add(event.accusation)
    return view


def _audit(facts: Sequence[Fact[Event]]) -> Audit:
    view = Audit()
    for fact in facts:
        match fact.data:
            case rv.RedoOrdered() as event:
                view.redos.append(event)
            case ap.AppealClosed() as event:
                view.closed = view.closed or event.closed_at or fact.time
                view.outcome = view.outcome or str(event.outcome)
    return view
