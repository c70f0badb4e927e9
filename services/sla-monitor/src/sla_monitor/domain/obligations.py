"""Every deadline of an appeal as a pure function of facts, policies, calendar and now.

What starts, ends, holds and stops each clock is written here (domain rules, "Time"): the citizen clock runs from
acceptance and never stops or resets; the unit clock runs per unit and round, stops at an accepted return, and starts
again at a redo. Explanations are made on demand by ``explanation.explain``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts.envelope import Fact
from contracts.events import Event
from contracts.words import AppealType, Clock, DeadlineKind, SupervisionKind, UnitPart, Urgency
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.case import STOPPING, Case, case_of
from sla_monitor.domain.ledger import Supervision, Urge
from sla_monitor.domain.obligation import Obligation, State, deadline_id, state_of
from sla_monitor.domain.policy import Policies
from sla_monitor.domain.spell import Spell
from sla_monitor.domain.term import Grant, Term, term

LASTING = ("untrue_result", "redo_exhausted")
"""Triggers whose supervision outlives the appeal: the matter is closed, the unit's conduct is not."""

SUPERVISION_KINDS = {
    SupervisionKind.SYSTEM: DeadlineKind.SUPERVISION_SYSTEM,
    SupervisionKind.WRITTEN: DeadlineKind.SUPERVISION_WRITTEN,
    SupervisionKind.SPECIAL_TOPIC: DeadlineKind.SUPERVISION_SPECIAL_TOPIC,
    SupervisionKind.INSTRUCTION: DeadlineKind.SUPERVISION_INSTRUCTION,
}
"""Supervision on site has no term."""


def obligations(
    facts: Iterable[Fact[Event]], policies: Policies, calendar: Calendar, now: datetime
) -> tuple[Obligation, ...]:
    """Every deadline of the one appeal that ``facts`` are about, as it stands at ``now`` (aware, UTC).

    Facts come in any order, with duplicates and gaps; the order within a source is that of their sequence numbers.
    """
    return obligations_of(case_of(facts), policies, calendar, now)


def obligations_of(case: Case, policies: Policies, calendar: Calendar, now: datetime) -> tuple[Obligation, ...]:
    """The same for a case already folded."""
    clerk = _Clerk(case, policies, calendar, now)
    clerk.citizen()
    for spell in case.handling.spells:
        if spell.started is not None:
            clerk.unit(spell, spell.started)
    clerk.redo()
    clerk.revisit()
    for urge in case.ledger.urges.values():
        clerk.urge(urge)
    for supervision in case.ledger.supervisions.values():
        clerk.supervision(supervision)
    return tuple(clerk.made)


