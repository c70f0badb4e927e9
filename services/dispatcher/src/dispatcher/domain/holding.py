"""What every unit's command asks first: is it this unit's order, now, and in hand?"""

from dataclasses import replace

from dispatcher.domain.guard import barred_units
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal
from dispatcher.domain.spell import Spell
from dispatcher.domain.view import View

NOT_YOURS = Refusal("not_your_order", "该工单不在贵单位办理", "your unit does not have this order", "work_order")
CLOSED = Refusal("closed", "该诉求已结束", "the appeal is over", "work_order")
NOT_RECEIVED = Refusal("not_received", "尚未签收，请先签收", "confirm receipt first", "type", out_of_turn=True)
APPROVED = Refusal("already_approved", "答复已审核通过", "the reply has passed review already", "type")


def hidden_from(unit: str) -> Refusal:
    """Said to a unit that an accusation concerns: the same words as for an order that never was its own."""
    return replace(NOT_YOURS, guards=True, concerned=unit)


def held(view: View, unit: str, directory: Directory, *, in_hand: bool = True) -> Spell | Refusal:
    """The unit's open spell. ``in_hand``: it must be received, or count as received."""
    if unit in barred_units(view.accused, directory):
        return hidden_from(unit)
    spell = view.handling.holding(unit)
    if spell is None:
        return NOT_YOURS
    if view.over:
        return CLOSED
    if spell.approved_reply() is not None:
        return APPROVED
    if in_hand and spell.in_hand is None:
        return NOT_RECEIVED
    return spell
