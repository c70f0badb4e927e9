"""呈办: submission to a leader, the leader's instruction, and the centre's binding designation."""

from datetime import datetime

from contracts.events import Event
from contracts.events import work_order as wo
from contracts.words import AssignmentMode
from dispatcher.domain.assignment import Choice, choose_unit, sign_and_dispatch
from dispatcher.domain.destination import checked, movable, named_units
from dispatcher.domain.guard import barred_units
from dispatcher.domain.recuse import may_be_named
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View


def submit(view: View, tables: Tables, by: str, now: datetime, leader: str, brief: str, reason: str) -> Verdict:
    """A brief goes to a leader; until the instruction the duty officer may still sign."""
    stop = movable(view)
    if stop is not None:
        return stop
    if all(known.id != leader for known in tables.leaders):
        return Refusal("unknown_leader", "没有这位领导", "there is no such leader", "leader")
    recused = may_be_named(view, (leader,), "leader")
    if recused is not None:
        return recused
    if view.handling.submitted is not None and view.handling.instructed is None:
        return Refusal("already_submitted", "已呈报，待批示", "it is with a leader already")
    return (wo.Submitted(leader=leader, brief=brief, reason=reason),)


def instruct(
    view: View, tables: Tables, by: str, now: datetime, *, text: str,
    unit: str | None = None, due: datetime | None = None, staff_on_site: bool = False, convener: str | None = None,
) -> Verdict:  # fmt: skip
    """领导批示: may set its own date, name the unit, send staff, or entrust somebody with a coordination meeting.

    An order not yet with a unit is dispatched by it, except where the meeting is to decide who gets it.
    """
    stop = movable(view)
    if stop is not None:
        return stop
    if view.handling.submitted is None or view.handling.instructed is not None:
        return Refusal("not_submitted", "该事项未呈报或已批示", "the matter is not with a leader")
    if due is not None and due <= now:
        return Refusal("date_in_the_past", "批示期限应在以后", "name a date in the future", "due")
    convening = named_units((convener or "",), tables.directory)
    refused = checked(view, tables.directory, convening, "convener")
    if refused is not None:
        return refused
    recused = may_be_named(view, (convener,) if convener is not None else (), "convener")
    if recused is not None:
        return recused
    leader = view.handling.submitted.leader
    chosen = unit or (view.handling.awaiting.unit if view.handling.awaiting is not None else None)
    if unit is not None:
        refused = checked(view, tables.directory, (unit,), "unit")
        if refused is not None:
            return refused
    elif chosen in barred_units(view.accused, tables.directory):
        chosen = None  # proposed before the accusation was known
    if convener is not None and unit is None:
        told = wo.Instructed(leader=leader, text=text, due=due, staff_on_site=staff_on_site, convener=convener)
        return (told,)
    instructed = wo.Instructed(
        leader=leader, text=text, unit=chosen, due=due, staff_on_site=staff_on_site, convener=convener
    )
    lead = view.handling.lead()
    if lead is not None and (unit is None or unit == lead.unit):
        return (instructed,)
    chosen = chosen or choose_unit(view, tables, now).unit
    if chosen is None:
        return (instructed,)
    choice = Choice(chosen, "leader's instruction", tables.catalogue.version)
    sent = sign_and_dispatch(view, tables, choice, mode=AssignmentMode.SUBMIT, by=by)
    return (instructed, *taken_from_lead(view, "a leader instructed otherwise"), *sent)


def designate(view: View, tables: Tables, by: str, unit: str, reason: str) -> Verdict:
    """指定承办: binding; ends objections. The order moves when another unit has it."""
    stop = movable(view)
    if stop is not None:
        return stop
    refused = checked(view, tables.directory, (unit,), "unit")
    if refused is not None:
        return refused
    if unit in view.handling.designated:
        return Refusal("already_designated", "已指定该单位承办", "the unit is designated already", "unit")
    designated = wo.Designated(unit=unit, by=by, reason=reason)
    lead = view.handling.lead()
    if lead is not None and lead.unit == unit:
        pending = lead.waiting_return()
        if pending is None:
            return (designated,)
        decided = wo.ReturnDecided(
            unit=unit, round=lead.round, number=pending.event.number, accepted=False, by=by, reason=reason
        )
        return (decided, designated)
    choice = Choice(unit, "designation", tables.catalogue.version)
    mode = lead.mode if lead is not None else AssignmentMode.FORWARD
    sent = sign_and_dispatch(view, tables, choice, mode=mode, by=by)
    return (designated, *taken_from_lead(view, "another unit was designated"), *sent)


def taken_from_lead(view: View, reason: str) -> tuple[Event, ...]:
    """Recalls the order from the present lead unit."""
    lead = view.handling.lead()
    return () if lead is None else (wo.Recalled(unit=lead.unit, round=lead.round, reason=reason),)
