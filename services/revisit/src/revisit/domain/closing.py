"""What ends an appeal. There is exactly one ``appeal.closed`` per appeal: every path shares one decision key."""

from datetime import datetime

from contracts.decision import Decision
from contracts.events.appeal import AppealClosed
from contracts.events.revisit import RevisitAnswered
from contracts.words import Outcome, Satisfaction
from revisit.domain.view import View
from revisit.domain.visit import wants_audit

CLOSED_KEY = ("closed",)


def closed(view: View, outcome: Outcome, at: datetime, answer: RevisitAnswered | None = None) -> Decision:
    """The closing at ``at``, with what the caller said, if anything."""
    return Decision(
        event=AppealClosed(
            outcome=outcome,
            satisfaction=answer.satisfaction if answer else None,
            solved=answer.solved if answer else None,
            rounds=max((visit.round for visit in view.visits), default=1),
            closed_at=at,
        ),
        time=at,
        key=CLOSED_KEY,
    )


def outcome_of(answer: RevisitAnswered) -> Outcome:
    """How an appeal ends whose answer needs no audit, or whose audit blames nobody."""
    if answer.solved and answer.satisfaction is not Satisfaction.DISSATISFIED and answer.result_true:
        return Outcome.RESOLVED
    return Outcome.UNRESOLVED_EXPLAINED


def ended_without_visit(view: View) -> tuple[Outcome, datetime] | None:
    """Withdrawn, guided elsewhere, or only handed over to emergency lines: the earliest of these.

    While a line has neither acknowledged nor been lowered the hotline keeps the case, so nothing ends it.
    """
    verdict = view.verdict
    if verdict.lines_open:
        return None
    ends: list[tuple[datetime, Outcome]] = []
    if view.registration.withdrawn_at is not None:
        ends.append((view.registration.withdrawn_at, Outcome.WITHDRAWN))
    if verdict.guided_at is not None:
        ends.append((verdict.guided_at, Outcome.GUIDED))
    if verdict.work_order_follows is False and verdict.lines and verdict.classified_at is not None:
        ends.append((verdict.classified_at, Outcome.HANDED_OVER))
    if not ends:
        return None
    at, outcome = min(ends)
    return outcome, max([at, *verdict.settled.values()])


def ended_with_main(view: View) -> tuple[Outcome, datetime] | None:
    """A repeat of the main order's own caller, who was asked there: it ends as that one did.

    Another caller is visited about the same result, and what that caller says ends the repeat.
    """
    main = view.handling.main_closed
    if main is None or view.visits or view.handling.results or view.verdict.lines_open:
        return None
    return main.outcome, main.closed_at


def ended_by_visit(view: View) -> Decision | None:
    """The latest visit was answered to the end, or nobody could be reached."""
    visit = view.visit
    if visit is None or view.verdict.lines_open:
        return None
    if visit.answer is not None and visit.answered_at is not None and not wants_audit(visit.answer):
        return closed(view, outcome_of(visit.answer), visit.answered_at, visit.answer)
    if visit.unreached_at is not None:
        outcome = Outcome.ANSWERED if visit.unit is None else Outcome.UNREACHED
        return closed(view, outcome, visit.unreached_at)
    return None
