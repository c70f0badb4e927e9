"""``deadline.*``: what is to be said about each deadline that has not been said yet."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from contracts.decision import Decision
from contracts.events import deadline as dl
from contracts.words import DeadlineKind
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.case import Case
from sla_monitor.domain.explanation import explain
from sla_monitor.domain.ledger import Entry
from sla_monitor.domain.obligation import Obligation, State
from sla_monitor.domain.term import extension_caps

OVER = (State.STOPPED, State.LAPSED)


def announce(case: Case, owed: Iterable[Obligation], calendar: Calendar, now: datetime) -> Iterator[Decision]:
    """Set, recomputed, cleared, met, warned, breached; each once."""
    for one in owed:
        entry = case.ledger.entries.get(one.deadline)
        if entry is None:
            if one.state is not State.STOPPED and now >= settles(case, one):
                yield _set(one, calendar)
            continue
        if entry.breached is not None and (one.state is not State.BREACHED or entry.breached != one.due):
            yield _cleared(one, entry, now)
        elif one.due != entry.due and one.state not in OVER and not entry.met:
            yield _recomputed(one, entry, calendar, now)
        elif one.state is State.MET and one.ended is not None:
            if not entry.met and one.kind is not DeadlineKind.RETURN:
                yield _met(one, one.ended)
        elif one.state is State.BREACHED:
            if entry.breached is None and not entry.met and now >= one.due + one.policy.grace:
                yield _breached(one, entry)
        elif one.state is State.RUNNING:
            for number, at in one.warnings:
                if at <= now and (number, one.due) not in entry.warned:
                    yield _warned(one, number, at)


def settles(case: Case, one: Obligation) -> datetime:
    """When a date may be announced: once the appeal is classified and accepted, shortly after the start at the latest.

    A fact of another source that is under way would only move the date at once.
    """
    if case.verdict.type is not None and case.acceptance.number is not None:
        return one.started
    return one.started + one.policy.settle


def _of(one: Obligation) -> dict[str, Any]:
    return {
        "deadline": one.deadline,
        "kind": one.kind,
        "clock": one.clock,
        "unit": one.unit,
        "round": one.round,
        "number": one.number,
    }


def _caps(one: Obligation) -> dict[str, Any]:
    """What extensions may add in all, where a result is due."""
    if one.kind not in (DeadlineKind.RESOLVE, DeadlineKind.REDO) or one.term.period is None:
        return {}
    ordinary, special = extension_caps(one.policy, one.term.period)
    return {"extension_cap": ordinary, "special_extension_cap": special}


def _set(one: Obligation, calendar: Calendar) -> Decision:
    event = dl.DeadlineSet(
        **_of(one),
        due=one.due,
        provisional=one.provisional,
        policy_version=one.policy_version,
        calendar_version=one.calendar_version,
        steps=explain(one.term, calendar),
        **_caps(one),
    )
    return Decision(event=event, time=one.started, key=(one.deadline,))


def _recomputed(one: Obligation, entry: Entry, calendar: Calendar, now: datetime) -> Decision:
    if entry.calendar_version != one.calendar_version:
        why = f"calendar {one.calendar_version}"
    elif entry.policy_version != one.policy_version:
        why = f"policy {one.policy_version}"
    elif one.term.extended_days:
        why = f"extended by {one.term.extended_days} working days"
    else:
        why = "new facts"
    event = dl.DeadlineRecomputed(
        **_of(one),
        previous=entry.due,
        due=one.due,
        provisional=one.provisional,
        why=why,
        policy_version=one.policy_version,
        calendar_version=one.calendar_version,
        steps=explain(one.term, calendar),
        **_caps(one),
    )
    # The calendar version alone would not tell two extensions apart; the count of moves does.
    return Decision(event=event, time=now, key=(one.deadline, one.calendar_version, str(entry.moves + 1)))


def _met(one: Obligation, at: datetime) -> Decision:
    return Decision(event=dl.DeadlineMet(**_of(one), at=at), time=at, key=(one.deadline,))


def _warned(one: Obligation, number: int, at: datetime) -> Decision:
    event = dl.DeadlineWarned(**_of(one), due=one.due, warning=number)
    return Decision(event=event, time=at, key=(one.deadline, str(number), one.due.isoformat()))


def _breached(one: Obligation, entry: Entry) -> Decision:
    event = dl.DeadlineBreached(**_of(one), due=one.due)
    return Decision(event=event, time=one.due, key=(one.deadline, str(entry.breaches + 1)))


def _cleared(one: Obligation, entry: Entry, now: datetime) -> Decision:
    reason = "the due instant moved" if one.state is State.BREACHED else f"it is {one.state} by an earlier fact"
    event = dl.DeadlineCleared(**_of(one), reason=reason)
    return Decision(event=event, time=now, key=(one.deadline, str(entry.breaches)))
