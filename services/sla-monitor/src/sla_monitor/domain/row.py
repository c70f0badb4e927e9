"""What the supervision board lists of an appeal: its clocks as they stand, urges, supervisions, and marks by unit."""

import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from contracts.envelope import Fact
from contracts.events import Event
from contracts.recusal import recusals
from contracts.words import DeadlineKind
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.case import Case, case_of
from sla_monitor.domain.ledger import Urge
from sla_monitor.domain.obligation import Obligation, State
from sla_monitor.domain.obligations import obligations_of
from sla_monitor.domain.policy import Policies

OPEN = (State.RUNNING, State.HELD)
PARTS = 64
"""Into so many parts the cases that somebody still watches are divided, to be counted one after the other."""


def row(facts: Sequence[Fact[Event]], policies: Policies, calendar: Calendar) -> dict[str, Any]:
    """Number, open clocks (first due first), missed ones, standing urges and supervisions, units.

    ``due`` is the first running clock's and ``until`` the last date that can still move; both are absent when nothing
    is open, so that sparse indexes follow what is open and not what was ever handled. ``part`` is there as long as any
    list of the board may name the case. ``marks`` are what the bulletin list counts.
    """
    case = case_of(facts)
    # No clock here: the row is a function of the facts, so "now" is the last thing known. What has passed since is the
    # timers' business, and the reader compares due instants with its own time.
    now = max(fact.time for fact in facts)
    owed = obligations_of(case, policies, calendar, now)
    shown = [_clock(case, one) for one in owed if _said(case, one)]
    running = sorted((one for one in shown if one["state"] in OPEN), key=_by_due)
    missed = sorted((one for one in shown if one["state"] == State.BREACHED), key=_by_due)
    overdue = [one for one in missed if one["overdue"]]
    over = case.stopped is not None
    urges = [_urge(name, one) for name, one in case.ledger.urges.items() if _stands(case, name, one)]
    supervisions = [
        {"supervision": name, "kind": one.event.kind.value, "unit": one.event.unit, "due": one.event.due, "at": one.at}
        for name, one in case.ledger.supervisions.items()
        if one.lifted is None
    ]
    found: dict[str, Any] = {
        "number": case.acceptance.number,
        "closed": over,
        "open": running,
        "missed": missed,
        "urges": sorted(one["urge"] for one in urges),
        "supervisions": sorted(one["supervision"] for one in supervisions),
        "urged_units": urges,
        "supervised_units": supervisions,
        "units": sorted({one["unit"] for one in shown if one["unit"] is not None}),
        "marks": _marks(case, missed),
        "names": case.handling.names,
    }
    due = [one["due"] for one in running if one["state"] == State.RUNNING]
    if due:
        found["due"] = due[0]
    if movable := [one["due"] for one in (*running, *overdue)]:
        found["until"] = max(movable)
    for name, there in (("overdue", overdue), ("urged", urges), ("supervised", supervisions)):
        if there:
            found[name] = True
    if "until" in found or urges or supervisions:
        found["part"] = zlib.crc32(facts[0].subject.encode()) % PARTS
    told = recusals(facts)
    if told.persons:
        found["recused"] = sorted(told.persons)
    if told.units:
        found["barred"] = sorted(told.units)
    return found


def _said(case: Case, one: Obligation) -> bool:
    """Only what was announced; a return is a right of the unit, nothing that anybody waits for."""
    return one.deadline in case.ledger.entries and one.kind is not DeadlineKind.RETURN


def _clock(case: Case, one: Obligation) -> dict[str, Any]:
    entry = case.ledger.entries[one.deadline]
    state = one.state
    if entry.breached is not None:
        state = State.BREACHED
    elif state is State.BREACHED:
        state = State.RUNNING  # due within the grace, and not said yet
    return {
        "deadline": one.deadline,
        "kind": one.kind.value,
        "clock": one.clock.value,
        "unit": one.unit,
        "round": one.round,
        "started": one.started,
        "due": entry.due,
        "state": state.value,
        "ended": one.ended,
        "provisional": one.provisional,
        "overdue": state is State.BREACHED and one.ended is None and one.stopped is None and one.waits is None,
    }


def _by_due(one: dict[str, Any]) -> tuple[datetime, str]:
    return (one["due"], one["deadline"])


def _stands(case: Case, name: str, one: Urge) -> bool:
    if one.withdrawn is not None or name in case.handling.urge_answers or case.stopped is not None:
        return False
    spell = case.handling.of(one.event.unit, one.event.round)
    return spell is None or (spell.reply_end() is None and spell.stop() is None)


def _urge(name: str, one: Urge) -> dict[str, Any]:
    event = one.event
    return {"urge": name, "unit": event.unit, "kind": event.kind.value, "due": event.reply_due, "at": one.at}


def _marks(case: Case, missed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Breaches, urges and supervisions of units with their instants; what was taken back leaves no mark."""
    ledger = case.ledger
    return [
        *({"unit": one["unit"], "what": "breach", "at": one["due"]} for one in missed if one["unit"] is not None),
        *(
            {"unit": one.event.unit, "what": "urge", "at": one.at}
            for one in ledger.urges.values()
            if one.withdrawn is None
        ),
        *({"unit": one.event.unit, "what": "supervision", "at": one.at} for one in ledger.supervisions.values()),
    ]
