"""The guard at the doors of triage: an accusation is shown to nobody whom it concerns, and attempts are recorded."""

from chassis.auth import Principal
from chassis.document import Change, Document
from chassis.documents import Documents
from chassis.problems import Problem
from classifier.domain.reactions import context_of
from classifier.domain.recusal import taking_no_part
from classifier.domain.view import View, fold
from classifier.ports import Found, Opinions
from contracts.events.triage import TriageBarred
from contracts.recusal import Recusals, recusals


def recusals_of(document: Document, view: View, opinions: Opinions) -> Recusals:
    """Who takes no part in this appeal."""
    accusing: list[str | None] = []
    if view.registered is not None:
        verdict = opinions.snapshot.judge(view.registered.data.text_masked, context_of(view.registered.data))
        accusing = [verdict.accused_unit, *verdict.further_accused] if verdict.accusation is not None else []
    return taking_no_part(view, recusals(document.facts), accusing, opinions.kin, opinions.units.keys())


def open_to(found: Found, opinions: Opinions, principal: Principal) -> bool:
    """Whether this person may find it in a list."""
    return not recusals_of(found.document, found.view, opinions).bar(principal.user, principal.unit)


async def opened(documents: Documents, opinions: Opinions, subject: str, principal: Principal, attempt: str) -> Found:
    """The appeal. Raises ``Problem`` 404, also for who must recuse; that is recorded as the ``attempt``."""
    document = await documents.load(subject)
    if document.exists:
        view = fold(subject, document.facts)
        told = recusals_of(document, view, opinions)
        if not told.bar(principal.user, principal.unit):
            return Found(document, view)
        made = told.recorded(TriageBarred, attempt, principal.user, principal.unit, documents.now())
        await documents.change(subject, lambda _: Change(decisions=(made,)))
    raise Problem(404, "Not found", "No appeal has this subject.", "unknown-subject", "path.subject")