class _Clerk:
    """Writes down the obligations of one case, clock by clock."""

    def __init__(self, case: Case, policies: Policies, calendar: Calendar, now: datetime) -> None:
        self._case = case
        self._policies = policies
        self._calendar = calendar
        self._now = now
        self._type: AppealType | None = case.verdict.type
        self._topic = case.verdict.topic
        self.made: list[Obligation] = []

    def citizen(self) -> None:
        """Contact and resolve from acceptance. A return and a new dispatch never touch them."""
        case, accepted = self._case, self._case.acceptance.accepted
        if accepted is None:
            return
        # A spell whose dispatch has not arrived yet may turn out to be a co-unit's: its reply ends nothing so far.
        leads = [spell for spell in case.handling.spells if spell.part is UnitPart.LEAD and spell.started]
        visits, closed = case.visits, case.visits.closed
        finished = None if visits.outcome in STOPPING else closed
        stop = _first(case.acceptance.withdrawn, closed if visits.outcome in STOPPING else None)
        ends = (case.handling.answered, case.handling.told_by_main, case.verdict.guided, finished)
        resolved = _first(*ends, *(spell.reply_end() for spell in leads))
        contacted = _first(resolved, *(spell.contacted for spell in case.handling.spells))
        waits = _first(*(spell.reply_waits() for spell in leads))
        grants = [grant for spell in leads if spell.round == 1 for grant in spell.granted]
        urgency = case.verdict.urgency
        self._write(DeadlineKind.CONTACT, Clock.CITIZEN, accepted, contacted, waits, stop, urgency=urgency)
        self._write(
            DeadlineKind.RESOLVE, Clock.CITIZEN, accepted, resolved, waits, stop, urgency=urgency, grants=grants
        )

    def unit(self, spell: Spell, started: datetime) -> None:
        """Receipt, return, contact and (in the first round) resolve of one spell."""
        stop = self._unit_stop(spell)
        waits = _first(spell.reply_waits(), spell.return_waits())
        replied = spell.reply_end()
        self._write(DeadlineKind.RECEIPT, Clock.UNIT, started, spell.received, None, stop, spell=spell)
        received = _first(spell.received, spell.deemed)
        if received is not None and spell.round == 1 and spell.unit not in self._case.handling.designated:
            asked = spell.returns[0].requested if spell.returns else None
            given = spell.replies[0].given if spell.replies else None
            self._write(DeadlineKind.RETURN, Clock.UNIT, received, asked, None, _first(stop, given), spell=spell)
        contacted = _first(spell.contacted, replied)
        self._write(DeadlineKind.CONTACT, Clock.UNIT, started, contacted, waits, stop, spell=spell)
        if spell.round == 1:
            self._write(
                DeadlineKind.RESOLVE, Clock.UNIT, started, replied, waits, stop, spell=spell, grants=spell.granted
            )

    def redo(self) -> None:
        """A redo runs from its order, however often it is dispatched; what the unit did in that round ends it."""
        for ordered, event in self._case.visits.redos:
            spell = self._case.handling.of(event.unit, event.round) or Spell(event.unit, event.round, 1)
            waits = _first(spell.reply_waits(), spell.return_waits())
            self._write(
                DeadlineKind.REDO,
                Clock.UNIT,
                ordered,
                spell.reply_end(),
                waits,
                self._unit_stop(spell),
                spell=spell,
                number=1,
                grants=spell.granted,
            )

    def revisit(self) -> None:
        """The centre's own: a first try after the lead unit's approved result, once per round."""
        for round_, (_, result) in self._case.handling.results.items():
            tried = self._case.visits.tries.get(round_)
            self._write(DeadlineKind.REVISIT, Clock.CITIZEN, result, tried, None, self._case.stopped, round=round_)

    def urge(self, urge: Urge) -> None:
        """From the urge to the unit's answer: words, or the result itself."""
        event, handling = urge.event, self._case.handling
        spell = handling.of(event.unit, event.round) or Spell(event.unit, event.round, 1)
        answer = handling.urge_answers.get(event.urge)
        contact = spell.contacted if event.kind is DeadlineKind.CONTACT else None
        end = _first(answer[0] if answer else None, _after(urge.at, contact), _after(urge.at, spell.reply_end()))
        waits = _after(urge.at, spell.reply_waits())
        stop = _first(urge.withdrawn, self._unit_stop(spell))
        self._write(DeadlineKind.URGE_REPLY, Clock.UNIT, urge.at, end, waits, stop, spell=spell, number=event.number)

    def supervision(self, one: Supervision) -> None:
        """From opening to the unit's answer or result."""
        event, handling = one.event, self._case.handling
        kind = SUPERVISION_KINDS.get(event.kind)
        if kind is None:
            return
        spell = handling.of(event.unit, event.round) or Spell(event.unit, event.round, 1)
        end = _first(handling.supervision_answers.get(event.supervision), _after(one.at, spell.reply_end()))
        waits = _after(one.at, spell.reply_waits())
        stop = one.lifted if event.trigger in LASTING else _first(one.lifted, self._unit_stop(spell))
        by_leader = any(instruction.event.due == event.due for instruction in handling.instructions)
        self._write(
            kind,
            Clock.UNIT,
            one.at,
            end,
            waits,
            stop,
            spell=spell,
            number=event.number,
            fixed=event.due if by_leader else None,
        )

    def _unit_stop(self, spell: Spell) -> datetime | None:
        return _first(spell.stop(), self._case.handling.merged, self._case.stopped)

    def _write(
        self,
        kind: DeadlineKind,
        clock: Clock,
        start: datetime,
        end: datetime | None,
        waits: datetime | None,
        stop: datetime | None,
        *,
        spell: Spell | None = None,
        round: int = 1,
        number: int | None = None,
        urgency: Urgency | None = None,
        grants: Sequence[Grant] = (),
        fixed: datetime | None = None,
    ) -> None:
        calendar, now = self._calendar, self._now
        if spell is not None:
            round, urgency = spell.round, spell.urgency
            number = spell.nth if number is None else number
        number = number or 1
        unit = spell.unit if spell else None
        policy = self._policies.at(self._case.acceptance.jurisdiction, start, now)
        if fixed is not None:
            length = Term(start=start, due=fixed, period=None)
        else:
            topic = self._topic if kind is DeadlineKind.RESOLVE else ""
            length = term(
                calendar, policy, kind, start, type=self._type, urgency=urgency, round=round, topic=topic, grants=grants
            )
        state = state_of(kind, length.due, end, waits, stop, now)
        self.made.append(
            Obligation(
                deadline=deadline_id(kind, clock, unit, round, number),
                kind=kind,
                clock=clock,
                unit=unit,
                round=round,
                number=number,
                started=start,
                due=length.due,
                state=state,
                ended=end,
                waits=waits,
                stopped=stop,
                warnings=length.warnings(calendar, policy) if state is State.RUNNING and kind in _WARNED else (),
                provisional=length.provisional(calendar),
                policy=policy,
                calendar_version=calendar.version,
                term=length,
            )
        )


_WARNED = frozenset(DeadlineKind) - {DeadlineKind.RETURN}


def _first(*instants: datetime | None) -> datetime | None:
    first: datetime | None = None
    for instant in instants:
        if instant is not None and (first is None or instant < first):
            first = instant
    return first


def _after(start: datetime, instant: datetime | None) -> datetime | None:
    return instant if instant is not None and instant >= start else None
