"""What a unit says when it is late or asked: a reason for delay, answers to urges and supervisions, an objection."""

from datetime import datetime

from contracts.events import work_order as wo
from dispatcher.domain.guard import barred_units
from dispatcher.domain.holding import NOT_YOURS, held, hidden_from
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.view import View


def explain_delay(
    view: View, directory: Directory, unit: str, by: str, now: datetime, reason: str, until: datetime
) -> Verdict:
    """A reason and a date: holds the urge back, not the breach, and moves no due date."""
    spell = held(view, unit, directory)
    if isinstance(spell, Refusal):
        return spell
    if until <= now:
        return Refusal("date_in_the_past", "承诺日期应在以后", "name a date in the future", "until")
    return (wo.DelayExplained(unit=unit, round=spell.round, reason=reason, until=until, by=by),)


def answer_urge(
    view: View, directory: Directory, unit: str, by: str, urge: str, text: str, until: datetime | None
) -> Verdict:
    """S2: within two working days, with a result, or a reason and a date. Once per urge."""
    foreign = _foreign(view, unit, directory)
    if foreign is not None:
        return foreign
    issued = view.watch.urges.get(urge)
    if issued is None or issued.unit != unit:
        return Refusal("unknown_urge", "没有这份催办单", "there is no such urge for your unit", "urge")
    if urge in view.handling.urge_answers:
        return Refusal("already_answered", "该催办单已回复", "the urge is answered already", "urge")
    return (wo.UrgeAnswered(unit=unit, round=issued.round, urge=urge, text=text, by=by, until=until),)


def answer_supervision(view: View, directory: Directory, unit: str, by: str, supervision: str, text: str) -> Verdict:
    """Once per supervision."""
    foreign = _foreign(view, unit, directory)
    if foreign is not None:
        return foreign
    opened = view.watch.supervisions.get(supervision)
    if opened is None or opened.unit != unit:
        return Refusal(
            "unknown_supervision", "没有这份督办单", "there is no such supervision of your unit", "supervision"
        )
    if supervision in view.handling.supervision_answers:
        return Refusal("already_answered", "该督办单已回复", "the supervision is answered already", "supervision")
    event = wo.SupervisionAnswered(unit=unit, round=opened.round, supervision=supervision, text=text, by=by)
    return (event,)


def _foreign(view: View, unit: str, directory: Directory) -> Refusal | None:
    """The same words for an order that accuses the unit and for one that it never had."""
    if unit in barred_units(view.accused, directory):
        return hidden_from(unit)
    return NOT_YOURS if view.handling.of(unit) is None else None


def dispute(view: View, directory: Directory, unit: str, by: str, reason: str) -> Verdict:
    """派单异议: for the objection board; the centre ends it by a designation."""
    spell = held(view, unit, directory, in_hand=False)
    if isinstance(spell, Refusal):
        return spell
    if unit in view.handling.designated:
        return Refusal("designated", "已指定承办，不得再提异议", "the unit was designated, which binds it", "type")
    if (unit, spell.round) in view.handling.objections:
        return Refusal("objection_pending", "异议正在处理", "an objection waits already", "type")
    return (wo.Objected(unit=unit, round=spell.round, reason=reason, by=by, topic=view.topic),)
