"""联系: the unit spoke to the caller. S2: within three working days."""

from contracts.events import work_order as wo
from dispatcher.domain.holding import held
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View


def record_contact(view: View, directory: Directory, unit: str, by: str, method: str, result: str) -> Verdict:
    """As often as the unit speaks to the caller; the first counts."""
    spell = held(view, unit, directory)
    if isinstance(spell, Refusal):
        return spell
    return (wo.Contacted(unit=unit, round=spell.round, by=by, method=method, result=result),)
