"""``emergency.*``: one case per appeal and line; the hotline keeps it until the line acknowledges."""

from contracts.events.appeal import Place
from contracts.events.base import Event, Short, Text, event
from contracts.words import Lane, Service


@event("emergency.raised", Service.CLASSIFIER, lane=Lane.EMERGENCY)
class EmergencyRaised(Event):
    """A line must act now. ``reference`` is ours and stays the same for every page to this line."""

    line: Short
    reference: Short
    primary: bool
    place: Place | None = None
    raised_by: Short = "machine"


@event("emergency.paged", Service.CLASSIFIER, lane=Lane.EMERGENCY)
class EmergencyPaged(Event):
    """Nobody acknowledged in time: page number ``page`` went to ``target`` (``line`` or ``duty_officer``)."""

    line: Short
    reference: Short
    page: int
    target: Short


@event("emergency.acknowledged", Service.CLASSIFIER, lane=Lane.EMERGENCY)
class EmergencyAcknowledged(Event):
    """The line, or after a decline the duty officer, took the case under a reference number of its own."""

    line: Short
    reference: Short
    line_reference: Short
    by: Short


@event("emergency.declined", Service.CLASSIFIER, lane=Lane.EMERGENCY)
class EmergencyDeclined(Event):
    """The line says the case is not its own; the duty officer has it until somebody takes it."""

    line: Short
    reference: Short
    reason: Text
    by: Short


@event("emergency.lowered", Service.CLASSIFIER, lane=Lane.EMERGENCY)
class EmergencyLowered(Event):
    """A person, never the machine, found that it is no emergency."""

    line: Short
    reference: Short
    reason: Text
    by: Short


@event("emergency.contact_sealed", Service.INTAKE, lane=Lane.EMERGENCY)
class EmergencyContactSealed(Event):
    """The call-back number went to the line's own queue, sealed to its key. The box itself is in no event."""

    line: Short
    reference: Short
