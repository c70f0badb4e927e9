"""What the supervision board lists of an appeal, from the monitor's own facts and the appeal's number."""

from collections.abc import Sequence
from typing import Any

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealClosed, AppealRegistered
from contracts.events.deadline import (
    DeadlineBreached,
    DeadlineCleared,
    DeadlineMet,
    DeadlineRecomputed,
    DeadlineSet,
)
from contracts.events.ladder import SupervisionLifted, SupervisionOpened, UrgeIssued, UrgeWithdrawn
from contracts.events.work_order import UrgeAnswered
from contracts.words import Service


def row(facts: Sequence[Fact[Event]]) -> dict[str, Any]:
    """Number, open deadlines (what is due first first), missed ones, standing urges and supervisions, and units."""
    number: str | None = None
    closed = False
    deadlines: dict[str, dict[str, Any]] = {}
    urges: dict[str, str] = {}
    supervisions: dict[str, str] = {}
    answered = {fact.data.urge for fact in facts if isinstance(fact.data, UrgeAnswered)}
    own = sorted((fact for fact in facts if fact.source is Service.SLA_MONITOR), key=lambda fact: fact.sequence)
    for fact in (*(fact for fact in facts if fact.source is not Service.SLA_MONITOR), *own):
        match fact.data:
            case AppealRegistered() as event:
                number = event.number
            case AppealClosed():
                closed = True
            case DeadlineSet() as event:
                deadlines[event.deadline] = {
                    "deadline": event.deadline,
                    "kind": event.kind.value,
                    "clock": event.clock.value,
                    "unit": event.unit,
                    "due": event.due,
                    "state": "running",
                }
            case DeadlineRecomputed() as event if event.deadline in deadlines:
                deadlines[event.deadline] |= {"due": event.due, "state": "running"}
            case DeadlineMet() as event if event.deadline in deadlines:
                deadlines[event.deadline]["state"] = "met"
            case DeadlineBreached() as event if event.deadline in deadlines:
                deadlines[event.deadline]["state"] = "breached"
            case DeadlineCleared() as event if event.deadline in deadlines:
                deadlines[event.deadline]["state"] = "cleared"
            case UrgeIssued() as event:
                urges[event.urge] = event.unit
            case UrgeWithdrawn() as event:
                urges.pop(event.urge, None)
            case SupervisionOpened() as event:
                supervisions[event.supervision] = event.unit
            case SupervisionLifted() as event:
                supervisions.pop(event.supervision, None)
            case _:
                pass
    running = sorted((one for one in deadlines.values() if one["state"] == "running"), key=lambda one: one["due"])
    missed = sorted((one for one in deadlines.values() if one["state"] == "breached"), key=lambda one: one["due"])
    standing = sorted(name for name in urges if name not in answered)
    shown: dict[str, Any] = {
        "number": number,
        "closed": closed,
        "open": [] if closed else running,
        "missed": missed,
        "urges": [] if closed else standing,
        "supervisions": [] if closed else sorted(supervisions),
        "units": sorted({one["unit"] for one in deadlines.values() if one["unit"] is not None}),
    }
    if shown["open"]:
        # Absent when nothing is open: a sparse index follows what is due, not what was ever handled.
        shown["due"] = shown["open"][0]["due"]
    if shown["urges"]:
        shown["urged"] = True
    if shown["supervisions"]:
        shown["supervised"] = True
    return shown
