"""The centre decides a return: back to the unit, or on to another one; the citizen's clock does not notice."""

from datetime import datetime

from contracts.events import Event
from contracts.events import work_order as wo
from contracts.words import UnitPart
from dispatcher.domain.assignment import Choice, choose_unit, sign_and_dispatch
from dispatcher.domain.destination import checked
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.sign import binding
from dispatcher.domain.spell import Return, Spell
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View

NOT_PENDING = Refusal("no_pending_return", "没有待审的退件申请", "no such return request waits", "number")


def decide_return(
    view: View, tables: Tables, by: str, now: datetime, *, accepted: bool, reason: str,
    unit: str | None = None, number: int | None = None, to_unit: str | None = None,
) -> Verdict:  # fmt: skip
    """``to_unit`` None on acceptance: the order waits for a signature with the next proposal.

    A co-unit's place is filled by another co-unit, or by none: the lead unit goes on as it was.
    """
    found = _pending(view, unit, number)
    if found is None:
        return NOT_PENDING
    if view.over:
        return Refusal("closed", "该诉求已结束", "the appeal is over")
    spell, asked = found
    decided = wo.ReturnDecided(
        unit=spell.unit, round=spell.round, number=asked.event.number, accepted=accepted, by=by, reason=reason
    )
    if not accepted:
        return (decided,)
    recalled = wo.Recalled(unit=spell.unit, round=spell.round, reason="returned")
    helping = spell.part is UnitPart.CO
    if to_unit is None:
        return (decided, recalled) if helping else (decided, recalled, *_next(view, tables, now, spell, asked))
    if to_unit == spell.unit:
        return Refusal("same_unit", "不能转回原单位", "name another unit", "to_unit")
    refused = checked(view, tables.directory, (to_unit,), "to_unit")
    if refused is not None:
        return refused
    if helping and view.handling.holding(to_unit) is not None:
        return Refusal("has_it_already", "该单位已在办理此工单", "this unit has the order already", "to_unit")
    choice = Choice(to_unit, "return", tables.catalogue.version)
    sent = sign_and_dispatch(view, tables, choice, mode=spell.mode, by=by, round=spell.round, part=spell.part)
    return (decided, recalled, *(() if helping else binding(view, tables, to_unit, by, 1)), *sent)


def _pending(view: View, unit: str | None, number: int | None) -> tuple[Spell, Return] | None:
    for spell in view.handling.open_spells():
        asked = spell.waiting_return()
        if asked is None or unit not in (None, spell.unit) or number not in (None, asked.event.number):
            continue
        return spell, asked
    return None


def _next(view: View, tables: Tables, now: datetime, spell: Spell, asked: Return) -> tuple[Event, ...]:
    gave_back = {one.unit for one in view.handling.spells if any(r.accepted for r in one.returns)} | {spell.unit}
    proposed = asked.event.proposed_unit
    choice = choose_unit(view, tables, now, frozenset(gave_back))
    if proposed is not None and checked(view, tables.directory, (proposed,), "unit") is None:
        choice = Choice(proposed, "proposed by the returning unit", tables.catalogue.version)
    waiting = wo.AwaitingSignature(
        unit=choice.unit, mode=spell.mode, reason="returned", rule=choice.rule, catalog_version=choice.catalog_version
    )
    return (waiting,)
