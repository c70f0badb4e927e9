"""What units are told, derived from the facts in the order in which this service stored them.

A notice stands on its fact and the facts stored before it, never on later ones: so the list only grows, and the count
of a unit's notices of an order (``work_order_seq``) stays what it was when it was sent.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contracts.decision import Message
from contracts.envelope import Fact
from contracts.events import Event, ladder
from contracts.events import appeal as ap
from contracts.events import deadline as dl
from contracts.events import work_order as wo
from contracts.events.base import Event as AnyEvent
from contracts.topology import ASSIGNMENTS, unit_queue
from contracts.words import Clock
from dispatcher.domain.guard import barred_units
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import accused_in

RETURNED = "returned"
"""The reason of a recall that the unit itself asked for."""

_Notice = tuple[str, str, Mapping[str, Any]]
"""Unit, type, and what the type adds to every notice."""


@dataclass(slots=True)
class _SoFar:
    """What is known up to the fact at hand."""

    registered: ap.AppealRegistered | None = None
    classified: ap.AppealClassified | None = None
    supplements: dict[str, ap.AppealSupplemented] = field(default_factory=dict)
    cleared: dict[str, bool] = field(default_factory=dict)
    accused: set[str] = field(default_factory=set)
    holders: dict[str, int] = field(default_factory=dict)
    had: set[str] = field(default_factory=set)
    parts: dict[str, str] = field(default_factory=dict)
    dues: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)


def notices(facts: Sequence[Fact[Event]], tables: Tables) -> tuple[Message, ...]:
    """Every message to a unit that these facts call for, each with its number in the unit's sequence of this order."""
    so_far = _SoFar()
    sequence: dict[str, int] = {}
    found: list[Message] = []
    for fact in facts:
        _note(so_far, fact)
        for unit, kind, more in _of(fact, so_far):
            # Whom it concerns learns that the order is gone, and nothing of why.
            if kind != "recalled" and unit in barred_units(so_far.accused, tables.directory):
                continue
            sequence[unit] = sequence.get(unit, 0) + 1
            body = {**_common(so_far, unit, kind), **more, "work_order_seq": sequence[unit], "reference": fact.id}
            found.append(message(unit, body, (fact.id, unit), fact.time))
    return tuple(found)


def message(unit: str, body: Mapping[str, Any], key: tuple[str, ...], at: datetime) -> Message:
    """One message into a unit's own queue."""
    queue = unit_queue(unit)
    stream = f"unit.{unit}"
    return Message(exchange=ASSIGNMENTS, routing_key=queue, stream=stream, key=key, body=body, time=at)


def answer_notice(
    unit: str,
    *,
    command_id: str,
    command: str,
    work_order: str,
    accepted: bool,
    answer: Mapping[str, Any],
    at: datetime,
) -> Message:
    """The answer to a command, for the unit's own queue."""
    kind = "command.accepted" if accepted else "command.refused"
    told = {"type": kind, "unit": unit, "command_id": command_id, "work_order": work_order}
    body = {**told, "command": command, "answer": dict(answer), "reference": command_id}
    return message(unit, body, ("answer", command_id), at)


def _note(so_far: _SoFar, fact: Fact[Event]) -> None:
    event: AnyEvent = fact.data
    match event:
        case ap.AppealRegistered():
            so_far.registered = event
            so_far.accused |= accused_in(event)
        case ap.AppealSupplemented():
            so_far.supplements[fact.id] = event
        case ap.SupplementJudged():
            so_far.cleared[event.supplement] = event.accusation is None
            so_far.accused |= accused_in(event)
        case ap.AppealClassified():
            so_far.classified = event
            so_far.accused |= accused_in(event)
        case wo.Accused():
            so_far.accused.add(event.accused_unit)
        case wo.Dispatched():
            so_far.holders[event.unit] = event.round
            so_far.parts[event.unit] = event.part
            so_far.had.add(event.unit)
        case dl.DeadlineSet() | dl.DeadlineRecomputed() if event.unit is not None and event.clock is Clock.UNIT:
            dues = so_far.dues.setdefault((event.unit, event.round), {})
            dues[event.kind] = event.due.isoformat()
        case _:
            pass


