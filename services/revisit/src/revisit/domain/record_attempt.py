"""A try that reached nobody (domain section 4: three tries on two days, then a link)."""

from datetime import datetime

from contracts.decision import Decision
from contracts.events.revisit import RevisitAttempted
from contracts.words import VisitMethod
from revisit.domain.refusal import Refusal
from revisit.domain.view import View
from revisit.domain.visit import VisitState

ANONYMOUS = Refusal(
    code="anonymous-caller",
    text_zh="匿名来电人不能电话回访，请通过查询码征求意见",
    text_en="An anonymous caller cannot be phoned; ask through the query code",
    field="method",
)
CLOSED = Refusal(code="appeal-closed", text_zh="诉求已结案", text_en="The appeal is closed")
NOT_WAITING = Refusal(code="visit-not-waiting", text_zh="该回访已有结果", text_en="This visit has its result already")


def waiting_refusal(view: View, visit_id: str) -> Refusal | None:
    """Why this visit takes neither a try nor an answer; None when it does."""
    visit = view.visit_by_id(visit_id)
    if view.closed is not None:
        return CLOSED
    if visit is None or visit.state not in (VisitState.DUE, VisitState.LINK_SENT):
        return NOT_WAITING
    return None


def record_attempt(
    view: View, visit_id: str, method: VisitMethod, by: str, now: datetime, key: tuple[str, ...]
) -> tuple[Decision, ...] | Refusal:
    """The try as a decision, or why it cannot be recorded."""
    refusal = waiting_refusal(view, visit_id)
    if refusal is not None:
        return refusal
    if view.registration.anonymous and method is VisitMethod.PHONE:
        return ANONYMOUS
    visit = view.visit_by_id(visit_id)
    assert visit is not None
    event = RevisitAttempted(visit=visit_id, round=visit.round, attempt=len(visit.tries) + 1, method=method, by=by)
    return (Decision(event=event, time=now, key=key),)
