"""What the use cases stand on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from chassis.document import Document
from classifier.domain.guidance import SignOff
from classifier.domain.reactions import Snapshot
from classifier.domain.verdict import Context, Verdict
from classifier.domain.view import View
from classifier.shadow import Shadow


class Opinions(Protocol):
    """The opinion in force and what it knows; swappable while running."""

    @property
    def snapshot(self) -> Snapshot:
        """The opinion and the standing sign-offs."""
        ...

    def preview(self, text: str, context: Context) -> Verdict:
        """The opinion on a text that is not kept anywhere."""
        ...

    @property
    def shadow(self) -> Shadow:
        """The opinion that is tried beside this one."""
        ...

    def kin(self, unit: str) -> frozenset[str]:
        """The unit with its parent and children."""
        ...

    @property
    def units(self) -> Mapping[str, str]:
        """Unit ids and their Chinese names."""
        ...

    @property
    def topics(self) -> Mapping[str, tuple[str, str]]:
        """Topic ids and their Chinese and English names."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One message of a line's list; ``seq`` counts 1, 2, 3 … per line without gaps."""

    seq: int
    id: str
    body: Mapping[str, Any]


class LineFeed(Protocol):
    """The list of a line that has no queue of its own."""

    async def add(self, line: str, message_id: str, body: Mapping[str, Any]) -> bool:
        """Keep a message; False when it is there already."""
        ...

    async def after(self, line: str, seq: int, limit: int) -> Sequence[FeedItem]:
        """Messages after ``seq``, in order."""
        ...

    async def news(self, line: str, seconds: float) -> None:
        """Return when the line may have something new, at the latest after ``seconds`` of real time."""
        ...


class Webhooks(Protocol):
    """Pushes hand-overs to lines that have a webhook."""

    async def push(self, line: str, message_id: str, body: bytes) -> None:
        """Return once the line's server accepted it, or at once where the line has none. Raises ``Passing``."""
        ...


class SignOffs(Protocol):
    """Standing sign-offs for guidance."""

    async def add(self, sign_off: SignOff) -> bool:
        """Keep it; False when one with this id is there."""
        ...

    async def revoke(self, sign_off_id: str, by: str, at: datetime) -> bool:
        """End it; False when there is none."""
        ...

    async def all(self) -> tuple[SignOff, ...]:
        """Every sign-off ever given, oldest first."""
        ...

    async def refresh(self) -> None:
        """Bring those in force into the rules of this process."""
        ...


@dataclass(frozen=True, slots=True)
class Found:
    """An appeal on a desk: its document and its folded view."""

    document: Document
    view: View


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a list; ``next`` continues it."""

    items: tuple[Found, ...]
    next: str | None


class Desks(Protocol):
    """The lists people work by."""

    async def triage(self, cursor: str | None, limit: int) -> Page:
        """Waiting for a person: dangerous first, then the oldest. Raises ``ValueError`` for a foreign cursor."""
        ...

    async def emergencies(self, *, only_open: bool, cursor: str | None, limit: int) -> Page:
        """Appeals with hand-overs: open ones oldest first, or all, newest first."""
        ...

    async def examples(self, cursor: str | None, limit: int) -> Page:
        """Appeals that a person decided, oldest decision first: what the next model learns from."""
        ...

    async def by_reference(self, reference: str) -> str | None:
        """The subject of a hand-over."""
        ...

    async def unacknowledged(self) -> Mapping[str, int]:
        """Open hand-overs per line."""
        ...
