"""签收: the unit has the order in hand. S2: two hours."""

from contracts.events import work_order as wo
from dispatcher.domain.holding import held
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View


def confirm_receipt(view: View, directory: Directory, unit: str, by: str) -> Verdict:
    """Once per spell; also after it was deemed received, for the record."""
    spell = held(view, unit, directory, in_hand=False)
    if isinstance(spell, Refusal):
        return spell
    if spell.received is not None:
        return Refusal("already_received", "已签收，无需重复", "receipt is confirmed already", "type")
    return (wo.Received(unit=unit, round=spell.round, by=by),)
