"""审核: every result is examined strictly (S1). The lead unit's reply closes the work of the co-units with it."""

from collections.abc import Sequence

from contracts.events import Event
from contracts.events import work_order as wo
from contracts.words import UnitPart
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.spell import Reply, Spell
from dispatcher.domain.tables import CheckPoint
from dispatcher.domain.view import View


def review(
    view: View, by: str, *, approve: bool, reasons: tuple[str, ...],
    unit: str | None = None, number: int | None = None, good: tuple[str, ...] = (), without: tuple[str, ...] = (),
    points: Sequence[CheckPoint] = (),
) -> Verdict:  # fmt: skip
    """Approve or send back with reasons. A co-unit's reply is approved with the lead's, never by itself.

    ``good``: the points of the checklist (``points``) that were found good; ``without``: those that the result has
    nothing of. Both are recorded; approval needs an answer to every point.
    """
    found = _waiting(view, unit, number)
    if found is None:
        return Refusal("no_pending_reply", "没有待审核的答复", "no such reply waits for review", "number")
    if view.over:
        return Refusal("closed", "该诉求已结束", "the appeal is over")
    if not {*good, *without} <= {point.id for point in points}:
        return Refusal("unknown_point", "审核清单没有这一项", "the checklist has no such point", "checklist")
    spell, reply = found
    if not approve:
        if not reasons:
            return Refusal("reasons_needed", "退回须说明理由", "say why it is sent back", "reasons")
        event = wo.SentBack(
            unit=spell.unit, round=spell.round, number=reply.event.number, by=by, reasons=reasons, checklist=good
        )
        return (event,)
    if spell.part is UnitPart.CO:
        return Refusal("lead_closes", "协办答复随主办答复一并审核", "it is approved with the lead unit's reply", "unit")
    wanting = _unanswered(good, without, points)
    if wanting is not None:
        return wanting
    approved = wo.Approved(
        unit=spell.unit, round=spell.round, number=reply.event.number, by=by, checklist=good, not_applicable=without
    )
    return (approved, *_with_the_lead(view, spell, by))


def _unanswered(good: tuple[str, ...], without: tuple[str, ...], points: Sequence[CheckPoint]) -> Refusal | None:
    """What keeps the checklist from being answered for an approval."""
    both = [point for point in points if point.id in good and point.id in without]
    if both:
        return _checklist("point_answered_twice", "清单项重复作答", "a point is answered twice", both, "not_applicable")
    always = [point for point in points if point.id in without and not point.may_not_apply]
    if always:
        return _checklist(
            "point_always_applies", "清单项不得选“不适用”", "a point always applies", always, "not_applicable"
        )
    left = [point for point in points if point.id not in good and point.id not in without]
    if left:
        zh, en = "审核清单尚未逐项作答，不能通过", "approval needs every point of the checklist; these are open"
        return _checklist("checklist_unanswered", zh, en, left, "checklist")
    return None


def _checklist(code: str, zh: str, en: str, points: list[CheckPoint], field: str) -> Refusal:
    text_zh = f"{zh}：{'、'.join(point.zh for point in points)}"
    return Refusal(code, text_zh, f"{en}: {', '.join(point.id for point in points)}", field, status=422)


def _waiting(view: View, unit: str | None, number: int | None) -> tuple[Spell, Reply] | None:
    # The lead unit's reply first: it is the one that closes.
    spells = sorted(view.handling.open_spells(), key=lambda spell: spell.part is UnitPart.CO)
    for spell in spells:
        reply = spell.waiting_reply()
        if reply is not None and unit in (None, spell.unit) and number in (None, reply.event.number):
            return spell, reply
    return None


def _with_the_lead(view: View, lead: Spell, by: str) -> tuple[Event, ...]:
    events: list[Event] = []
    for spell in view.handling.open_spells():
        if spell is lead or spell.part is not UnitPart.CO:
            continue
        reply = spell.waiting_reply()
        if reply is not None:
            events.append(wo.Approved(unit=spell.unit, round=spell.round, number=reply.event.number, by=by))
        elif spell.approved_reply() is None:
            events.append(wo.Recalled(unit=spell.unit, round=spell.round, reason="closed by the lead unit"))
    return tuple(events)
