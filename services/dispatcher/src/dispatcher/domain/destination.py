"""Where the centre may send an order: a member unit that no accusation concerns (the guard, on every path)."""

from collections.abc import Iterable

from dispatcher.domain.guard import barred_units
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal
from dispatcher.domain.view import View

OVER = Refusal("closed", "该诉求已结束", "the appeal is over")
MERGED = Refusal("merged", "该工单已并入他单", "the order is merged into another")


def checked(view: View, directory: Directory, units: Iterable[str], field: str) -> Refusal | None:
    """The first reason why one of ``units`` may not get the order."""
    barred = barred_units(view.accused, directory)
    for unit in units:
        if unit not in directory:
            return Refusal("unknown_unit", "没有这个成员单位", "there is no such member unit", field)
        if unit in barred:
            return Refusal(
                "accused_unit",
                "该单位或其上下级被举报，不得承办",
                "the accusation concerns this unit, its parent or its child",
                field,
                guards=True,
                concerned=unit,
            )
    return None


def named_units(words: Iterable[str], directory: Directory) -> tuple[str, ...]:
    """The member units that free words name: a person's words may name none."""
    return tuple(dict.fromkeys(unit for one in words for unit in sorted(directory.named(one))))


def movable(view: View) -> Refusal | None:
    """Why the order may not be sent anywhere at all."""
    if view.over:
        return OVER
    if view.handling.merged_into is not None:
        return MERGED
    lead = view.handling.lead()
    if lead is not None and lead.approved_reply() is not None:
        return Refusal("already_approved", "答复已审核通过", "the reply has passed review already")
    return None
