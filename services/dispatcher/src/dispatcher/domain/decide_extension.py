"""The centre decides an extension before the due time; undecided by then is refused (``reactions``)."""

from datetime import datetime

from contracts.events import work_order as wo
from dispatcher.domain.extension_room import USED_UP, room
from dispatcher.domain.limits import Limits
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View


def decide_extension(
    view: View, limits: Limits, by: str, now: datetime, *, granted: bool, reason: str,
    unit: str | None = None, number: int | None = None, working_days: int | None = None,
) -> Verdict:  # fmt: skip
    """``working_days`` None grants what was asked; the centre may grant less, never more.

    Together they add at most what the policy allows (twice the base period): what is told is what counts.
    """
    for spell in view.handling.open_spells():
        asked = spell.waiting_extension()
        if asked is None or unit not in (None, spell.unit) or number not in (None, asked.event.number):
            continue
        if view.over:
            return Refusal("closed", "该诉求已结束", "the appeal is over")
        due = view.watch.result(spell.unit, spell.round)
        if granted and due is not None and now >= due.due:
            return Refusal("after_due", "已到办理期限", "the due time has passed")
        left = room(view.watch, spell, special=asked.event.special)
        most = asked.event.working_days if left is None else min(asked.event.working_days, left)
        if granted and most == 0:
            return USED_UP
        days = most if working_days is None else working_days
        if granted and days > asked.event.working_days:
            return Refusal("too_many_days", "不能超过申请的天数", "not more than was asked for", "working_days")
        if granted and not 1 <= days <= most:
            text_zh, text_en = f"还可延期{most}个工作日", f"1 to {most} working days may still be added"
            return Refusal("too_many_days", text_zh, text_en, "working_days")
        event = wo.ExtensionDecided(
            unit=spell.unit,
            round=spell.round,
            number=asked.event.number,
            granted=granted,
            working_days=days if granted else 0,
            by=by,
            reason=reason,
        )
        return (event,)
    return Refusal("no_pending_extension", "没有待审的延期申请", "no such extension request waits", "number")
