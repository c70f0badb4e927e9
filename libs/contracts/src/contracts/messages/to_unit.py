"""Everything that may lie in a member unit's own queue, or on its list over HTTP: notices of orders and answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from contracts.events.base import Short, Text
from contracts.messages.delivered import TO_UNIT, Delivered, delivered
from contracts.words import AppealType, AssignmentMode, DeadlineKind, Outcome, SupervisionKind, UnitPart, Urgency

N = TypeVar("N", bound=Delivered)


def _to_unit(name: str) -> Callable[[type[N]], type[N]]:
    return delivered(TO_UNIT, name, "unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice(Delivered):
    """About an order that the unit has or had. ``work_order`` is the public number (empty while it is not known),
    ``work_order_seq`` counts the unit's notices of this order 1, 2, 3 …: hold back what comes early. ``reference`` is
    the id of the fact behind it."""

    type: Short
    work_order: Short
    unit: Short
    work_order_seq: int
    reference: Short


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOfMatter:
    """Where it is; ``area_code`` by GB/T 2260."""

    text: str
    area_code: Short | None = None


@_to_unit("assignment")
class Assignment(Notice):
    """派单: the order is the unit's from now on. ``round`` is 1, and rises by one with every redo (重办)."""

    redo: bool
    round: int
    part: UnitPart
    mode: AssignmentMode
    urgency: Urgency
    appeal_type: AppealType | None
    topic: Short | None
    confidential: bool
    anonymous: bool
    text_masked: str
    place: PlaceOfMatter | None
    dues: dict[DeadlineKind, datetime]
    rule: Short
    catalog_version: Short
    signed_by: Short
    standing_sign_off: Short | None


@_to_unit("recalled")
class Recalled(Notice):
    """The order is not the unit's any more."""

    round: int
    reason: Text


@_to_unit("supplement")
class Supplement(Notice):
    """The citizen added something; ``repeat``: by calling again."""

    text_masked: Text
    repeat: bool


@_to_unit("deadline")
class Deadline(Notice):
    """A clock of the unit was set or moved. ``provisional``: it crosses a year whose calendar is not announced."""

    round: int
    kind: DeadlineKind
    due: datetime
    provisional: bool


@_to_unit("deemed_received")
class DeemedReceived(Notice):
    """Nobody confirmed receipt in time; it counts as received."""

    round: int


@_to_unit("return_decided")
class ReturnDecided(Notice):
    """退件审核. Accepted: the order leaves the unit."""

    round: int
    number: int
    accepted: bool
    reason: Text


@_to_unit("extension_decided")
class ExtensionDecided(Notice):
    """延期审批."""

    round: int
    number: int
    granted: bool
    working_days: int
    reason: Text


@_to_unit("sent_back")
class SentBack(Notice):
    """The centre found the reply wanting; the clock never stopped."""

    round: int
    number: int
    reasons: tuple[Short, ...]


@_to_unit("approved")
class Approved(Notice):
    """The reply passed the centre's review."""

    round: int
    number: int


@_to_unit("designated")
class Designated(Notice):
    """指定承办: binding, the unit may not return the order."""

    reason: Text


@_to_unit("urge")
class Urge(Notice):
    """催办: answer by ``reply_due`` with a result, or a reason and a date."""

    round: int
    urge: Short
    kind: DeadlineKind
    reply_due: datetime


@_to_unit("urge_withdrawn")
class UrgeWithdrawn(Notice):
    """The breach behind the urge was cleared."""

    round: int
    urge: Short


@_to_unit("supervision")
class Supervision(Notice):
    """督办: answer by ``due``."""

    round: int
    supervision: Short
    kind: SupervisionKind
    due: datetime
    trigger: Short


@_to_unit("supervision_lifted")
class SupervisionLifted(Notice):
    """The cause is gone, or a person lifted it."""

    round: int
    supervision: Short


@_to_unit("closed")
class Closed(Notice):
    """结案."""

    outcome: Outcome


@_to_unit("command.accepted")
class CommandAccepted(Delivered):
    """The unit's command was carried out. ``answer`` names the events it caused; ``reference`` is the command's id."""

    type: Short
    unit: Short
    command_id: Short
    reference: Short
    work_order: Short
    command: Short
    answer: dict[str, Any]


@_to_unit("command.refused")
class CommandRefused(Delivered):
    """Nothing changed. ``answer`` holds ``code`` for programs, ``text_zh`` and ``text_en`` for people, and ``field``
    where one is at fault. ``work_order`` and ``command`` are missing where the command cannot be read."""

    type: Short
    unit: Short
    command_id: Short
    reference: Short
    answer: dict[str, Any]
    work_order: Short | None = None
    command: Short | None = None
