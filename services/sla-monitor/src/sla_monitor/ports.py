"""What the monitor's use cases and doors need from outside."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from chassis.document import Answer, Command, Document, Step


class Cases(Protocol):
    """The monitor's documents, one per appeal."""

    async def load(self, subject: str) -> Document:
        """The case as it is now."""
        ...

    async def change(self, subject: str, step: Step) -> Document:
        """Run a step on one case and save it."""
        ...

    async def answer(self, subject: str, step: Step, command: Command) -> Answer:
        """Run a command; the kept answer for a duplicate."""
        ...

    def now(self) -> datetime:
        """Business time."""
        ...


class TableDocuments(Cases, Protocol):
    """The documents of the loaded tables: one of calendars, one of policies (``TableKind``)."""


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
        """Appeals that are overdue (``overdue``), urged (``urges``) or supervised (``supervisions``)."""
        ...

    async def print_of(self) -> str:
        """Changes whenever something that the board lists changes."""
        ...

    def marked(self, first: datetime, last: datetime) -> AsyncIterator[Mapping[str, Any]]:
        """Breaches, urges and supervisions from ``first`` on and before ``last``: unit, what, at."""
        ...


class Sweeps(Protocol):
    """How far open deadlines have been computed again after a table was loaded."""

    async def listed(self) -> Sequence[Mapping[str, Any]]:
        """The sweeps, latest first."""
        ...

    def nudge(self) -> None:
        """A table was loaded here."""
        ...
