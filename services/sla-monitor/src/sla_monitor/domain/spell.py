"""One time an order lay with a unit: what the unit and the centre did about it."""

from dataclasses import dataclass, field
from datetime import datetime

from contracts.events import work_order as wo
from contracts.words import UnitPart, Urgency


@dataclass(slots=True)
class Reply:
    """One reply: ``approved`` is None while it waits for review."""

    number: int
    given: datetime
    approved: bool | None = None
    decided: datetime | None = None


@dataclass(slots=True)
class Return:
    """One return request: ``accepted`` is None while it waits for the centre."""

    number: int
    requested: datetime
    accepted: bool | None = None


@dataclass(slots=True)
class Spell:
    """The order with one unit, from dispatch on. ``nth`` counts the dispatches to this unit in this round."""

    unit: str
    round: int
    nth: int
    part: UnitPart = UnitPart.LEAD
    urgency: Urgency = Urgency.NORMAL
    started: datetime | None = None
    stopped: datetime | None = None
    received: datetime | None = None
    deemed: datetime | None = None
    contacted: datetime | None = None
    replies: list[Reply] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    asked: dict[int, bool] = field(default_factory=dict)
    granted: list[tuple[datetime, int, bool]] = field(default_factory=list)
    explained: list[tuple[datetime, datetime]] = field(default_factory=list)
    sent_back: list[tuple[datetime, tuple[str, ...]]] = field(default_factory=list)

    def reply_end(self) -> datetime | None:
        """When the first reply that was later approved was given: it ends what it answers at that moment."""
        return next((reply.given for reply in self.replies if reply.approved), None)

    def reply_waits(self) -> datetime | None:
        """When the first reply that still waits for review was given."""
        return next((reply.given for reply in self.replies if reply.approved is None), None)

    def return_waits(self) -> datetime | None:
        """When the return request that still waits for the centre was made."""
        return next((one.requested for one in self.returns if one.accepted is None), None)

    def stop(self) -> datetime | None:
        """When the unit stopped having the order: at the request of an accepted return, or when it was taken away."""
        first = self.stopped
        for one in self.returns:
            if one.accepted and (first is None or one.requested < first):
                first = one.requested
        return first


@dataclass(slots=True)
class Instruction:
    """A leader's instruction and the spell it binds: the current one, or the next where that one was taken away.

    ``opens`` is when its term starts: at the instruction, or when the unit got the order later.
    """

    event: wo.Instructed
    at: datetime
    spell: Spell | None = None
    opens: datetime | None = None

    def bind(self, spell: Spell) -> None:
        """Bind a new spell if the instruction waits for one; the same unit getting it again gains no time."""
        if self.spell is not None and self.spell.stop() is None:
            return
        if self.event.unit != spell.unit if self.event.unit else spell.part is not UnitPart.LEAD:
            return
        same = self.spell is not None and (self.spell.unit, self.spell.round) == (spell.unit, spell.round)
        if not same and spell.started is not None:
            self.opens = max(self.at, spell.started)
        self.spell = spell
