"""A rule's no, in words for people and a code for programs."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a command is refused. The texts repeat nothing of what was sent; ``field`` names the input at fault."""

    code: str
    text_zh: str
    text_en: str
    field: str | None = None

    def body(self) -> dict[str, Any]:
        """As an HTTP answer's body."""
        body = {"code": self.code, "title": self.text_en, "title_zh": self.text_zh}
        return body if self.field is None else {**body, "field": self.field}