def _of(fact: Fact[Event], so_far: _SoFar) -> Iterator[_Notice]:
    event: AnyEvent = fact.data
    # The generator is run to its end for each fact, so what a recall removes is still a holder while it is told.
    match event:
        case wo.Dispatched():
            yield event.unit, "assignment", _assignment(event, so_far)
        case wo.Recalled():
            had = so_far.holders.pop(event.unit, None)
            if had is not None:
                # One phrase for all but the unit's own return: a reason that is only said of some names an accusation.
                reason = RETURNED if event.reason == RETURNED else "recalled by the centre"
                yield event.unit, "recalled", {"round": event.round, "reason": reason}
        case wo.DeemedReceived():
            yield event.unit, "deemed_received", {"round": event.round}
        case wo.ReturnDecided():
            told = {"number": event.number, "accepted": event.accepted, "reason": event.reason}
            yield event.unit, "return_decided", {"round": event.round, **told}
        case wo.ExtensionDecided():
            told = {"number": event.number, "granted": event.granted, "working_days": event.working_days}
            yield event.unit, "extension_decided", {"round": event.round, **told, "reason": event.reason}
        case wo.SentBack():
            told = {"number": event.number, "reasons": list(event.reasons)}
            yield event.unit, "sent_back", {"round": event.round, **told}
        case wo.Approved():
            yield event.unit, "approved", {"round": event.round, "number": event.number}
        case wo.Designated():
            if event.unit in so_far.had:
                yield event.unit, "designated", {"reason": event.reason}
        case ap.AppealSupplemented():
            yield from _supplement(fact.id, so_far)
        case ap.SupplementJudged():
            yield from _supplement(event.supplement, so_far)
        case wo.RepeatJoined():
            for unit in so_far.holders:
                yield unit, "supplement", {"text_masked": event.text_masked, "repeat": True}
        case ap.AppealClosed():
            for unit in so_far.holders:
                yield unit, "closed", {"outcome": str(event.outcome)}
        case _:
            yield from _from_monitor(event, so_far)


def _supplement(added: str, so_far: _SoFar) -> Iterator[_Notice]:
    """Told once both are known: what was added, and that it accuses nobody. Whichever came first."""
    event = so_far.supplements.get(added)
    if event is None or not so_far.cleared.get(added, False):
        return
    for unit in so_far.holders:
        yield unit, "supplement", {"text_masked": event.text_masked, "repeat": event.repeat}


def _from_monitor(event: AnyEvent, so_far: _SoFar) -> Iterator[_Notice]:
    match event:
        case dl.DeadlineSet() | dl.DeadlineRecomputed() if event.clock is Clock.UNIT and event.unit in so_far.had:
            told = {"kind": str(event.kind), "due": event.due.isoformat(), "provisional": event.provisional}
            yield event.unit, "deadline", {"round": event.round, **told}
        case ladder.UrgeIssued() if event.unit in so_far.had:
            told = {"urge": event.urge, "kind": str(event.kind), "reply_due": event.reply_due.isoformat()}
            yield event.unit, "urge", {"round": event.round, **told}
        case ladder.UrgeWithdrawn() if event.unit in so_far.had:
            yield event.unit, "urge_withdrawn", {"round": event.round, "urge": event.urge}
        case ladder.SupervisionOpened() if event.unit in so_far.had:
            told = {"supervision": event.supervision, "kind": str(event.kind), "due": event.due.isoformat()}
            yield event.unit, "supervision", {"round": event.round, **told, "trigger": event.trigger}
        case ladder.SupervisionLifted() if event.unit in so_far.had:
            yield event.unit, "supervision_lifted", {"round": event.round, "supervision": event.supervision}
        case _:
            return


def _common(so_far: _SoFar, unit: str, kind: str) -> dict[str, Any]:
    number = so_far.registered.number if so_far.registered is not None else ""
    return {"type": kind, "work_order": number, "unit": unit}


def _assignment(event: wo.Dispatched, so_far: _SoFar) -> dict[str, Any]:
    registered, classified = so_far.registered, so_far.classified
    place = registered.place if registered is not None else None
    added = (one.text_masked for name, one in so_far.supplements.items() if so_far.cleared.get(name, False))
    text = "\n".join((registered.text_masked if registered is not None else "", *added))
    signed = {"signed_by": event.signed_by, "standing_sign_off": event.standing_sign_off}
    return {
        "redo": event.round > 1,
        "round": event.round,
        "part": str(event.part),
        "mode": str(event.mode),
        "urgency": str(event.urgency),
        "appeal_type": str(classified.type) if classified is not None else None,
        "topic": classified.topic if classified is not None else None,
        "confidential": registered.confidential if registered is not None else False,
        "anonymous": registered.anonymous if registered is not None else False,
        "text_masked": text,
        "place": None if place is None else {"text": place.text, "area_code": place.area_code},
        "dues": so_far.dues.get((event.unit, event.round), {}),
        "rule": event.rule,
        "catalog_version": event.catalog_version,
        **signed,
    }
