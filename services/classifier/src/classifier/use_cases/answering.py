"""How a use case's result becomes a change with an answer that is kept."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.document import Answer, Change
from classifier.domain.refusal import Refusal
from contracts.decision import Decision, Message


def refused(refusal: Refusal) -> Answer:
    """The refusal as a problem document (RFC 9457) in both languages."""
    body: dict[str, Any] = {
        "type": f"urn:hotline12345:problem:{refusal.code}",
        "title": refusal.text_en,
        "detail": refusal.text_zh,
        "status": refusal.status,
        "code": refusal.code,
    }
    if refusal.field is not None:
        body["field"] = refusal.field
    return Answer(status=refusal.status, body=body)


def changed(
    result: Sequence[Decision] | Refusal,
    body: Mapping[str, Any],
    messages: Sequence[Message] = (),
    private: Mapping[str, Any] | None = None,
) -> Change:
    """The decisions with their answer; a refusal is answered and kept too, and changes nothing else."""
    if isinstance(result, Refusal):
        return Change(answer=refused(result), messages=tuple(messages))
    answer = Answer(status=200, body=body)
    return Change(decisions=tuple(result), answer=answer, messages=tuple(messages), private=private or {})
