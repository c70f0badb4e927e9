"""The ladder above a missed deadline: urges and supervisions (S1, S3, S4). Thresholds and triggers are policy."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from contracts.decision import Decision
from contracts.events import ladder as ev
from contracts.words import Clock, DeadlineKind, SupervisionKind
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.case import Case
from sla_monitor.domain.ledger import Supervision
from sla_monitor.domain.obligation import Obligation
from sla_monitor.domain.obligations import LASTING, SUPERVISION_KINDS
from sla_monitor.domain.policy import Policies, Policy
from sla_monitor.domain.repetition import repetitions
from sla_monitor.domain.term import term
from sla_monitor.domain.triggers import BY_BREACH, Cause, causes, delay_explained_at, over, urge_waits_until


def climb(
    case: Case, owed: Iterable[Obligation], policies: Policies, calendar: Calendar, now: datetime
) -> Iterator[Decision]:
    """Urges issued and withdrawn, supervisions opened and lifted. Nothing before the appeal's number is known."""
    number = case.acceptance.number
    if number is None:
        return
    all_owed = tuple(owed)
    policy = policies.at(case.acceptance.jurisdiction, now, now)
    yield from _urge(case, all_owed, number, policy, calendar, now)
    yield from _withdraw(case, all_owed, now)
    yield from _open(case, all_owed, number, policy, calendar, now)
    yield from _lift(case, all_owed, policy, calendar, now)


def _urge(
    case: Case, owed: tuple[Obligation, ...], number: str, policy: Policy, calendar: Calendar, now: datetime
) -> Iterator[Decision]:
    nth = len(case.ledger.urges)
    for one in owed:
        entry = case.ledger.entries.get(one.deadline)
        if one.clock is not Clock.UNIT or one.unit is None or one.kind not in one.policy.urge_on:
            continue
        if entry is None or entry.breached is None or not one.overdue or case.ledger.urge_of(one.deadline):
            continue
        if urge_waits_until(case, one, now) is not None:
            continue
        nth += 1
        again = sum(1 for urge in case.ledger.urges.values() if urge.event.deadline == one.deadline) + 1
        reply = _term(case, policy, DeadlineKind.URGE_REPLY, one.unit, one.round, calendar, now)
        event = ev.UrgeIssued(
            urge=f"CB{number}{nth:02d}",
            unit=one.unit,
            round=one.round,
            number=nth,
            kind=one.kind,
            deadline=one.deadline,
            reply_due=reply,
        )
        yield Decision(event=event, time=now, key=(one.deadline, str(again)))


def _withdraw(case: Case, owed: tuple[Obligation, ...], now: datetime) -> Iterator[Decision]:
    """An urge falls with its breach, and when a fact that came late shows that there was no ground for it."""
    by_id = {one.deadline: one for one in owed}
    for name, urge in case.ledger.urges.items():
        one = by_id.get(urge.event.deadline)
        if urge.withdrawn is not None or one is None:
            continue
        if not _stands(case, one):
            reason = "the breach was cleared"
        elif not one.open_at(urge.at):
            reason = "the result was on its way before the urge"
        elif delay_explained_at(case, one, urge.at):
            reason = "the delay was explained before the urge"
        else:
            continue
        event = ev.UrgeWithdrawn(urge=name, unit=urge.event.unit, round=urge.event.round, reason=reason)
        yield Decision(event=event, time=now, key=(name,))


def _stands(case: Case, one: Obligation) -> bool:
    entry = case.ledger.entries.get(one.deadline)
    return entry is not None and entry.breached is not None


