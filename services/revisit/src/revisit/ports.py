"""What the use cases need from outside."""

from datetime import datetime
from typing import Any, Protocol

from chassis.document import Answer, Command, Document, Step


class Appeals(Protocol):
    """The appeal documents; ``chassis.documents.Documents`` is one."""

    async def change(self, subject: str, step: Step) -> Document:
        """Run a step on one appeal and save it."""
        ...

    async def answer(self, subject: str, step: Step, command: Command) -> Answer:
        """Run a command on one appeal; the kept answer for a duplicate."""
        ...

    async def load(self, subject: str) -> Document:
        """The appeal as it is now."""
        ...

    def now(self) -> datetime:
        """Business time."""
        ...


class BadCursor(ValueError):
    """The cursor is none that we gave."""


class VisitList(Protocol):
    """Looks visits up across appeals."""

    async def subject_of(self, visit: str) -> str | None:
        """The appeal that this visit belongs to."""
        ...

    async def waiting(self, state: str, after: str | None, limit: int) -> tuple[list[dict[str, Any]], str | None]:
        """Rows in ``state``, what is due first, and the cursor to go on from. Raises ``BadCursor``."""
        ...
