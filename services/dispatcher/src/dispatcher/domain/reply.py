"""答复: a word on the way, and the result for caller and centre."""

from contracts.events import work_order as wo
from dispatcher.domain.holding import held
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View


def interim_reply(view: View, directory: Directory, unit: str, by: str, public_text: str) -> Verdict:
    """A word to the caller; it ends nothing."""
    spell = held(view, unit, directory)
    if isinstance(spell, Refusal):
        return spell
    return (wo.InterimReplied(unit=unit, round=spell.round, public_text=public_text, by=by),)


def reply(
    view: View, directory: Directory, unit: str, by: str, *, public_text: str, signer: str,
    internal_text: str = "", measures: str = "", law: str | None = None, attachments: tuple[str, ...] = (),
) -> Verdict:  # fmt: skip
    """The result, which then waits for review. Refused while another waits or a return is undecided."""
    spell = held(view, unit, directory)
    if isinstance(spell, Refusal):
        return spell
    if spell.waiting_reply() is not None:
        return Refusal("under_review", "上一答复正在审核", "a reply is under review already", "type")
    if spell.waiting_return() is not None:
        return Refusal("return_pending", "退件申请待审，不能答复", "a return request waits for the centre", "type")
    event = wo.Replied(
        unit=unit,
        round=spell.round,
        number=len(view.handling.replies(unit, spell.round)) + 1,
        public_text=public_text,
        signer=signer,
        by=by,
        internal_text=internal_text,
        measures=measures,
        law=law,
        attachments=attachments,
    )
    return (event,)