def _open(
    case: Case, owed: tuple[Obligation, ...], number: str, policy: Policy, calendar: Calendar, now: datetime
) -> Iterator[Decision]:
    standing = {
        (one.event.kind, one.event.unit, one.event.round) for one in case.ledger.supervisions.values() if not one.lifted
    }
    nth = len(case.ledger.supervisions)
    opened = [one.event for one in case.ledger.supervisions.values()]
    again = Counter((event.trigger, event.unit, event.round) for event in opened)
    for cause in causes(case, owed, policy, calendar, now):
        kind = policy.supervise.get(cause.trigger)
        if kind is None or _answered_for(case, cause):
            continue
        place = (kind, cause.unit, cause.round)
        if place in standing and kind is not SupervisionKind.INSTRUCTION:
            continue
        standing.add(place)
        nth += 1
        # The clock of an instruction runs from the instruction; any other from the moment it is opened.
        at = cause.opens or now
        due = cause.due or (
            _term(case, policy, SUPERVISION_KINDS[kind], cause.unit, cause.round, calendar, at)
            if kind in SUPERVISION_KINDS
            else at
        )
        event = ev.SupervisionOpened(
            supervision=f"DB{number}{nth:02d}",
            kind=kind,
            unit=cause.unit,
            round=cause.round,
            number=nth,
            trigger=cause.trigger,
            due=due,
        )
        again[cause.trigger, cause.unit, cause.round] += 1
        times = again[cause.trigger, cause.unit, cause.round]
        key = (kind, cause.unit, str(cause.round), cause.trigger, str(times))
        yield Decision(event=event, time=at, key=key)


def _answered_for(case: Case, cause: Cause) -> bool:
    """Whether a supervision was opened for this cause already; one that the system took back does not count."""
    return any(
        one.event.trigger == cause.trigger
        and (one.event.unit, one.event.round) == (cause.unit, cause.round)
        and one.at >= cause.since
        and (one.lifted is None or one.by_person or one.event.trigger in (*LASTING, "leader_instruction"))
        for one in case.ledger.supervisions.values()
    )


def _lift(
    case: Case, owed: tuple[Obligation, ...], policy: Policy, calendar: Calendar, now: datetime
) -> Iterator[Decision]:
    # A merge that was undone takes its repeats out of the count.
    repeated = {trigger for trigger, _ in repetitions(case, policy, calendar)} if case.ledger.supervisions else set()
    for name, one in case.ledger.supervisions.items():
        reason = None if one.lifted else _reason_to_lift(case, owed, repeated, name, one)
        if reason is not None:
            event = ev.SupervisionLifted(
                supervision=name, kind=one.event.kind, unit=one.event.unit, round=one.event.round, reason=reason
            )
            yield Decision(event=event, time=now, key=(name,))


def _reason_to_lift(
    case: Case, owed: tuple[Obligation, ...], repeated: set[str], name: str, one: Supervision
) -> str | None:
    event = one.event
    answered = name in case.handling.supervision_answers
    if event.trigger in LASTING:
        return "answered" if answered else None
    if event.trigger not in _BY_SYSTEM:
        return None  # a person opened it, a person lifts it
    if event.kind is SupervisionKind.INSTRUCTION and answered:
        return "answered"
    if not _founded(case, owed, repeated, one):
        return "its ground is gone"
    return over(case, event.unit, event.round)


def _founded(case: Case, owed: tuple[Obligation, ...], repeated: set[str], one: Supervision) -> bool:
    """Whether the missed deadline behind it was really missed and open when it was opened, by all that is known now."""
    event = one.event
    if event.trigger in _REPEATED:
        lead = case.handling.lead()
        mine = lead is not None and (lead.unit, lead.round) == (event.unit, event.round)
        return mine and event.trigger in repeated
    if event.trigger == "still_slow":
        urged = {urge.event.deadline for urge in case.ledger.urges.values() if urge.withdrawn is None}
        behind = [owed_one for owed_one in owed if owed_one.deadline in urged]
    elif kind := next((kind for kind, trigger in BY_BREACH.items() if trigger == event.trigger), None):
        behind = [owed_one for owed_one in owed if owed_one.kind is kind]
    else:
        return True
    place = (event.unit, event.round)
    return any((each.unit, each.round) == place and _stands(case, each) and each.open_at(one.at) for each in behind)


_REPEATED = ("repeated", "crowd")

_BY_SYSTEM = frozenset(
    {
        "urge_ignored",
        "still_slow",
        "no_clear_opinion",
        *_REPEATED,
        "leader_instruction",
        "instruction_not_carried_out",
        "supervision_ignored",
    }
)


def _term(
    case: Case, policy: Policy, kind: DeadlineKind, unit: str, round: int, calendar: Calendar, start: datetime
) -> datetime:
    spell = case.handling.of(unit, round)
    urgency = spell.urgency if spell else case.verdict.urgency
    return term(calendar, policy, kind, start, type=case.verdict.type, urgency=urgency, round=round).due
