"""延期: more time for a complex matter. S2: before it is due, at most twice; a special one needs file and law."""

from dataclasses import dataclass
from datetime import datetime

from contracts.events import work_order as wo
from dispatcher.domain.extension_room import USED_UP, room
from dispatcher.domain.holding import held
from dispatcher.domain.limits import Limits
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the unit asks for; ``working_days`` beyond the present due date."""

    working_days: int
    reason: str
    special: bool = False
    law: str | None = None
    attachment_id: str | None = None


def request_extension(
    view: View, directory: Directory, limits: Limits, unit: str, by: str, now: datetime, wish: Wish
) -> Verdict:
    """Refused when it comes late, too often, for too long, while another waits, or special without file and law."""
    spell = held(view, unit, directory)
    if isinstance(spell, Refusal):
        return spell
    if spell.waiting_extension() is not None:
        return Refusal("extension_pending", "已有延期申请待审", "an extension request waits already", "type")
    due = view.watch.result(unit, spell.round)
    if due is not None and now >= due.due:
        return Refusal("extension_after_due", "已到办理期限，不能再申请延期", "the due time has passed", "type")
    most = limits.special_extension_days if wish.special else limits.extension_days
    left = room(view.watch, spell, special=wish.special)
    if left == 0:
        return USED_UP
    most = most if left is None else min(most, left)
    if not 1 <= wish.working_days <= most:
        return Refusal("extension_too_long", f"一次最多{most}个工作日", f"at most {most} working days", "working_days")
    asked = view.handling.extensions(unit, spell.round)
    same_kind = [one for one in asked if one.event.special == wish.special]
    if wish.special:
        if not wish.law or not wish.attachment_id:
            return Refusal(
                "special_needs_file", "特殊延期须附书面申请并注明依据", "name the law and attach the file", "law"
            )
        if len(same_kind) >= limits.special_extensions:
            return Refusal("second_special_extension", "特殊延期次数已用完", "no further special extension", "type")
    elif len(same_kind) >= limits.extensions:
        return Refusal("third_extension", f"最多延期{limits.extensions}次", "no further extension", "type")
    event = wo.ExtensionRequested(
        unit=unit,
        round=spell.round,
        number=len(asked) + 1,
        working_days=wish.working_days,
        reason=wish.reason,
        by=by,
        special=wish.special,
        law=wish.law,
        attachment_id=wish.attachment_id,
    )
    return (event,)
