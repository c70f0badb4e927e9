"""回避: persons with an interest take no part in the order (domain rules, section 7)."""

from collections.abc import Collection, Iterable

from contracts.events import work_order as wo
from contracts.recusal import entry, named_in, without
from dispatcher.domain.destination import OVER
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View

MUST_RECUSE = Refusal(
    "must_recuse", "您须回避，不得办理或查看该工单", "you have an interest in this order and take no part in it",
    guards=True,
)  # fmt: skip
NO_PERSON = Refusal(
    "no_person", "请写明须回避人员的用户名，不得填写单位账号", "name a person, not a unit's account", "person"
)


def recuse(view: View, by: str, person: str | None, reason: str, of_unit: str | None = None) -> Verdict:
    """``person`` may not read or handle the order until it is lifted.

    ``of_unit``: the unit that says so of one of its own people. It binds who acts for that unit, and nobody else: a
    unit shuts out neither the centre nor another unit.
    """
    if person is None or person.startswith(("unit.", "line.")):
        return NO_PERSON
    if view.over:
        return OVER
    if entry(person, of_unit) in view.handling.recused or person in view.handling.recused:
        return Refusal("already_recused", "已回避", "this person has recused already", "person")
    return (wo.Recused(person=person, by=by, reason=reason, of_unit=of_unit),)


def lift_recusal(view: View, by: str, person: str, reason: str) -> Verdict:
    """``person`` may read and handle the order again. By somebody of the centre who need not recuse themselves."""
    if view.over:
        return OVER
    if without(view.handling.recused, person) == view.handling.recused:
        return Refusal("not_recused", "该人员未回避", "this person has not recused", "person")
    return (wo.RecusalLifted(person=person, by=by, reason=reason),)


def may_be_named(view: View, people: Iterable[str], field: str) -> Refusal | None:
    """Why these people may not be given a part in the order; ``people`` are user names or ids of leaders."""
    if any(_recused(view.handling.recused, one) for one in people):
        return Refusal(
            "recused_person", "该人员已回避，不得参与", "this person has recused and takes no part", field, guards=True
        )
    return None


def _recused(recused: Collection[str], person: str) -> bool:
    return named_in(recused, person, None) or without(recused, person) != set(recused)
