"""退件: the unit says that it is not its duty. S2: within one working day of receipt."""

from datetime import datetime

from contracts.events import work_order as wo
from contracts.words import DeadlineKind
from dispatcher.domain.holding import held
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View


def request_return(
    view: View, directory: Directory, unit: str, by: str, now: datetime, ground: str, proposed_unit: str | None
) -> Verdict:
    """Refused after a binding designation, after the day is over, twice at once, and while a reply is under review."""
    spell = held(view, unit, directory)
    if isinstance(spell, Refusal):
        return spell
    if unit in view.handling.designated:
        return Refusal("designated", "已指定承办，不得退件", "the unit was designated, which binds it", "type")
    if spell.round > 1:
        return Refusal("redo_binds", "重办由原单位承办，不得退件", "a redo stays with the original unit", "type")
    if proposed_unit is not None and (proposed_unit not in directory or proposed_unit == unit):
        return Refusal(
            "unknown_unit", "建议的承办单位不存在", "the proposed unit is not a member unit", "proposed_unit"
        )
    if spell.waiting_return() is not None:
        return Refusal("return_pending", "已有退件申请待审", "a return request waits already", "type")
    if spell.waiting_reply() is not None:
        return Refusal("under_review", "答复正在审核", "a reply is under review", "type")
    due = view.watch.of(DeadlineKind.RETURN, unit, spell.round)
    if due is not None and now > due.due:
        return Refusal("return_too_late", "已超过退件期限", "the time for returning is over", "type")
    number = len(view.handling.returns(unit, spell.round)) + 1
    event = wo.ReturnRequested(
        unit=unit,
        round=spell.round,
        number=number,
        ground=ground,
        by=by,
        proposed_unit=proposed_unit,
        topic=view.topic,
    )
    return (event,)
