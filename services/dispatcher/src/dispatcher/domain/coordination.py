"""协调会: a meeting that a leader mandated; its decisions may name who handles the matter from then on."""

from datetime import datetime

from contracts.events import Event
from contracts.events import work_order as wo
from contracts.words import AssignmentMode, UnitPart
from dispatcher.domain.assignment import Choice, sign_and_dispatch
from dispatcher.domain.destination import checked, movable, named_units
from dispatcher.domain.recuse import may_be_named
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.submission import taken_from_lead
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View

RULE = "coordination meeting"


def hold_meeting(
    view: View, tables: Tables, by: str, now: datetime, *, attendees: tuple[str, ...], decisions: tuple[str, ...],
    held_at: datetime, unit: str | None = None, co_units: tuple[str, ...] = (),
) -> Verdict:  # fmt: skip
    """Only by the mandate of the instruction in force.

    The guard is asked of member units among the attendees too, and of the convener, however they are written.
    """
    stop = movable(view)
    if stop is not None:
        return stop
    instructed = view.handling.instructed
    if instructed is None or instructed.convener is None:
        return Refusal("no_mandate", "没有领导授权召开协调会", "no leader has mandated a meeting")
    if held_at > now:
        return Refusal("date_in_the_future", "会议时间不能在以后", "the meeting lies in the future", "held_at")
    present = named_units(attendees, tables.directory)
    convening = named_units((instructed.convener,), tables.directory)
    others = tuple(dict.fromkeys(co for co in co_units if co != unit))
    refused = (
        checked(view, tables.directory, present, "attendees")
        or checked(view, tables.directory, convening, "convener")
        or may_be_named(view, attendees, "attendees")
        or checked(view, tables.directory, (*((unit,) if unit else ()), *others), "unit")
    )
    if refused is not None:
        return refused
    if others and unit is None:
        return Refusal("no_unit", "请指定主办单位", "name the lead unit", "unit")
    met = wo.CoordinationMet(
        mandate=instructed.text,
        convener=instructed.convener,
        attendees=attendees,
        decisions=decisions,
        held_at=held_at,
        by=by,
        lead_unit=unit,
    )
    if unit is None:
        return (met,)
    lead = view.handling.lead()
    # Who led until now may be a co-unit from here on; who is one already goes on as it was.
    fresh = tuple(co for co in others if (spell := view.handling.holding(co)) is None or spell is lead)
    if lead is not None and lead.unit == unit:
        return (met, *_joining(view, tables, by, fresh))
    choice = Choice(unit, RULE, tables.catalogue.version)
    mode = AssignmentMode.JOINT if others else AssignmentMode.SUBMIT
    sent = sign_and_dispatch(view, tables, choice, mode=mode, by=by, co_units=fresh)
    return (met, *taken_from_lead(view, "a coordination meeting decided otherwise"), *sent)


def _joining(view: View, tables: Tables, by: str, co_units: tuple[str, ...]) -> tuple[Event, ...]:
    """Co-units beside the lead unit that keeps the order."""
    events: list[Event] = []
    for unit in co_units:
        choice = Choice(unit, RULE, tables.catalogue.version)
        events += sign_and_dispatch(view, tables, choice, mode=AssignmentMode.JOINT, by=by, part=UnitPart.CO)
    return tuple(events)
