"""One stay of an order with one unit, from dispatch until it is taken away or the order is closed."""

from dataclasses import dataclass, field
from datetime import datetime

from contracts.events import work_order as wo
from contracts.words import AssignmentMode, UnitPart, Urgency


@dataclass(slots=True)
class Reply:
    """A unit's result. ``approved`` is None while it waits for review."""

    event: wo.Replied
    given: datetime
    approved: bool | None = None
    decided: datetime | None = None


@dataclass(slots=True)
class Return:
    """A return request. ``accepted`` is None while it waits for the centre."""

    event: wo.ReturnRequested
    asked: datetime
    accepted: bool | None = None


@dataclass(slots=True)
class Extension:
    """An extension request. ``granted`` is None while it waits for the centre; ``days`` is what was granted."""

    event: wo.ExtensionRequested
    asked: datetime
    granted: bool | None = None
    days: int = 0


@dataclass(slots=True)
class Spell:
    """The order with one unit. ``nth`` counts the dispatches to this unit in this round."""

    unit: str
    round: int
    nth: int = 1
    part: UnitPart = UnitPart.LEAD
    mode: AssignmentMode = AssignmentMode.FORWARD
    urgency: Urgency = Urgency.NORMAL
    signed_by: str = ""
    sign_off: str | None = None
    started: datetime | None = None
    stopped: datetime | None = None
    received: datetime | None = None
    deemed: datetime | None = None
    contacted: datetime | None = None
    replies: list[Reply] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    extensions: list[Extension] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether the unit has the order now."""
        return self.started is not None and self.stopped is None

    @property
    def in_hand(self) -> datetime | None:
        """When it was received, or counted as received."""
        return min((at for at in (self.received, self.deemed) if at is not None), default=None)

    def waiting_reply(self) -> Reply | None:
        """The reply under review."""
        return next((one for one in self.replies if one.approved is None), None)

    def approved_reply(self) -> Reply | None:
        """The result that passed review."""
        return next((one for one in self.replies if one.approved), None)

    def waiting_return(self) -> Return | None:
        """The return request that waits for the centre."""
        return next((one for one in self.returns if one.accepted is None), None)

    def waiting_extension(self) -> Extension | None:
        """The extension request that waits for the centre."""
        return next((one for one in self.extensions if one.granted is None), None)
