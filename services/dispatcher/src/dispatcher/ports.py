"""What the use cases need from outside."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from chassis.document import Answer, Command, Document, Step
from dispatcher.domain.guard import Person
from dispatcher.domain.likeness import Proposal, Trace
from dispatcher.domain.sign_off import SignOff
from dispatcher.domain.tables import Tables


class Orders(Protocol):
    """The documents of the appeals; ``chassis.documents.Documents`` is one."""

    async def change(self, subject: str, step: Step, command: Command | None = None) -> Document:
        """Run a step on one document and save it."""
        ...

    async def answer(self, subject: str, step: Step, command: Command) -> Answer:
        """Run a command; the kept answer for a duplicate."""
        ...

    async def load(self, subject: str) -> Document:
        """The document as it is now."""
        ...

    def now(self) -> datetime:
        """Business time."""
        ...


class Numbers(Protocol):
    """Finds orders by what people call them."""

    async def subject_of(self, order: str) -> str | None:
        """The subject of a public number, or of a subject itself; None when there is no such order."""
        ...


class UnitFiles(Protocol):
    """Knows which files units have stored."""

    async def of(self, unit: str, ids: Sequence[str], wait_seconds: float = 0.0) -> frozenset[str]:
        """Those of ``ids`` that are the unit's; waits so long for what was stored a moment ago."""
        ...


class OrderNumbers(Numbers, Protocol):
    """Finds orders, and lists them page by page."""

    async def page(
        self, where: dict[str, Any], by: str, after: str | None, limit: int
    ) -> tuple[list[dict[str, Any]], str | None]:
        """Rows that match, sorted by ``row.<by>``, and the cursor of the next page."""
        ...

    async def about(self, where: dict[str, Any], by: str, most: int) -> tuple[int, bool]:
        """How many a list holds, and whether that is exact; exactly up to ``most``, beyond it about."""
        ...

    async def documents(self, subjects: Sequence[str]) -> list[Document]:
        """These orders, read at once."""
        ...

    async def closed_among(self, subjects: Sequence[str], person: Person) -> frozenset[str]:
        """Those of ``subjects`` from which ``person`` must recuse: an accusation concerns their unit, or they have."""
        ...


class Standing(Protocol):
    """What people keep up: standing sign-offs, catalogue, knowledge; and the snapshot of all tables."""

    def tables(self) -> Tables:
        """The snapshot of this moment."""
        ...

    async def give(self, sign_off: SignOff) -> bool:
        """Keep a new one; False when the name is taken."""
        ...

    async def revoke(self, name: str, by: str, at: datetime) -> bool:
        """Revoke one for good; False when there is none of this name."""
        ...

    def all(self) -> Sequence[SignOff]:
        """Every one ever given, revoked ones too."""
        ...

    def versions(self, kind: str) -> list[dict[str, Any]]:
        """Every version of a table that people keep: ``number``, ``body``, ``by``, ``at``; oldest first."""
        ...

    async def add_version(self, kind: str, number: int, body: dict[str, Any], by: str, at: datetime) -> bool:
        """Keep one and follow it; False when somebody else has just added this number."""
        ...

    async def refresh(self) -> None:
        """Follow the store now."""
        ...


class TraceRows(Protocol):
    """Where traces are appended."""

    async def add(self, fact_id: str, one: Trace) -> None:
        """Append it under the id of the registration; the same again changes nothing."""
        ...


class Traces(Protocol):
    """What appeals leave for comparison."""

    async def unseen(self, settle: timedelta, limit: int) -> list[tuple[str, Trace]]:
        """Traces at least so old that nobody has compared yet, oldest first, with their rows' ids."""
        ...

    async def seen(self, compared: Sequence[tuple[str, Trace]]) -> None:
        """They were compared, and are found by their keys from now on."""
        ...

    async def sharing(self, wanted: Iterable[str]) -> list[Trace]:
        """Traces that share a key, the latest first."""
        ...


class Proposals(Protocol):
    """Pairs that a person is to look at."""

    async def add(self, found: Sequence[Proposal]) -> None:
        """Keep what was found; a pair that is known stays as it is."""
        ...

    async def waiting(self, after: str | None, limit: int) -> list[tuple[str, Proposal]]:
        """Those that nobody has decided on, best first, each with its cursor."""
        ...

    async def settle(self, ids: Sequence[str], how: Mapping[str, Any]) -> int:
        """Decided; the first decision stays. Returns how many it decided."""
        ...

    async def known(self, proposal: str) -> bool:
        """Whether there is or was such a proposal."""
        ...


class OrderRows(Protocol):
    """The orders as desks list them."""

    async def rows_of(self, subjects: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Subject to row, for those that are known."""
        ...


class Feed(Protocol):
    """A unit's messages over HTTP."""

    async def read(self, unit: str, after: int, limit: int, wait_seconds: float) -> list[dict[str, Any]]:
        """The unit's messages after cursor ``after``, oldest first; waits for the first one."""
        ...

    async def note_read(self, unit: str, subjects: Iterable[str]) -> None:
        """The unit gets the assignments of these orders now; the same again changes nothing."""
        ...

    async def have_read(self, unit: str, subjects: Iterable[str]) -> frozenset[str]:
        """Those of which the unit ever got the assignment."""
        ...
