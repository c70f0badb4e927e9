"""What intake's use cases need from outside: ``store.py``, ``vault.py``, ``files.py``, ``allocator.py`` provide it."""

from collections.abc import Mapping, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from chassis.document import Document
from contracts.events.appeal import AttachmentRef
from intake.domain.submission import Caller, Draft

CODE_PURPOSE = "query-code"
"""Query codes are encrypted under the key of this purpose, bound to their appeal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody said, on its way into the vault.

    ``by`` names the command that brings it. ``appeal`` is set on what was said later, and names the appeal.
    """

    id: str
    text: str
    caller: Caller | None
    at: datetime
    by: str
    anonymous: bool = False
    appeal: str | None = None

    def __repr__(self) -> str:
        return f"Told(id={self.id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the vault answers: the caller reference per id, and which ids it held already (those it left alone)."""

    refs: Mapping[str, str | None]
    known: frozenset[str] = frozenset()


class Vault(Protocol):
    """The only place where identities and original texts are, encrypted under one key per caller."""

    async def keep(self, told: Sequence[Told]) -> Kept:
        """Store what is not there yet, in one bulk."""
        ...

    async def replace(self, told: Told) -> str | None:
        """Store over what a crash left behind; gives the caller reference."""
        ...

    async def discard(self, told: Told) -> None:
        """Remove what belongs to no appeal, unless another command brought it again meanwhile."""
        ...

    async def identity(self, appeal: str) -> Caller | None:
        """The caller, completed by what was told later; None when nothing is known or the key was destroyed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An appeal on its way to its number.

    ``key`` is the command's, ``fingerprint`` of the request. ``shared``: staff register for callers, so the same
    message under another key gets the first answer even when it was typed differently.
    """

    subject: str
    key: str
    fingerprint: str
    draft: Draft
    told: Told
    shared: bool
    context: Context = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the sender is told, now and whenever the same key comes again."""

    number: str
    query_code: str
    missing: tuple[str, ...]


class KeyReused(Exception):
    """The idempotency key was used for another request."""


class MessageKnown(Exception):
    """The channel message was registered with other content under another key."""


class Allocator(Protocol):
    """Gives numbers without gaps (rule 9)."""

    async def register(self, registration: Registration) -> Receipt:
        """Insert the appeal under the next number. Raises ``KeyReused``, ``MessageKnown`` or ``StoreAway``."""
        ...


@dataclass(frozen=True, slots=True)
class Appeal:
    """A stored appeal, found by its number."""

    subject: str
    document: Document
    sealed_code: bytes = field(repr=False)


class Appeals(Protocol):
    """Finds appeals."""

    async def by_number(self, number: str) -> Appeal | None:
        """The appeal of this number; None for void and unknown ones."""
        ...

    async def by_attachment(self, attachment: str) -> Document | None:
        """The appeal that holds this file."""
        ...


class WrongCodes(Protocol):
    """Counts wrong query codes per number and hour of infrastructure time."""

    async def full(self, number: str, now: datetime) -> bool:
        """Whether the hour's wrong codes are used up."""
        ...

    async def count(self, number: str, now: datetime) -> bool:
        """Record one more; False when they were used up already."""
        ...


class Filings(Protocol):
    """Counts what comes from one address over the public page, per hour of infrastructure time."""

    async def count(self, source: str, key: str, now: datetime) -> bool:
        """Record the filing of this key once, however often it comes; False when the hour's are used up."""
        ...


class LineKeys(Protocol):
    """Public keys of emergency lines."""

    async def of(self, line: str) -> dict[str, Any] | None:
        """The line's public JWK."""
        ...

    async def put(self, line: str, jwk: dict[str, Any], by: str, at: datetime) -> None:
        """Set it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """An attachment, opened."""

    reference: AttachmentRef
    owner: str
    content: bytes = field(repr=False)


class Files(Protocol):
    """Attachments, encrypted and in chunks."""

    async def add(self, attachment_id: str, owner: str, media_type: str, content: bytes, at: datetime) -> bool:
        """Store a file; False when the id holds another content already."""
        ...

    async def references(self, ids: Sequence[str], owner: str | None) -> dict[str, AttachmentRef]:
        """Those of ``ids`` that exist and, where ``owner`` is given, are the owner's."""
        ...

    async def read(self, attachment_id: str) -> File | None:
        """The file, or None."""
        ...
