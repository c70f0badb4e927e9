"""The duty officer in charge signs (S0), and the order goes to its unit, or to a lead unit with co-units."""

from datetime import datetime

from contracts.events import Event
from contracts.events import work_order as wo
from contracts.words import AssignmentMode
from dispatcher.domain.assignment import Choice, choose_unit, sign_and_dispatch
from dispatcher.domain.destination import checked, movable
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View


def sign(
    view: View, tables: Tables, by: str, now: datetime, unit: str | None = None, co_units: tuple[str, ...] = ()
) -> Verdict:
    """``unit`` None takes the proposed one. With ``co_units`` the order is handled jointly."""
    awaiting = view.handling.awaiting
    stop = movable(view)
    if stop is not None:
        return stop
    if awaiting is None:
        return Refusal("not_awaiting", "该工单不在待签批状态", "the order does not wait for a signature")
    chosen = unit or awaiting.unit or choose_unit(view, tables, now).unit
    if chosen is None:
        return Refusal("no_unit", "请指定承办单位", "name the responsible unit", "unit")
    others = tuple(dict.fromkeys(co for co in co_units if co != chosen))
    refused = checked(view, tables.directory, (chosen,), "unit") or checked(view, tables.directory, others, "co_units")
    if refused is not None:
        return refused
    rule = awaiting.rule if chosen == awaiting.unit else "chosen by a person"
    choice = Choice(chosen, rule, awaiting.catalog_version)
    mode = AssignmentMode.JOINT if others else awaiting.mode
    fresh = tuple(co for co in others if view.handling.holding(co) is None)
    sent = sign_and_dispatch(view, tables, choice, mode=mode, by=by, co_units=fresh)
    return (*binding(view, tables, chosen, by), *sent)


def binding(view: View, tables: Tables, unit: str, by: str, more_returns: int = 0) -> tuple[Event, ...]:
    """After so many returns (two) the next unit is designated, which binds it."""
    returns = view.handling.accepted_returns() + more_returns
    if returns < tables.limits.returns or unit in view.handling.designated:
        return ()
    return (wo.Designated(unit=unit, by=by, reason=f"returned {returns} times"),)
