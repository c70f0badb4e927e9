"""Why a rule says no: a stable code, words in both languages, and the field at fault."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A command that the rules do not allow now. ``status`` is HTTP's: 404 for what is not there, else 409 or 422."""

    code: str
    text_zh: str
    text_en: str
    field: str | None = None
    status: int = 409
