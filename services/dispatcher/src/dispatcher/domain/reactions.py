"""What happens because of facts, without anybody's command: the dispatcher's rules as the chassis calls them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from contracts.decision import Decision, Reaction
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import work_order as wo
from contracts.words import AssignmentMode, Clock, DeadlineKind, Service, UnitPart
from dispatcher.domain.assignment import (
    PERSONALLY,
    UNCOVERED,
    Choice,
    assign,
    sign_and_dispatch,
    urgency_of,
    waiting,
)
from dispatcher.domain.guard import accused_units, barred_units, guarded_unit
from dispatcher.domain.notices import notices
from dispatcher.domain.relay_words import released
from dispatcher.domain.row import row_of
from dispatcher.domain.shelves import shelved
from dispatcher.domain.sign_off import covering
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View, fold

SYSTEM = "system"


def react(facts: Sequence[Fact[Event]], tables: Tables, now: datetime) -> Reaction:
    """Everything that follows from the facts at ``now``, with what was decided before left out by its key."""
    view = fold(facts)
    decisions = (
        *_assignment(view, tables, now),
        *_guarded(view, tables, now),
        *_guarded_proposal(view, tables, now),
        *_barred(view, tables, now),
        *_withdrawn(view, now),
        *_redone(view, tables, now),
        *_deemed(view),
        *_undecided(view, now),
    )
    return Reaction(decisions=decisions, messages=notices(facts, tables), next_wake=_next_wake(view))


def _assignment(view: View, tables: Tables, now: datetime) -> tuple[Decision, ...]:
    return tuple(Decision(event=event, time=now, key=("assignment",)) for event in assign(view, tables, now))


def _guarded(view: View, tables: Tables, now: datetime) -> tuple[Decision, ...]:
    """An accusation that became known after dispatch takes the order away from whom it concerns."""
    if not view.accused or view.over:
        return ()
    if view.handling.merged_into is not None:
        return _accused_since_merged(view, tables, now)
    barred = barred_units(view.accused, tables.directory)
    found: list[Decision] = []
    for spell in view.handling.open_spells():
        if spell.unit not in barred:
            continue
        key = ("guard", spell.unit, str(spell.round), str(spell.nth))
        recalled = wo.Recalled(unit=spell.unit, round=spell.round, reason="an accusation concerns this unit")
        found.append(Decision(event=recalled, time=now, key=key))
        if spell.part is UnitPart.LEAD and spell.approved_reply() is None:
            moved = _led_anew(view, tables, now, spell.mode, guarded_unit(barred))
            found += [
                Decision(event=event, time=now, key=(*key, "leads") if isinstance(event, wo.Recalled) else key)
                for event in moved
            ]
    return tuple(found)


def _led_anew(view: View, tables: Tables, now: datetime, mode: AssignmentMode, safe: str | None) -> tuple[Event, ...]:
    """Who leads after the accused: under a standing sign-off of today, or as the duty officer signs.

    Who signed for the accused unit has signed for nobody else.
    """
    present = view.handling.holding(safe) if safe is not None else None
    if present is not None and present.part is UnitPart.LEAD:
        return ()
    classified = view.judgement.classified
    standing = None
    if classified is not None:
        standing = covering(tables.sign_offs, classified.topic, classified.confidence, now)
    choice = Choice(safe, "guard", tables.catalogue.version)
    if safe is None:
        return (waiting(choice, mode, "nobody may hold it"),)
    if view.retaliation:
        return (waiting(choice, mode, PERSONALLY),)
    if standing is None:
        return (waiting(choice, mode, UNCOVERED),)
    return sign_and_dispatch(view, tables, choice, mode=mode, by=standing.by, sign_off=standing.name)


def _accused_since_merged(view: View, tables: Tables, now: datetime) -> tuple[Decision, ...]:
    """An accusation that the main order does not share is looked at by itself, under the guard."""
    links = view.handling.links
    if links.merged is None or links.main_result is not None:
        return ()
    ours, shared = (accused_units(names, tables.directory) for names in (view.accused, links.merged.accused))
    if ours <= shared:
        return ()
    key = ("guard", "merged", str(links.merges))
    events = released(view, links.merged.parent, "an accusation became known", rule="guard")
    return tuple(Decision(event=event, time=now, key=key) for event in events)


def _guarded_proposal(view: View, tables: Tables, now: datetime) -> tuple[Decision, ...]:
    """A proposal that is older than the accusation makes room for the guarded one."""
    awaiting, barred = view.handling.awaiting, barred_units(view.accused, tables.directory)
    if awaiting is None or awaiting.unit not in barred or view.over:
        return ()
    proposed = wo.AwaitingSignature(
        unit=guarded_unit(barred), mode=awaiting.mode, reason=awaiting.reason, rule="guard",
        catalog_version=tables.catalogue.version,
    )  # fmt: skip
    return (Decision(event=proposed, time=now, key=("guard", "proposal", str(awaiting.unit))),)


def _barred(view: View, tables: Tables, now: datetime) -> tuple[Decision, ...]:
    """The other services learn whose people take no part; once per accused unit and version of the directory."""
    directory = tables.directory
    return tuple(
        Decision(
            event=wo.UnitsBarred(accused=accused, units=tuple(sorted(barred_units((accused,), directory)))),
            time=now,
            key=("barred", accused, directory.version),
        )
        for accused in sorted(view.accused)
    )


def _withdrawn(view: View, now: datetime) -> tuple[Decision, ...]:
    if view.matter.withdrawn is None:
        return ()
    return tuple(
        Decision(
            event=wo.Recalled(unit=spell.unit, round=spell.round, reason="withdrawn by the caller"),
            time=max(now, view.matter.withdrawn),
            key=("withdrawn", spell.unit, str(spell.round), str(spell.nth)),
        )
        for spell in view.handling.open_spells()
        if spell.approved_reply() is None
    )


def _redone(view: View, tables: Tables, now: datetime) -> tuple[Decision, ...]:
    if view.over:
        return ()
    found: list[Decision] = []
    for redo in view.audit.redos:
        if any(spell.round >= redo.round and spell.started for spell in view.handling.spells):
            continue
        barred = barred_units(view.accused, tables.directory)
        unit = guarded_unit(barred) if redo.unit in barred else redo.unit
        first, merged = view.handling.of(redo.unit), view.handling.links.merged
        if unit is None or (first is None and merged is None):
            continue
        key = ("redo", unit, str(redo.round))
        if merged is not None:
            # The caller of a repeat was not content with what the main order's unit did: it is done for this one now.
            parted = wo.Unmerged(parent=merged.parent, by=redo.audited_by, reason="redo")
            found.append(Decision(event=parted, time=now, key=key))
        dispatched = wo.Dispatched(
            unit=unit,
            part=UnitPart.LEAD,
            round=redo.round,
            mode=first.mode if first is not None else AssignmentMode.FORWARD,
            urgency=urgency_of(view),
            signed_by=redo.audited_by,
            rule="redo",
            catalog_version=tables.catalogue.version,
            unit_name=tables.directory.name(unit) or "",
        )
        found.append(Decision(event=dispatched, time=now, key=key))
    return tuple(found)


def _deemed(view: View) -> tuple[Decision, ...]:
    found: list[Decision] = []
    for due in view.watch.dues.values():
        if due.kind is not DeadlineKind.RECEIPT or due.clock is not Clock.UNIT or due.unit is None or not due.breached:
            continue
        spell = view.handling.of(due.unit, due.round)
        # Rule 8: a receipt breach of an order that is known as received is ignored.
        if spell is None or not spell.open or spell.nth > max(due.number, 1) or spell.in_hand is not None:
            continue
        event = wo.DeemedReceived(unit=due.unit, round=due.round)
        found.append(Decision(event=event, time=due.due, key=("deemed", due.unit, str(due.round), str(due.number))))
    return tuple(found)


def _undecided(view: View, now: datetime) -> tuple[Decision, ...]:
    """An extension that stands undecided at the due instant is refused by it."""
    found: list[Decision] = []
    for spell in view.handling.open_spells():
        pending = spell.waiting_extension()
        due = view.watch.result(spell.unit, spell.round)
        if pending is None or due is None or now < due.due:
            continue
        event = wo.ExtensionDecided(
            unit=spell.unit,
            round=spell.round,
            number=pending.event.number,
            granted=False,
            working_days=0,
            by=SYSTEM,
            reason="undecided at the due time",
        )
        at = max(due.due, pending.asked)
        key = ("undecided", spell.unit, str(spell.round), str(pending.event.number))
        found.append(Decision(event=event, time=at, key=key))
    return tuple(found)


def _next_wake(view: View) -> datetime | None:
    if view.over:
        return None
    pending = [spell for spell in view.handling.open_spells() if spell.waiting_extension() is not None]
    dues = [view.watch.result(spell.unit, spell.round) for spell in pending]
    return min((due.due for due in dues if due is not None), default=None)


class Reactions:
    """Implements ``chassis.document.Rules``. ``tables`` gives the snapshot of the moment."""

    service = Service.DISPATCHER

    def __init__(self, tables: Callable[[], Tables]) -> None:
        self._tables = tables

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        """See ``react``."""
        return react(facts, self._tables(), now)

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """See ``row_of`` and ``shelved``. ``touched``: the day (UTC) of the latest fact: few change it."""
        touched = max(fact.time for fact in facts).astimezone(UTC).date().isoformat()
        row = row_of(fold(facts), self._tables().directory)
        return {**row, **shelved(row, facts[0].subject), "touched": touched}
