"""A command that the rules do not allow: a code for programs, words for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing else changes. ``field`` names the input at fault; ``line`` is that of a table, 1-based."""

    code: str
    text_zh: str
    text_en: str
    field: str | None = None
    line: int | None = None
