"""Repeats: merge for work and undo it, each with its own number (domain rules, 6); a phone call to a duty desk."""

from contracts.events import Event
from contracts.events import work_order as wo
from contracts.words import AssignmentMode
from dispatcher.domain.destination import OVER, checked, movable
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View


def merge(view: View, parent: View, tables: Tables, by: str, parent_subject: str, reason: str) -> Verdict:
    """Into an order that is open and not merged itself, whose holders no accusation of ours concerns."""
    stop = movable(view)
    if stop is not None:
        return stop
    if parent.matter.registered is None or parent.over or parent.handling.merged_into is not None:
        return Refusal("parent_not_open", "主单不在办理中", "the other order is not open", "parent")
    holders = [spell.unit for spell in parent.handling.open_spells()]
    refused = checked(view, tables.directory, holders, "parent")
    if refused is not None:
        return refused
    recalled: list[Event] = [
        wo.Recalled(unit=spell.unit, round=spell.round, reason="merged") for spell in view.handling.open_spells()
    ]
    return (wo.Merged(parent=parent_subject, by=by, reason=reason), *recalled)


def unmerge(view: View, tables: Tables, by: str, reason: str) -> Verdict:
    """Back to an order of its own: it waits for a signature, with the unit that had it proposed."""
    parent = view.handling.merged_into
    if parent is None:
        return Refusal("not_merged", "该工单未并单", "the order is not merged")
    if view.over:
        return OVER
    last = next((spell for spell in reversed(view.handling.spells) if spell.started), None)
    waiting = wo.AwaitingSignature(
        unit=last.unit if last is not None else None,
        mode=last.mode if last is not None else AssignmentMode.FORWARD,
        reason="unmerged",
        rule="unmerged",
        catalog_version=tables.catalogue.version,
    )
    return (wo.Unmerged(parent=parent, by=by, reason=reason), waiting)


def phone(view: View, tables: Tables, by: str, unit: str, taken_by: str) -> Verdict:
    """Urgent help told to the unit's duty desk by phone (S0); the call closes nothing."""
    if view.over:
        return OVER
    refused = checked(view, tables.directory, (unit,), "unit")
    if refused is not None:
        return refused
    return (wo.Phoned(unit=unit, taken_by=taken_by, by=by),)
