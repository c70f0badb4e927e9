"""What the caller says at the visit, recorded truthfully (S1); the closing follows from it as a reaction."""

from dataclasses import dataclass
from datetime import datetime

from contracts.decision import Decision
from contracts.events.revisit import RevisitAnswered
from contracts.words import Satisfaction, VisitMethod
from revisit.domain.record_attempt import ANONYMOUS, waiting_refusal
from revisit.domain.refusal import Refusal
from revisit.domain.view import View


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The caller's words; ``remark_masked`` holds nothing that tells who it is."""

    method: VisitMethod
    satisfaction: Satisfaction
    solved: bool
    result_true: bool
    remark_masked: str = ""


def record_answer(
    view: View, visit_id: str, said: Said, by: str, now: datetime, key: tuple[str, ...]
) -> tuple[Decision, ...] | Refusal:
    """The answer as a decision, or why it cannot be recorded."""
    refusal = waiting_refusal(view, visit_id)
    if refusal is not None:
        return refusal
    if view.registration.anonymous and said.method is VisitMethod.PHONE:
        return ANONYMOUS
    visit = view.visit_by_id(visit_id)
    assert visit is not None
    event = RevisitAnswered(
        visit=visit_id,
        round=visit.round,
        method=said.method,
        satisfaction=said.satisfaction,
        solved=said.solved,
        result_true=said.result_true,
        by=by,
        remark_masked=said.remark_masked,
        unit=visit.unit,
    )
    return (Decision(event=event, time=now, key=key),)
