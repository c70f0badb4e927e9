"""``appeal.*``: from intake, the classifier, and (closing) the revisit service."""

from dataclasses import dataclass, field
from datetime import datetime

from contracts.events.base import Event, Short, Text, event
from contracts.words import AppealType, CallerKind, Channel, Exclusion, Outcome, Satisfaction, Service, Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the matter is: words, area code (GB/T 2260), and WGS-84 degrees where known."""

    text: Short
    area_code: Short | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRef:
    """A file kept by intake; only its reference travels."""

    attachment_id: Short
    media_type: Short
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitScore:
    """One responsible unit the classifier proposes; ``score`` in 0..1."""

    unit: Short
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a part of the verdict is what it is: a rule id or an n-gram, and the span of masked text it stood on."""

    part: Short
    rule: Short
    start: int = 0
    end: int = 0
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Which tables and models decided."""

    rules: Short = ""
    model: Short = ""
    lines: Short = ""
    taxonomy: Short = ""


@event("appeal.registered", Service.INTAKE)
class AppealRegistered(Event):
    """An appeal was accepted and numbered. ``time`` of the fact is the acceptance, where the citizen clock starts.

    ``objects_to``: number of the appeal whose guidance elsewhere the caller does not accept; a person decides then.
    """

    number: Short
    jurisdiction: Short
    area: Short
    channel: Channel
    text_masked: Text
    caller_ref: Short | None = None
    caller_kind: CallerKind = CallerKind.NATURAL_PERSON
    anonymous: bool = False
    confidential: bool = False
    incomplete: bool = False
    missing: tuple[Short, ...] = ()
    place: Place | None = None
    subject_unit: Short | None = None
    accused_unit: Short | None = None
    source_number: Short | None = None
    attachments: tuple[AttachmentRef, ...] = ()
    suspect_lines: tuple[Short, ...] = ()
    objects_to: Short | None = None


@event("appeal.supplemented", Service.INTAKE)
class AppealSupplemented(Event):
    """The caller added something, called again, or completed a missing element."""

    text_masked: Text
    channel: Channel
    repeat: bool = False
    completes: tuple[Short, ...] = ()
    suspect_lines: tuple[Short, ...] = ()
    place: Place | None = None
    caller_ref: Short | None = None
    attachments: tuple[AttachmentRef, ...] = ()


@event("appeal.withdrawn", Service.INTAKE)
class AppealWithdrawn(Event):
    """The caller took the appeal back."""

    reason: Short = ""


@event("appeal.classified", Service.CLASSIFIER)
class AppealClassified(Event):
    """The verdict, by the machine when it is sure and by a person when it is not.

    ``accusation`` is what somebody in office is accused of: ``discipline``, ``retaliation`` or ``conduct``.
    ``further_accused``: units that are accused beside ``accused_unit``, where form and text name different ones.
    """

    type: AppealType
    topic: Short
    units: tuple[UnitScore, ...]
    urgency: Urgency
    hazard: bool
    emergency_lines: tuple[Short, ...]
    work_order_follows: bool
    exclusion: Exclusion | None = None
    subject_unit: Short | None = None
    accused_unit: Short | None = None
    confidence: float = 1.0
    decided_by: Short = "machine"
    evidence: tuple[Evidence, ...] = ()
    versions: Versions = field(default_factory=Versions)
    accusation: Short | None = None
    further_accused: tuple[Short, ...] = ()


@event("appeal.supplement_judged", Service.CLASSIFIER)
class SupplementJudged(Event):
    """Whether what the caller added accuses somebody in office; until this is known no unit is told of it.

    ``supplement`` is the id of the fact. ``accusation`` as in ``AppealClassified``; None where nobody is accused.
    """

    supplement: Short
    accusation: Short | None = None
    accused_unit: Short | None = None


@event("appeal.barred", Service.INTAKE)
class AppealBarred(Event):
    """Who must recuse tried to read it at intake's doors, and nothing else happened; as ``work_order.barred``."""

    attempt: Short
    by: Short
    barred_unit: Short | None = None


@event("appeal.guided", Service.CLASSIFIER)
class AppealGuided(Event):
    """Not for the hotline: the ground is named and the right channel shown. ``signed_by`` names person or sign-off."""

    exclusion: Exclusion
    right_channel: Text
    signed_by: Short


@event("appeal.closed", Service.REVISIT)
class AppealClosed(Event):
    """The end of an appeal. ``satisfaction`` is None where nobody could be asked."""

    outcome: Outcome
    satisfaction: Satisfaction | None = None
    solved: bool | None = None
    rounds: int = 1
    closed_at: datetime | None = None
