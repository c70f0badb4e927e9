"""``triage.*``: the classifier was unsure, and a person decided."""

from contracts.events.base import Event, Short, event
from contracts.words import AppealType, Service


@event("triage.requested", Service.CLASSIFIER)
class TriageRequested(Event):
    """Unsure: ``reasons`` name the parts. ``dangerous`` puts it first on the desk."""

    reasons: tuple[Short, ...]
    dangerous: bool = False
    proposed_type: AppealType | None = None
    proposed_unit: Short | None = None


@event("triage.decided", Service.CLASSIFIER)
class TriageDecided(Event):
    """A person decided; ``appeal.classified`` left in the same save."""

    by: Short
    agreed_with_machine: bool


@event("triage.barred", Service.CLASSIFIER)
class TriageBarred(Event):
    """Who must recuse tried to read or decide here, and nothing else happened; as ``work_order.barred``."""

    attempt: Short
    by: Short
    barred_unit: Short | None = None
