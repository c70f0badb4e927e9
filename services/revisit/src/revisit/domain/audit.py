"""The centre's audit of a bad answer: redo by the original unit, or closed with an explanation (S1)."""

from dataclasses import dataclass
from datetime import datetime

from contracts.decision import Decision
from contracts.events.revisit import RedoOrdered
from contracts.words import Outcome
from revisit.domain.closing import closed
from revisit.domain.record_attempt import CLOSED
from revisit.domain.refusal import Refusal
from revisit.domain.view import View
from revisit.domain.visit import VisitState

REDO_ROUNDS = 2
"""Domain section 4: at most two rounds of redo, then written supervision."""

NO_AUDIT = Refusal(code="no-audit-pending", text_zh="没有待审核的回访", text_en="No audit is pending for this visit")
NO_UNIT = Refusal(
    code="answered-by-the-centre",
    text_zh="由中心直接答复，没有可重办的单位",
    text_en="The centre answered directly; there is no unit to redo it",
    field="unit_responsible",
)
EMERGENCY_OPEN = Refusal(
    code="emergency-open",
    text_zh="仍有应急热线未接收，不能结案",
    text_en="An emergency line has not taken the case yet; it cannot be closed",
)
NO_REASON = Refusal(code="reason-missing", text_zh="重办须写明理由", text_en="A redo needs a reason", field="reasons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the audit found. ``reasons`` are masked."""

    unit_responsible: bool
    reasons: tuple[str, ...]


def redo_number(number: str, count: int) -> str:
    """``CH`` + the parent's number + two digits (domain section 8)."""
    return f"CH{number}{count:02d}"


def audit(
    view: View, visit_id: str, finding: Finding, by: str, now: datetime, key: tuple[str, ...]
) -> tuple[Decision, ...] | Refusal:
    """Redo while rounds are left and the unit is to blame; else closed as unresolved and explained."""
    visit = view.visit_by_id(visit_id)
    if view.closed is not None:
        return CLOSED
    if visit is None or visit.state is not VisitState.AUDIT or visit is not view.visit:
        return NO_AUDIT
    if finding.unit_responsible and not finding.reasons:
        return NO_REASON
    if finding.unit_responsible and visit.unit is None:
        return NO_UNIT
    if finding.unit_responsible and visit.unit is not None and view.redos < REDO_ROUNDS:
        assert view.registration.number is not None
        event = RedoOrdered(
            unit=visit.unit,
            round=visit.round + 1,
            number=redo_number(view.registration.number, view.redos + 1),
            reasons=finding.reasons,
            audited_by=by,
        )
        return (Decision(event=event, time=now, key=key),)
    if view.verdict.lines_open:
        return EMERGENCY_OPEN
    return (closed(view, Outcome.UNRESOLVED_EXPLAINED, now, visit.answer),)
