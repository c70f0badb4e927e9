"""What this service decides because of facts and of time passing; pure, and the same on every replica."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from contracts.decision import Decision, Reaction
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.revisit import RevisitScheduled, RevisitUnreached
from contracts.words import Service, VisitMethod
from revisit.domain.closing import closed, ended_by_visit, ended_with_main, ended_without_visit
from revisit.domain.view import View, fold
from revisit.domain.visit import VISIT_AFTER, VisitState, visit_id


class RevisitRules:
    """Schedules visits, gives up on them, and closes appeals."""

    service = Service.REVISIT

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        """Decisions that are due by ``now``, and when to look again."""
        if not facts:
            return Reaction()
        view = fold(facts[0].subject, facts)
        decisions = tuple(_decisions(view, now))
        return Reaction(decisions=decisions, next_wake=_next_wake(view, now))

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """What the visiting and audit desks list and search by."""
        return row_of(fold(facts[0].subject, facts))


def _decisions(view: View, now: datetime) -> Iterator[Decision]:
    # Redo numbers and the way to ask need the registration, which may come later than a result.
    if view.registration.number is None:
        return
    end = ended_without_visit(view) or ended_with_main(view)
    known = {visit.round for visit in view.visits}
    for result in view.handling.results:
        # Also when the appeal has ended: which of the two came first over the wire must not matter.
        if result.round not in known:
            yield _scheduled(view, result.round, result.at)
    if view.closed is not None:
        return
    if end is not None:
        yield closed(view, *end)
        return
    visit = view.visit
    if visit is not None and visit.gives_up_at is not None and visit.gives_up_at <= now:
        yield Decision(
            event=RevisitUnreached(visit=visit.visit, round=visit.round, attempts=len(visit.tries)),
            time=visit.gives_up_at,
            key=("unreached", str(visit.round)),
        )
    by_visit = ended_by_visit(view)
    if by_visit is not None:
        yield by_visit


def _scheduled(view: View, round_: int, at: datetime) -> Decision:
    # Domain section 2: an anonymous caller is never phoned; satisfaction comes by query code.
    method = VisitMethod.INTERNET if view.registration.anonymous else VisitMethod.PHONE
    event = RevisitScheduled(visit=visit_id(view.subject, round_), round=round_, due=at + VISIT_AFTER, method=method)
    return Decision(event=event, time=at, key=("scheduled", str(round_)))


def _next_wake(view: View, now: datetime) -> datetime | None:
    if view.closed is not None or view.visit is None:
        return None
    at = view.visit.gives_up_at
    return at if at is not None and at > now else None


def row_of(view: View) -> dict[str, Any]:
    """The row of a view. Times are text in UTC, which sorts as time does."""
    visit = view.visit
    if view.closed is not None:
        state = "closed"
    elif visit is None or any(result.round > visit.round for result in view.handling.results):
        state = "open"
    else:
        state = visit.state.value
    row: dict[str, Any] = {
        "number": view.registration.number,
        "area": view.registration.area,
        "type": view.verdict.type.value if view.verdict.type else None,
        "topic": view.verdict.topic,
        "state": state,
        "visits": [known.visit for known in view.visits],
    }
    if visit is not None:
        row |= {
            "visit": visit.visit,
            "round": visit.round,
            "unit": visit.unit,
            "unit_name": view.handling.names.get(visit.unit, visit.unit) if visit.unit else None,
            "method": visit.method.value,
            "due": visit.due.isoformat(timespec="milliseconds"),
            "tries": len(visit.tries),
        }
        if visit.answer is not None:
            row["satisfaction"] = visit.answer.satisfaction.value
            row["solved"] = visit.answer.solved
            row["result_true"] = visit.answer.result_true
    if state == VisitState.AUDIT and visit is not None and visit.answer is not None:
        row["remark_masked"] = visit.answer.remark_masked
    if view.handling.merged_into is not None:
        row["merged_into"] = view.handling.merged_into
    if view.closed is not None:
        row["outcome"] = view.closed.outcome.value
    if view.recusals.persons:
        row["recused"] = sorted(view.recusals.persons)
    if view.recusals.units:
        row["barred"] = sorted(view.recusals.units)
    return row
