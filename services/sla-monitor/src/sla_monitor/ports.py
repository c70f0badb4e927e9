"""What the monitor's use cases and doors need from outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from chassis.document import Document


class Cases(Protocol):
    """The monitor's documents, one per appeal."""

    async def load(self, subject: str) -> Document:
        """The case as it is now."""
        ...

    def now(self) -> datetime:
        """Business time."""
        ...


class Board(Protocol):
    """What the supervision board lists."""

    async def subject_of(self, number: str) -> str | None:
        """The appeal with this public number."""
        ...

    async def open(
        self, until: datetime | None, unit: str | None, after: str | None, limit: int
    ) -> tuple[Sequence[dict[str, Any]], str | None]:
        """Appeals with open deadlines, what is due first first; due up to ``until``; the cursor of the next page."""
        ...

    async def climbed(self, step: str, unit: str | None, limit: int) -> Sequence[dict[str, Any]]:
        """Appeals with standing urges (``urges``) or supervisions (``supervisions``)."""
        ...
