"""A command that the rules do not allow: a stable code for programs, and words for people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why not. ``field`` names the input at fault, if one is."""

    code: str
    text_zh: str
    text_en: str
    field: str | None = None
