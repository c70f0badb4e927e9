"""How every command of this service is run: fold, decide, keep the answer whether it was allowed or not."""

from collections.abc import Callable
from typing import Any

from chassis.document import Answer, Change, Command, Document, Step
from contracts.decision import Decision
from revisit.domain.refusal import Refusal
from revisit.domain.view import View, fold

Decide = Callable[[View, tuple[str, ...]], tuple[Decision, ...] | Refusal]
"""Given the view and the decision key: what to record, or why not."""


def refused(refusal: Refusal) -> Answer:
    """409 with a code for programs and words for people."""
    body: dict[str, Any] = {
        "code": refusal.code,
        "title": refusal.text_en,
        "detail": refusal.text_zh,
        "field": refusal.field,
    }
    return Answer(status=409, body=body)


def step(visit: str, command: Command, decide: Decide, private: dict[str, Any] | None = None) -> Step:
    """The step that runs ``decide`` on the appeal and answers with the visit."""

    def run(document: Document) -> Change:
        key = ("command", command.user, command.command_id)
        decided = decide(fold(document.subject, document.facts), key)
        if isinstance(decided, Refusal):
            return Change(answer=refused(decided))
        events = [decision.event.NAME for decision in decided]
        body = {"visit": visit, "subject": document.subject, "events": events}
        return Change(decisions=decided, private=private or {}, answer=Answer(status=200, body=body))

    return run
