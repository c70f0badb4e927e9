"""What the dispatcher's facts say, folded in their own order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import work_order as wo
from contracts.words import UnitPart
from sla_monitor.domain.spell import Instruction, Reply, Return, Spell


@dataclass(slots=True)
class Handling:
    """The dispatcher's part of an appeal. ``results``: per round, whose result was approved first, and when."""

    spells: list[Spell] = field(default_factory=list)
    results: dict[int, tuple[str, datetime]] = field(default_factory=dict)
    answered: datetime | None = None
    designated: set[str] = field(default_factory=set)
    merged: datetime | None = None
    names: dict[str, str] = field(default_factory=dict)
    told_by_main: datetime | None = None
    repeats: dict[str, tuple[datetime, wo.RepeatJoined]] = field(default_factory=dict)
    urge_answers: dict[str, tuple[datetime, datetime | None]] = field(default_factory=dict)
    supervision_answers: dict[str, datetime] = field(default_factory=dict)
    instructions: list[Instruction] = field(default_factory=list)

    def of(self, unit: str, round: int) -> Spell | None:
        """The latest spell of a unit in a round."""
        return next((one for one in reversed(self.spells) if one.unit == unit and one.round == round), None)

    def lead(self, round: int | None = None) -> Spell | None:
        """The latest spell of the lead unit (of one round)."""
        leads = (one for one in reversed(self.spells) if one.part is UnitPart.LEAD)
        return next((one for one in leads if one.started and (round is None or one.round == round)), None)


def fold_handling(facts: Iterable[Fact[Event]]) -> Handling:
    """The dispatcher's facts, in the order of their sequence; a missing beginning is borne."""
    view = Handling()
    for fact in facts:
        apply = _APPLY.get(type(fact.data))
        if apply is not None:
            apply(view, fact.data, fact.time)
    return view


def _spell(view: Handling, unit: str, round: int) -> Spell:
    found = view.of(unit, round)
    if found is None:
        # The dispatch itself has not arrived yet: keep what is known; no clock starts before it is.
        found = Spell(unit, round, 1)
        view.spells.append(found)
    return found


def _dispatched(view: Handling, event: wo.Dispatched, at: datetime) -> None:
    before = view.of(event.unit, event.round)
    if before is not None and before.stopped is None:
        before.stopped = at
    nth = 1 if before is None else before.nth + 1
    if event.unit_name:
        view.names[event.unit] = event.unit_name
    spell = Spell(event.unit, event.round, nth, event.part, event.urgency, at)
    view.spells.append(spell)
    for instruction in view.instructions:
        instruction.bind(spell)


def _recalled(view: Handling, event: wo.Recalled, at: datetime) -> None:
    spell = _spell(view, event.unit, event.round)
    if spell.stopped is None:
        spell.stopped = at


def _received(view: Handling, event: wo.Received, at: datetime) -> None:
    spell = _spell(view, event.unit, event.round)
    if spell.received is None:
        spell.received = at


def _deemed(view: Handling, event: wo.DeemedReceived, at: datetime) -> None:
    spell = _spell(view, event.unit, event.round)
    if spell.deemed is None:
        spell.deemed = at


def _contacted(view: Handling, event: wo.Contacted, at: datetime) -> None:
    spell = _spell(view, event.unit, event.round)
    if spell.contacted is None or at < spell.contacted:
        spell.contacted = at


def _return_requested(view: Handling, event: wo.ReturnRequested, at: datetime) -> None:
    _spell(view, event.unit, event.round).returns.append(Return(event.number, at))


def _return_decided(view: Handling, event: wo.ReturnDecided, at: datetime) -> None:
    for spell in view.spells:
        if spell.unit == event.unit and spell.round == event.round:
            for one in spell.returns:
                if one.number == event.number:
                    one.accepted = event.accepted


def _designated(view: Handling, event: wo.Designated, at: datetime) -> None:
    view.designated.add(event.unit)


def _extension_requested(view: Handling, event: wo.ExtensionRequested, at: datetime) -> None:
    _spell(view, event.unit, event.round).asked[event.number] = event.special


def _extension_decided(view: Handling, event: wo.ExtensionDecided, at: datetime) -> None:
    spell = _spell(view, event.unit, event.round)
    if event.granted and event.working_days > 0:
        spell.granted.append((at, event.working_days, spell.asked.get(event.number, False)))


