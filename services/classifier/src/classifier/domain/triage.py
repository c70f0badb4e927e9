"""A person decides what the machine was unsure about; the verdict it proposed is kept beside it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from classifier.domain import handover
from classifier.domain.reactions import classified, guided
from classifier.domain.refusal import Refusal
from classifier.domain.verdict import Verdict
from classifier.domain.view import View
from contracts.decision import Decision
from contracts.events.appeal import UnitScore
from contracts.events.triage import TriageDecided
from contracts.words import AppealType, Exclusion, Urgency

Kin = Callable[[str], frozenset[str]]
"""A unit with its parent and children."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the person chose. None leaves a part as the machine proposed; ``units`` best first."""

    type: AppealType
    topic: str
    units: tuple[str, ...] = ()
    exclusion: Exclusion | None = None
    emergency_lines: tuple[str, ...] = ()
    hazard: bool | None = None
    urgent: bool | None = None
    work_order_follows: bool | None = None
    subject_unit: str | None = None
    accused_unit: str | None = None


def decide(
    view: View, verdict: Verdict, choice: Choice, *, kin: Kin, by: str, now: datetime, key: tuple[str, ...]
) -> tuple[Decision, ...] | Refusal:
    """``triage.decided``, the classification, guidance and emergencies, to leave in one save.

    An appeal that was classified before is only looked at for danger: its classification stands.
    """
    if view.registered is None:
        return NOT_REGISTERED
    if view.withdrawn:
        return WITHDRAWN
    if not view.waits_for_triage:
        return NOT_WAITING
    standing = tuple(case.line for case in view.cases if case.lowered is None)
    final = _final(verdict, choice, standing, named=view.registered.data.accused_unit is not None)
    raised = handover.raising(view, choice.emergency_lines, now, now, by)
    if final.exclusion is Exclusion.EMERGENCY_LINE and not raised and not standing:
        return NO_LINE
    if final.work_order_follows and final.exclusion is None and view.classified is None:
        if not final.units:
            return NO_UNIT
        accused = (*((final.accused_unit,) if final.accused_unit is not None else ()), *final.further_accused)
        barred = frozenset[str]().union(*(kin(unit) for unit in accused))
        if any(item.unit in barred for item in final.units):
            return ACCUSED
    lane = view.registered.lane
    agreed = _agrees(verdict, final)
    decisions = [Decision(event=TriageDecided(by=by, agreed_with_machine=agreed), time=now, key=key, lane=lane)]
    decisions += raised
    decisions += _accused(view, choice, now, key)
    if view.classified is None:
        if final.exclusion is not None and final.exclusion is not Exclusion.EMERGENCY_LINE:
            decisions.append(Decision(event=guided(final.exclusion, by), time=now, key=key, lane=lane))
        event = replace(classified(final, decided_by=by), confidence=1.0)
        decisions.append(Decision(event=event, time=now, key=key, lane=lane))
    return tuple(decisions)


def _accused(view: View, choice: Choice, now: datetime, key: tuple[str, ...]) -> list[Decision]:
    """Whom a supplement accuses, as a person says: the order is then guarded against that unit."""
    if view.classified is None or choice.accused_unit is None:
        return []
    pending = [one for one in view.judged_supplements if one.data.accusation is not None]
    if not pending:
        return []
    named = replace(pending[-1].data, accused_unit=choice.accused_unit)
    return [Decision(event=named, time=now, key=key, lane=pending[-1].lane)]


def _final(verdict: Verdict, choice: Choice, standing: tuple[str, ...], *, named: bool) -> Verdict:
    lines = tuple(dict.fromkeys((*choice.emergency_lines, *standing)))
    units = tuple(UnitScore(unit=unit, score=1.0 if place == 0 else 0.5) for place, unit in enumerate(choice.units))
    follows = choice.work_order_follows
    if follows is None:
        follows = choice.exclusion is None
    return replace(
        verdict,
        type=choice.type,
        topic=choice.topic,
        units=units or verdict.units,
        exclusion=choice.exclusion,
        emergency_lines=lines,
        hazard=verdict.hazard if choice.hazard is None else choice.hazard,
        urgency=_urgency(verdict, choice, bool(lines)),
        work_order_follows=follows,
        subject_unit=choice.subject_unit or verdict.subject_unit,
        accused_unit=choice.accused_unit or verdict.accused_unit,
        further_accused=_further(verdict, choice, named),
    )


def _further(verdict: Verdict, choice: Choice, named: bool) -> tuple[str, ...]:
    """A person may correct whom the text seemed to accuse, and only adds to whom the form ``named``."""
    if choice.accused_unit is None:
        return verdict.further_accused
    before = (verdict.accused_unit, *verdict.further_accused) if named else ()
    return tuple(unit for unit in before if unit is not None and unit != choice.accused_unit)


def _urgency(verdict: Verdict, choice: Choice, emergency: bool) -> Urgency:
    if emergency:
        return Urgency.EMERGENCY
    if choice.urgent is not None:
        return Urgency.URGENT if choice.urgent else Urgency.NORMAL
    return Urgency.URGENT if choice.hazard else verdict.urgency


def _agrees(verdict: Verdict, final: Verdict) -> bool:
    def told(one: Verdict) -> tuple[object, ...]:
        first = one.units[0].unit if one.units and one.exclusion is None else None
        return one.type, one.topic, first, one.exclusion, frozenset(one.emergency_lines)

    return told(verdict) == told(final)


NOT_REGISTERED = Refusal(
    code="not_registered_yet", text_zh="登记信息尚未到达，请稍后再试", text_en="The registration has not arrived yet"
)
WITHDRAWN = Refusal(code="withdrawn", text_zh="诉求人已撤回", text_en="The caller has withdrawn it")
NOT_WAITING = Refusal(code="not_waiting", text_zh="不在研判台上", text_en="It does not wait for triage")
NO_LINE = Refusal(
    code="no_line", text_zh="请选择紧急专线", text_en="Name the emergency line", field="emergency_lines", status=422
)
NO_UNIT = Refusal(code="no_unit", text_zh="请选择承办单位", text_en="Name a unit", field="unit", status=422)
ACCUSED = Refusal(
    code="unit_is_accused",
    text_zh="不得转给被检举单位及其上下级",
    text_en="An accusation never goes to the accused unit, its parent or its children",
    field="unit",
)
