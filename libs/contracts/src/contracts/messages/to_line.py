"""Everything that may lie in an emergency line's own queue, or on its list over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from contracts.events.base import Short
from contracts.messages.delivered import TO_LINE, Delivered, delivered

N = TypeVar("N", bound=Delivered)


def _to_line(name: str) -> Callable[[type[N]], type[N]]:
    return delivered(TO_LINE, name, "line")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOfDanger:
    """Where help must go; degrees in WGS 84 where the caller's position is known."""

    text: str
    area_code: Short | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case(Delivered):
    """``reference`` is ours, the same for every page of a case; ``number`` is the appeal's, once known."""

    type: Short
    reference: Short
    line: Short
    primary: bool
    number: Short | None
    text_masked: str
    place: PlaceOfDanger | None
    raised_at: datetime
    accepted_at: datetime | None
    other_lines: tuple[Short, ...]
    page: int


@_to_line("handover")
class Handover(_Case):
    """警情移交: acknowledge with a reference of your own, or decline. ``page`` above 1: nobody has answered yet."""


@_to_line("offer")
class Offer(_Case):
    """Another line declined the case; whoever acknowledges first has it."""

    declined_by: Short
    reason: str


@_to_line("lowered")
class Lowered(Delivered):
    """A person at the hotline found that it is no emergency."""

    type: Short
    reference: Short
    line: Short
    reason: str


@_to_line("contact_box")
class ContactBox(Delivered):
    """The caller's call-back number, sealed to this line's key: compact JWE (ECDH-ES+A256KW, A256GCM) around JSON
    ``{"phone", "name"}``."""

    type: Short
    reference: Short
    line: Short
    contact_box: str


@_to_line("command.accepted")
class CommandAccepted(Delivered):
    """The line's command was carried out."""

    type: Short
    command_id: Short
    reference: Short


@_to_line("command.refused")
class CommandRefused(Delivered):
    """Nothing changed: ``code`` for programs, ``title`` in English and ``detail`` in Chinese for people."""

    type: Short
    command_id: Short
    reference: Short
    status: int
    code: Short
    title: str
    detail: str
    field: Short | None = None
