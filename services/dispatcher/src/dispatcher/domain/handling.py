"""The dispatcher's own facts folded in their sequence: spells with units, signatures, submissions, merges."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import work_order as wo
from contracts.recusal import entry, without
from contracts.words import UnitPart
from dispatcher.domain.links import Links
from dispatcher.domain.spell import Extension, Reply, Return, Spell

BESIDE = (
    wo.RepeatJoined, wo.RepeatLeft, wo.Recused, wo.RecusalLifted, wo.Barred, wo.UnitsBarred, wo.Accused, wo.Phoned,
    wo.StaffSent, wo.SiteVisited, wo.SpeciallyReported,
)  # fmt: skip
"""What may come before the first decision on who handles the order, and decides nothing of it."""


@dataclass(slots=True)
class Handling:
    """What has been done with the order."""

    spells: list[Spell] = field(default_factory=list)
    answered: datetime | None = None
    awaiting: wo.AwaitingSignature | None = None
    awaiting_since: datetime | None = None
    submitted: wo.Submitted | None = None
    instructed: wo.Instructed | None = None
    designated: set[str] = field(default_factory=set)
    merged_into: str | None = None
    recused: set[str] = field(default_factory=set)
    accused: set[str] = field(default_factory=set)
    accusations: set[str] = field(default_factory=set)
    phoned: list[wo.Phoned] = field(default_factory=list)
    meetings: list[wo.CoordinationMet] = field(default_factory=list)
    staff_sent: list[wo.StaffSent] = field(default_factory=list)
    visits: list[wo.SiteVisited] = field(default_factory=list)
    reports: list[wo.SpeciallyReported] = field(default_factory=list)
    objections: dict[tuple[str, int], wo.Objected] = field(default_factory=dict)
    urge_answers: set[str] = field(default_factory=set)
    supervision_answers: set[str] = field(default_factory=set)
    begun: bool = False
    links: Links = field(default_factory=Links)

    def of(self, unit: str, round: int | None = None) -> Spell | None:
        """The latest spell of a unit (in one round)."""
        found = (s for s in reversed(self.spells) if s.unit == unit and (round is None or s.round == round))
        return next(found, None)

    def holding(self, unit: str) -> Spell | None:
        """The unit's open spell: whether it has the order now."""
        return next((spell for spell in reversed(self.spells) if spell.unit == unit and spell.open), None)

    def open_spells(self) -> list[Spell]:
        """Everybody who has the order now, in order of dispatch."""
        return [spell for spell in self.spells if spell.open]

    def lead(self) -> Spell | None:
        """The open spell of the lead unit."""
        return next((spell for spell in reversed(self.spells) if spell.open and spell.part is UnitPart.LEAD), None)

    @property
    def result_approved(self) -> bool:
        """Whether the latest lead unit's result passed review, be the order still with that unit or not."""
        leads = (spell for spell in reversed(self.spells) if spell.started and spell.part is UnitPart.LEAD)
        latest = next(leads, None)
        return latest is not None and latest.approved_reply() is not None

    @property
    def round(self) -> int:
        """The latest round; 1 before the first dispatch."""
        return max((spell.round for spell in self.spells), default=1)

    def dispatches(self, unit: str, round: int) -> int:
        """How often the order went to a unit in a round."""
        return sum(1 for spell in self.spells if spell.unit == unit and spell.round == round and spell.started)

    def accepted_returns(self) -> int:
        """How often its lead unit returned the order with the centre's consent."""
        return sum(1 for s in self.spells if s.part is UnitPart.LEAD for one in s.returns if one.accepted)

    def replies(self, unit: str, round: int) -> list[Reply]:
        """Every reply of a unit in a round, whichever spell it fell in."""
        return [one for s in self.spells if (s.unit, s.round) == (unit, round) for one in s.replies]

    def returns(self, unit: str, round: int) -> list[Return]:
        """Every return request of a unit in a round."""
        return [one for s in self.spells if (s.unit, s.round) == (unit, round) for one in s.returns]

    def extensions(self, unit: str, round: int) -> list[Extension]:
        """Every extension request of a unit in a round."""
        return [one for s in self.spells if (s.unit, s.round) == (unit, round) for one in s.extensions]


def fold_handling(facts: Iterable[Fact[Event]]) -> Handling:
    """The own facts in the order of their sequence."""
    view = Handling()
    for fact in facts:
        view.begun = view.begun or not isinstance(fact.data, BESIDE)
        view.links.apply(fact)
        apply = _APPLY.get(type(fact.data))
        if apply is not None:
            apply(view, fact.data, fact.time)
    return view


def _spell(view: Handling, unit: str, round: int) -> Spell:
    found = view.of(unit, round)
    if found is None:
        found = Spell(unit, round)
        view.spells.append(found)
    return found


def _answered(view: Handling, event: wo.AnsweredDirectly, at: datetime) -> None:
    view.answered = view.answered or at
    view.awaiting = None


def _awaiting(view: Handling, event: wo.AwaitingSignature, at: datetime) -> None:
    view.awaiting, view.awaiting_since = event, at


def _submitted(view: Handling, event: wo.Submitted, at: datetime) -> None:
    view.submitted, view.instructed, view.meetings = event, None, []


def _instructed(view: Handling, event: wo.Instructed, at: datetime) -> None:
    view.instructed = event


