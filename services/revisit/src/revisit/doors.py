"""What the doors of programs and of the desks have in common: lists and visits, without those of who must recuse."""

from typing import Any

from chassis.auth import Principal
from chassis.document import Change, Document
from chassis.problems import Problem
from contracts.events.revisit import RevisitBarred
from contracts.recusal import Recusals, recusals
from revisit.ports import Appeals, BadCursor, VisitList

HIDDEN = ("visits", "recused", "barred")
"""Of a row, what no list shows."""


async def listed(
    visits: VisitList, principal: Principal, state: str, cursor: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    """One page without what the reader must recuse from. Raises ``Problem`` 422 for a cursor that is none of ours."""
    try:
        rows, after = await visits.waiting(state, cursor, limit)
    except BadCursor:
        raise Problem(422, "Invalid cursor", "The cursor is none of ours.", "invalid-cursor", "cursor") from None
    return [{k: v for k, v in row.items() if k not in HIDDEN} for row in rows if _open(row, principal)], after


async def subject_of(appeals: Appeals, visits: VisitList, visit: str, principal: Principal, attempt: str) -> str:
    """The appeal of a visit. Raises ``Problem`` 404, also for who must recuse; that is recorded as the ``attempt``."""
    subject = await visits.subject_of(visit)
    if subject is not None:
        if not recusals((await appeals.load(subject)).facts).bar(principal.user, principal.unit):
            return subject
        await _record(appeals, subject, principal, attempt)
    raise Problem(404, "No such visit", "There is no visit with this id.", "unknown-visit", "visit")


def _open(row: dict[str, Any], principal: Principal) -> bool:
    told = Recusals(frozenset(row.get("recused", ())), frozenset(row.get("barred", ())))
    return not told.bar(principal.user, principal.unit)


async def _record(appeals: Appeals, subject: str, principal: Principal, attempt: str) -> None:
    def step(document: Document) -> Change:
        told = recusals(document.facts)
        made = told.recorded(RevisitBarred, attempt, principal.user, principal.unit, appeals.now())
        return Change(decisions=(made,))

    await appeals.change(subject, step)
