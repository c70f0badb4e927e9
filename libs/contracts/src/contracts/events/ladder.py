"""``urge.*``, ``supervision.*`` and ``accountability.*``: the ladder above a missed deadline, from the SLA monitor."""

from datetime import datetime

from contracts.events.base import Event, Short, Text, event
from contracts.words import DeadlineKind, Service, SupervisionKind

S = Service.SLA_MONITOR


@event("urge.issued", S)
class UrgeIssued(Event):
    """催办: numbered ``CB`` + appeal number + two digits; answer due at ``reply_due``."""

    urge: Short
    unit: Short
    round: int
    number: int
    kind: DeadlineKind
    deadline: Short
    reply_due: datetime


@event("urge.withdrawn", S)
class UrgeWithdrawn(Event):
    """The breach behind it was cleared."""

    urge: Short
    unit: Short
    round: int
    reason: Short


@event("supervision.opened", S)
class SupervisionOpened(Event):
    """督办: numbered ``DB`` + appeal number + two digits; ``due`` ends its term.

    ``reason`` is told where a person opened it (``by``).
    """

    supervision: Short
    kind: SupervisionKind
    unit: Short
    round: int
    number: int
    trigger: Short
    due: datetime
    reason: Text = ""
    by: Short = "system"


@event("supervision.lifted", S)
class SupervisionLifted(Event):
    """The cause is gone, or a person lifted it."""

    supervision: Short
    kind: SupervisionKind
    unit: Short
    round: int
    reason: Short
    by: Short = "system"


@event("accountability.referred", S)
class AccountabilityReferred(Event):
    """问责: the dossier goes from the supervision office to the supervisory commission (S1, S2)."""

    subject_unit: Short | None
    subject_person_ref: Short | None
    ground: Short
    consequence: Text
    one_vote_veto: bool
    dossier_sha256: Short
    by: Short


@event("accountability.barred", S)
class AccountabilityBarred(Event):
    """Who must recuse tried the monitor's doors, and nothing else happened; as ``work_order.barred``."""

    attempt: Short
    by: Short
    barred_unit: Short | None = None