def _dispatched(view: Handling, event: wo.Dispatched, at: datetime) -> None:
    before = view.of(event.unit, event.round)
    nth = 1 if before is None else before.nth + 1
    if before is not None and before.stopped is None:
        before.stopped = at
    for earlier in view.spells:
        if earlier.round < event.round:
            # A redo begins anew; what lay open in the round before is done with.
            earlier.stopped = earlier.stopped or at
    if event.part is UnitPart.LEAD:
        # A co-unit that joins leaves it open who leads.
        view.awaiting = None
    view.objections = {key: one for key, one in view.objections.items() if key[0] != event.unit}
    view.spells.append(
        Spell(
            event.unit, event.round, nth, event.part, event.mode, event.urgency,
            event.signed_by, event.standing_sign_off, at,
        )
    )  # fmt: skip


def _recalled(view: Handling, event: wo.Recalled, at: datetime) -> None:
    spell = _spell(view, event.unit, event.round)
    spell.stopped = spell.stopped or at
    view.objections.pop((event.unit, event.round), None)


def _phoned(view: Handling, event: wo.Phoned, at: datetime) -> None:
    view.phoned.append(event)


def _met(view: Handling, event: wo.CoordinationMet, at: datetime) -> None:
    view.meetings.append(event)


def _staff_sent(view: Handling, event: wo.StaffSent, at: datetime) -> None:
    view.staff_sent.append(event)


def _visited(view: Handling, event: wo.SiteVisited, at: datetime) -> None:
    view.visits.append(event)


def _reported(view: Handling, event: wo.SpeciallyReported, at: datetime) -> None:
    view.reports.append(event)


def _received(view: Handling, event: wo.Received, at: datetime) -> None:
    spell = _spell(view, event.unit, event.round)
    spell.received = spell.received or at


def _deemed(view: Handling, event: wo.DeemedReceived, at: datetime) -> None:
    spell = _spell(view, event.unit, event.round)
    spell.deemed = spell.deemed or at


def _contacted(view: Handling, event: wo.Contacted, at: datetime) -> None:
    spell = _spell(view, event.unit, event.round)
    spell.contacted = spell.contacted or at


def _return_requested(view: Handling, event: wo.ReturnRequested, at: datetime) -> None:
    _spell(view, event.unit, event.round).returns.append(Return(event, at))


def _return_decided(view: Handling, event: wo.ReturnDecided, at: datetime) -> None:
    for one in view.returns(event.unit, event.round):
        if one.event.number == event.number:
            one.accepted = event.accepted


def _objected(view: Handling, event: wo.Objected, at: datetime) -> None:
    view.objections[(event.unit, event.round)] = event


def _designated(view: Handling, event: wo.Designated, at: datetime) -> None:
    view.designated.add(event.unit)
    view.objections.clear()


def _extension_requested(view: Handling, event: wo.ExtensionRequested, at: datetime) -> None:
    _spell(view, event.unit, event.round).extensions.append(Extension(event, at))


def _extension_decided(view: Handling, event: wo.ExtensionDecided, at: datetime) -> None:
    for one in view.extensions(event.unit, event.round):
        if one.event.number == event.number:
            one.granted, one.days = event.granted, event.working_days


def _replied(view: Handling, event: wo.Replied, at: datetime) -> None:
    _spell(view, event.unit, event.round).replies.append(Reply(event, at))


def _reviewed(view: Handling, event: wo.Approved | wo.SentBack, at: datetime) -> None:
    for one in view.replies(event.unit, event.round):
        if one.event.number == event.number and one.approved is None:
            one.approved, one.decided = isinstance(event, wo.Approved), at


def _urge_answered(view: Handling, event: wo.UrgeAnswered, at: datetime) -> None:
    view.urge_answers.add(event.urge)


def _supervision_answered(view: Handling, event: wo.SupervisionAnswered, at: datetime) -> None:
    view.supervision_answers.add(event.supervision)


def _merged(view: Handling, event: wo.Merged, at: datetime) -> None:
    view.merged_into, view.awaiting = event.parent, None


def _unmerged(view: Handling, event: wo.Unmerged, at: datetime) -> None:
    view.merged_into = None


def _recused(view: Handling, event: wo.Recused, at: datetime) -> None:
    view.recused.add(entry(event.person, event.of_unit))


def _recusal_lifted(view: Handling, event: wo.RecusalLifted, at: datetime) -> None:
    view.recused = without(view.recused, event.person)


def _accused(view: Handling, event: wo.Accused, at: datetime) -> None:
    view.accused.add(event.accused_unit)
    view.accusations.add(event.accusation)


_APPLY: dict[type[Event], Callable[[Handling, Any, datetime], None]] = {
    wo.AnsweredDirectly: _answered,
    wo.AwaitingSignature: _awaiting,
    wo.Submitted: _submitted,
    wo.Instructed: _instructed,
    wo.Dispatched: _dispatched,
    wo.Recalled: _recalled,
    wo.Phoned: _phoned,
    wo.CoordinationMet: _met,
    wo.StaffSent: _staff_sent,
    wo.SiteVisited: _visited,
    wo.SpeciallyReported: _reported,
    wo.Received: _received,
    wo.DeemedReceived: _deemed,
    wo.Contacted: _contacted,
    wo.ReturnRequested: _return_requested,
    wo.ReturnDecided: _return_decided,
    wo.Objected: _objected,
    wo.Designated: _designated,
    wo.ExtensionRequested: _extension_requested,
    wo.ExtensionDecided: _extension_decided,
    wo.Replied: _replied,
    wo.Approved: _reviewed,
    wo.SentBack: _reviewed,
    wo.UrgeAnswered: _urge_answered,
    wo.SupervisionAnswered: _supervision_answered,
    wo.Merged: _merged,
    wo.Unmerged: _unmerged,
    wo.Recused: _recused,
    wo.RecusalLifted: _recusal_lifted,
    wo.Accused: _accused,
}
