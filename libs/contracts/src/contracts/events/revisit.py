"""``revisit.*`` and ``redo.*``: the centre asks the caller, and may send the work back."""

from datetime import datetime

from contracts.events.base import Event, Short, Text, event
from contracts.words import Satisfaction, Service, VisitMethod

R = Service.REVISIT


@event("revisit.scheduled", R)
class RevisitScheduled(Event):
    """回访: a visit is due for the result of ``round``."""

    visit: Short
    round: int
    due: datetime
    method: VisitMethod


@event("revisit.attempted", R)
class RevisitAttempted(Event):
    """A try that reached nobody."""

    visit: Short
    round: int
    attempt: int
    method: VisitMethod
    by: Short


@event("revisit.answered", R)
class RevisitAnswered(Event):
    """What the caller said, recorded truthfully (S1)."""

    visit: Short
    round: int
    method: VisitMethod
    satisfaction: Satisfaction
    solved: bool
    result_true: bool
    by: Short
    remark_masked: Text = ""
    unit: Short | None = None


@event("revisit.unreached", R)
class RevisitUnreached(Event):
    """All tries failed; left out of the rates, and shown."""

    visit: Short
    round: int
    attempts: int


@event("redo.ordered", R)
class RedoOrdered(Event):
    """重办: the audit found the unit responsible; back to the original unit as round ``round``."""

    unit: Short
    round: int
    number: Short
    reasons: tuple[Short, ...]
    audited_by: Short


@event("revisit.barred", R)
class RevisitBarred(Event):
    """Who must recuse tried to read or decide here, and nothing else happened; as ``work_order.barred``."""

    attempt: Short
    by: Short
    barred_unit: Short | None = None