def _replied(view: Handling, event: wo.Replied, at: datetime) -> None:
    _spell(view, event.unit, event.round).replies.append(Reply(event.number, at))


def _reviewed(view: Handling, unit: str, round: int, number: int, approved: bool, at: datetime) -> None:
    for spell in view.spells:
        if spell.unit == unit and spell.round == round:
            for reply in spell.replies:
                if reply.number == number and reply.approved is None:
                    reply.approved, reply.decided = approved, at


def _approved(view: Handling, event: wo.Approved, at: datetime) -> None:
    _reviewed(view, event.unit, event.round, event.number, True, at)
    spell = _spell(view, event.unit, event.round)
    if spell.started is not None and spell.part is UnitPart.LEAD and spell.reply_end() is not None:
        view.results.setdefault(event.round, (event.unit, at))


def _sent_back(view: Handling, event: wo.SentBack, at: datetime) -> None:
    _reviewed(view, event.unit, event.round, event.number, False, at)
    _spell(view, event.unit, event.round).sent_back.append((at, event.reasons))


def _delay_explained(view: Handling, event: wo.DelayExplained, at: datetime) -> None:
    _spell(view, event.unit, event.round).explained.append((at, event.until))


def _answered_directly(view: Handling, event: wo.AnsweredDirectly, at: datetime) -> None:
    view.answered = view.answered or at


def _urge_answered(view: Handling, event: wo.UrgeAnswered, at: datetime) -> None:
    view.urge_answers.setdefault(event.urge, (at, event.until))


def _supervision_answered(view: Handling, event: wo.SupervisionAnswered, at: datetime) -> None:
    view.supervision_answers.setdefault(event.supervision, at)


def _instructed(view: Handling, event: wo.Instructed, at: datetime) -> None:
    mine = (one for one in reversed(view.spells) if one.started and one.unit == event.unit)
    instruction = Instruction(event, at)
    view.instructions.append(instruction)
    if spell := next(mine, None) if event.unit else view.lead():
        instruction.bind(spell)


def _merged(view: Handling, event: wo.Merged, at: datetime) -> None:
    view.merged = at


def _unmerged(view: Handling, event: wo.Unmerged, at: datetime) -> None:
    # What the merge stopped runs on as if it had never stopped.
    view.merged = None


def _main_replied(view: Handling, event: wo.MainReplied, at: datetime) -> None:
    if event.interim:
        return
    # The caller of a repeat has the result when it was given, or at the merge where it had been given before.
    told = max(event.given, view.merged) if view.merged is not None else at
    view.told_by_main = told if view.told_by_main is None else min(view.told_by_main, told)
    if event.unit is not None and not event.same_caller:
        view.results.setdefault(event.round, (event.unit, at))


def _repeat_joined(view: Handling, event: wo.RepeatJoined, at: datetime) -> None:
    view.repeats[event.repeat] = (at, event)


def _repeat_left(view: Handling, event: wo.RepeatLeft, at: datetime) -> None:
    joined = view.repeats.get(event.repeat)
    if joined is not None and joined[1].merge <= event.merge:
        del view.repeats[event.repeat]


_APPLY: dict[type[Event], Callable[[Handling, Any, datetime], None]] = {
    wo.Dispatched: _dispatched,
    wo.Recalled: _recalled,
    wo.Received: _received,
    wo.DeemedReceived: _deemed,
    wo.Contacted: _contacted,
    wo.ReturnRequested: _return_requested,
    wo.ReturnDecided: _return_decided,
    wo.Designated: _designated,
    wo.ExtensionRequested: _extension_requested,
    wo.ExtensionDecided: _extension_decided,
    wo.Replied: _replied,
    wo.Approved: _approved,
    wo.SentBack: _sent_back,
    wo.DelayExplained: _delay_explained,
    wo.AnsweredDirectly: _answered_directly,
    wo.UrgeAnswered: _urge_answered,
    wo.SupervisionAnswered: _supervision_answered,
    wo.Instructed: _instructed,
    wo.Merged: _merged,
    wo.Unmerged: _unmerged,
    wo.MainReplied: _main_replied,
    wo.RepeatJoined: _repeat_joined,
    wo.RepeatLeft: _repeat_left,
}
