"""What calls for supervision, found in the facts of one appeal; any one trigger is enough."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from contracts.words import DeadlineKind, Satisfaction
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.case import Case
from sla_monitor.domain.obligation import Obligation
from sla_monitor.domain.policy import Policy
from sla_monitor.domain.repetition import repetitions
from sla_monitor.domain.spell import Spell


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a unit is to be supervised, since when, the date a leader set, and when the term of an instruction opens."""

    trigger: str
    unit: str
    round: int
    since: datetime
    due: datetime | None = None
    opens: datetime | None = None


BY_BREACH = {
    DeadlineKind.URGE_REPLY: "urge_ignored",
    DeadlineKind.SUPERVISION_SYSTEM: "supervision_ignored",
    DeadlineKind.SUPERVISION_INSTRUCTION: "instruction_not_carried_out",
}
"""A missed deadline of this kind is itself a trigger."""


def causes(
    case: Case, owed: tuple[Obligation, ...], policy: Policy, calendar: Calendar, now: datetime
) -> Iterator[Cause]:
    """Every cause that stands at ``now``."""
    yield from _breaches(case, owed)
    yield from _still_slow(case, owed, now)
    for spell in case.handling.spells:
        if over(case, spell.unit, spell.round) is None:
            yield from _no_clear_opinion(spell, policy)
    lead = case.handling.lead()
    if lead is not None and over(case, lead.unit, lead.round) is None:
        yield from _repeated(case, lead, policy, calendar)
    yield from _instructed(case)
    yield from _visited(case, policy)


def over(case: Case, unit: str, round: int) -> str | None:
    """Why the matter is over for this unit and round, or None while it is not."""
    if case.stopped is not None:
        return "the appeal is closed"
    if case.handling.merged is not None:
        return "the appeal is merged"
    spell = case.handling.of(unit, round)
    if spell is None:
        return None
    if spell.stop() is not None:
        return "the unit no longer has the order"
    return "the result was approved" if spell.reply_end() is not None else None


def urge_waits_until(case: Case, one: Obligation, now: datetime) -> datetime | None:
    """The date until which an explained delay holds the urge back, None once it has passed (S1: no reason given)."""
    spell = case.handling.of(one.unit or "", one.round)
    until = max((until for _, until in spell.explained), default=None) if spell else None
    return until if until is not None and until > now else None


def delay_explained_at(case: Case, one: Obligation, instant: datetime) -> bool:
    """Whether a delay explained by then held the urge back at ``instant``."""
    spell = case.handling.of(one.unit or "", one.round)
    return spell is not None and any(at <= instant < until for at, until in spell.explained)


def _breaches(case: Case, owed: tuple[Obligation, ...]) -> Iterator[Cause]:
    for one in owed:
        trigger = BY_BREACH.get(one.kind)
        entry = case.ledger.entries.get(one.deadline)
        if trigger and one.unit and one.overdue and entry is not None and entry.breached is not None:
            yield Cause(trigger, one.unit, one.round, one.due)


def _still_slow(case: Case, owed: tuple[Obligation, ...], now: datetime) -> Iterator[Cause]:
    """The unit answered the urge with a date, the date has passed, and what was urged has not come."""
    overdue = {one.deadline for one in owed if one.overdue}
    for name, urge in case.ledger.urges.items():
        _, until = case.handling.urge_answers.get(name, (None, None))
        if urge.withdrawn is None and until is not None and until <= now and urge.event.deadline in overdue:
            yield Cause("still_slow", urge.event.unit, urge.event.round, until)


def _no_clear_opinion(spell: Spell, policy: Policy) -> Iterator[Cause]:
    named = [at for at, reasons in spell.sent_back if "no_clear_opinion" in reasons]
    often = [at for at, _ in spell.sent_back][policy.sent_back_times - 1 : policy.sent_back_times]
    if found := named[:1] + often:
        yield Cause("no_clear_opinion", spell.unit, spell.round, min(found))


def _repeated(case: Case, lead: Spell, policy: Policy, calendar: Calendar) -> Iterator[Cause]:
    for trigger, since in repetitions(case, policy, calendar):
        yield Cause(trigger, lead.unit, lead.round, max(since, lead.started or since))


def _instructed(case: Case) -> Iterator[Cause]:
    for one in case.handling.instructions:
        spell = one.spell
        if spell is not None and over(case, spell.unit, spell.round) is None:
            yield Cause("leader_instruction", spell.unit, spell.round, one.at, one.event.due, one.opens)


def _visited(case: Case, policy: Policy) -> Iterator[Cause]:
    for round_, (at, answer) in case.visits.answers.items():
        unit, _ = case.handling.results.get(round_, (None, None))
        if unit is None:
            continue
        if not answer.result_true:
            yield Cause("untrue_result", unit, round_, at)
        unhappy = answer.satisfaction is Satisfaction.DISSATISFIED or not answer.solved
        if unhappy and round_ > policy.redo_rounds:
            yield Cause("redo_exhausted", unit, round_, at)
