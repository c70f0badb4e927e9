"""Repeats: merge for work and undo it, each with its own number (domain rules, 6); a phone call to a duty desk."""

from dataclasses import replace

from contracts.events import Event
from contracts.events import work_order as wo
from dispatcher.domain.destination import OVER, checked, movable
from dispatcher.domain.guard import accused_units, barred_units, guarded_unit, unit_unknown
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.relay_words import released
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View


def merge(view: View, parent: View, tables: Tables, by: str, parent_subject: str, reason: str) -> Verdict:
    """Into an order that is open and not merged itself, whose holders no accusation of ours concerns.

    An order with repeats or a result of its own stays what it is. An accusation goes only into an order that accuses
    the same, for only there the guard keeps it from whom it concerns; where it is not known which unit is accused, only
    into an accusation that nobody holds but the supervision office, or the centre where that office is accused.
    """
    stop = movable(view) or _own_matter(view)
    if stop is not None:
        return stop
    if parent.matter.registered is None or parent.over or parent.handling.merged_into is not None:
        return Refusal("parent_not_open", "主单不在办理中", "the other order is not open", "parent")
    holders = [spell.unit for spell in parent.handling.open_spells()]
    refused = checked(view, tables.directory, holders, "parent")
    if refused is not None:
        return refused
    ours, theirs = (accused_units(one.accused, tables.directory) for one in (view, parent))
    unknown = sorted(ours - theirs)
    more = (view.accusing and not parent.accusing) or (view.retaliation and not parent.retaliation)
    safe = guarded_unit(barred_units(ours | theirs, tables.directory))
    exposed = unit_unknown(view.accused, view.accusing, tables.directory) and any(unit != safe for unit in holders)
    if unknown or more or exposed:
        # The other order would go where this one must not: its guard knows nothing of our accusation.
        return Refusal(
            "accused_unit",
            "举报件只能并入举报同一单位的工单",
            "the other order does not accuse whom this one accuses",
            "parent",
            guards=True,
            concerned=next((unit for unit in unknown if unit in tables.directory), None),
        )
    recalled: list[Event] = [
        wo.Recalled(unit=spell.unit, round=spell.round, reason="merged") for spell in view.handling.open_spells()
    ]
    return (wo.Merged(parent=parent_subject, by=by, reason=reason, accused=tuple(sorted(theirs))), *recalled)


def _own_matter(view: View) -> Refusal | None:
    handling = view.handling
    if handling.answered is not None:
        return Refusal("already_answered", "中心已直接答复", "the centre has answered it already")
    if handling.links.joined:
        return Refusal("has_repeats", "已有工单并入该工单，请并入主单", "other orders are merged into this one")
    if handling.round > 1:
        return Refusal("in_redo", "重办件不得并单", "a redo is done under its own number")
    return None


def unmerge(view: View, tables: Tables, by: str, reason: str) -> Verdict:
    """Back to an order of its own; once the caller has the main order's result, the return visit decides."""
    parent = view.handling.merged_into
    if parent is None:
        return Refusal("not_merged", "该工单未并单", "the order is not merged")
    if view.over:
        return OVER
    if view.handling.links.main_result is not None:
        return Refusal(
            "main_replied",
            "主单已答复诉求人，由回访决定是否重办",
            "the caller has the result; the return visit decides",
        )
    unmerged, waiting = released(view, parent, "unmerged", by)
    barred = barred_units(view.accused, tables.directory)
    proposed = guarded_unit(barred) if waiting.unit in barred else waiting.unit
    waiting = replace(waiting, unit=proposed, catalog_version=tables.catalogue.version)
    return (replace(unmerged, reason=reason), waiting)


def phone(view: View, tables: Tables, by: str, unit: str, taken_by: str) -> Verdict:
    """Urgent help told to the unit's duty desk by phone (S0); the call closes nothing."""
    if view.over:
        return OVER
    refused = checked(view, tables.directory, (unit,), "unit")
    if refused is not None:
        return refused
    return (wo.Phoned(unit=unit, taken_by=taken_by, by=by),)
