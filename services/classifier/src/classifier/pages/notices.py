"""What a page says after a button was pressed."""

from chassis.document import Answer
from chassis.pages.catalogue import Language


def notice_of(answer: Answer, language: Language, done: str) -> dict[str, str] | None:
    """The refusal in the reader's language, or ``done``; None where there is nothing to say."""
    if answer.status < 400:
        return {"tone": "good", "words": done} if done else None
    zh, en = answer.body.get("detail"), answer.body.get("title")
    return {"tone": "bad", "words": str((zh if language == "zh" else en) or en or "")}
