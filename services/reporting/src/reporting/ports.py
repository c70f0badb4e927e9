"""What the use cases need from outside."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from chassis.document import Answer, Command, Document, Step
from reporting.domain.handovers import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A sealed batch of the journal with its rows in order of ids, and the texts that still exist."""

    number: int
    previous: str
    hash: str
    count: int
    rows: Sequence[Mapping[str, Any]]
    texts: Mapping[str, str]


class Journal(Protocol):
    """All facts ever received."""

    async def add(self, row: dict[str, Any]) -> bool:
        """Store a fact; False when its id or its place in the sequence is taken."""
        ...

    async def kept(self, fact_id: str) -> Mapping[str, Any] | None:
        """The row with this id."""
        ...

    async def subject_of(self, number: str) -> str | None:
        """The appeal that was registered under this number."""
        ...

    async def facts_of(self, subject: str) -> Sequence[str]:
        """The texts of all facts of a subject, in order of business time and sequence."""
        ...

    async def rows_after(self, subject: str, limit: int) -> Sequence[Mapping[str, Any]]:
        """Rows of the subjects after this one, in order of subject, source and sequence."""
        ...

    async def rows_of(self, subject: str) -> Sequence[Mapping[str, Any]]:
        """All rows of one subject."""
        ...

    async def count(self, event_type: str) -> int:
        """How many facts of a type there are."""
        ...

    async def emergencies(self, since: datetime, until: datetime) -> Sequence[Moment]:
        """Emergency facts of cases raised in the period."""
        ...

    def batches(self, first: int = 1) -> AsyncIterator[Batch]:
        """The sealed batches from ``first`` on."""
        ...

    async def sealed(self) -> tuple[int, str]:
        """Number and hash of the last batch, as the folder remembers them."""
        ...

    async def waiting(self) -> int:
        """Facts that are in no batch yet."""
        ...


class Days(Protocol):
    """The counters per calendar day."""

    async def between(self, first: date, last: date) -> Mapping[str, Mapping[str, Any]]:
        """Day to counters."""
        ...


class Publications(Protocol):
    """Reports and bulletins; ``chassis.documents.Documents`` is one."""

    async def change(self, subject: str, step: Step) -> Document:
        """Run a step and save what it decides."""
        ...

    async def answer(self, subject: str, step: Step, command: Command) -> Answer:
        """Run a command; the kept answer for a duplicate."""
        ...

    async def load(self, subject: str) -> Document:
        """The publication as it is now."""
        ...

    def now(self) -> datetime:
        """Business time."""
        ...


class PublicationList(Publications, Protocol):
    """Publications that can be listed."""

    async def listed(self, kind: str, limit: int = 100) -> list[dict[str, Any]]:
        """Publications of a kind (``report``, ``bulletin``), newest first."""
        ...
