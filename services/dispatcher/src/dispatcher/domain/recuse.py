"""回避: persons with an interest take no part in the order (domain rules, section 7)."""

from contracts.events import work_order as wo
from dispatcher.domain.destination import OVER
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View

MUST_RECUSE = Refusal(
    "must_recuse", "您须回避，不得办理或查看该工单", "you have an interest in this order and take no part in it",
    guards=True,
)  # fmt: skip


def recuse(view: View, by: str, person: str, reason: str) -> Verdict:
    """``person`` may not read or handle the order from here on. It cannot be undone."""
    if view.over:
        return OVER
    if person in view.handling.recused:
        return Refusal("already_recused", "已回避", "this person has recused already", "person")
    return (wo.Recused(person=person, by=by, reason=reason),)
