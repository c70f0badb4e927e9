"""The form of what commands are answered: an accepted one tells its event, a refused one is a problem document."""

from typing import Any

from chassis.document import Answer
from sla_monitor.domain.refusal import Refusal

TYPE = "urn:hotline12345:problem:"


def refused(refusal: Refusal, status: int = 409) -> Answer:
    """The refusal with its code, words in both languages, and the field or line at fault."""
    body: dict[str, Any] = {
        "type": TYPE + refusal.code,
        "title": refusal.text_en,
        "detail": refusal.text_zh,
        "status": status,
        "code": refusal.code,
        "text_zh": refusal.text_zh,
        "text_en": refusal.text_en,
    }
    for name, value in (("field", refusal.field), ("line", refusal.line)):
        if value is not None:
            body[name] = value
    return Answer(status=status, body=body)
