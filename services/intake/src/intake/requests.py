"""The bodies that intake's doors take, with their limits."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from contracts.events.appeal import AttachmentRef, Place
from contracts.words import CallerKind, Channel
from intake.domain.submission import Caller, Submission
from intake.use_cases.register_appeal import MAX_TEXT
from intake.use_cases.supplement_appeal import Addition

Word = Annotated[str, Field(max_length=200)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class CallerBody(_Body):
    """Who calls. Everything may be missing; nothing of it leaves intake's vault."""

    name: Annotated[str, Field(max_length=100, description="Name of the person or organisation")] | None = None
    phone: Annotated[str, Field(max_length=40, description="Call-back number, in any notation")] | None = None
    address: Annotated[str, Field(max_length=300, description="Unit or home address")] | None = None
    id_card: Annotated[str, Field(max_length=40, description="Identity number, where a procedure needs it")] | None = (
        None
    )
    kind: Annotated[CallerKind, Field(description="Natural person, legal person or other organisation")] = (
        CallerKind.NATURAL_PERSON
    )

    def caller(self, submitted_for: str | None = None) -> Caller:
        """As the vault keeps it."""
        return Caller(
            name=self.name or None,
            phone=self.phone or None,
            address=self.address or None,
            id_card=self.id_card or None,
            kind=self.kind,
            submitted_for=submitted_for or None,
        )


class PlaceBody(_Body):
    """Where the matter is."""

    text: Annotated[str, Field(max_length=200, description="The place in words")]
    area_code: Annotated[str, Field(pattern=r"^\d{6,12}$", description="GB/T 2260, six to twelve digits")] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90, description="WGS-84 degrees")] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180, description="WGS-84 degrees")] | None = None

    def place(self) -> Place:
        """As the event carries it, before masking."""
        return Place(text=self.text, area_code=self.area_code, latitude=self.latitude, longitude=self.longitude)


class AppealBody(_Body):
    """One channel message. Only ``channel`` and ``message_id`` are needed; what is missing is completed later."""

    channel: Annotated[Channel, Field(description="The way it came in")]
    message_id: Annotated[str, Field(min_length=1, max_length=200, description="The message's own id in its channel")]
    text: Annotated[str, Field(max_length=MAX_TEXT, description="What was said, at most 20 000 characters")] = ""
    caller: CallerBody | None = None
    place: PlaceBody | None = None
    anonymous: Annotated[bool, Field(description="No phone visit; progress by query code")] = False
    confidential: Annotated[bool, Field(description="保密件: no unit learns who asked")] = False
    subject_unit: Annotated[Word, Field(description="Unit whose service is the matter")] | None = None
    accused_unit: (
        Annotated[Word, Field(description="Unit accused of misconduct, by id or name; never gets the order")] | None
    ) = None
    source_number: Annotated[Word, Field(description="Number under which a merged hotline received it")] | None = None
    submitted_for: Annotated[str, Field(max_length=300, description="Residents a committee speaks for")] | None = None
    attachments: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=20)] = []

    def submission(self, attachments: tuple[AttachmentRef, ...]) -> Submission:
        """As the use case takes it."""
        caller = self.caller
        if caller is None and self.submitted_for:
            caller = CallerBody()
        return Submission(
            channel=self.channel,
            message_id=self.message_id,
            text=self.text,
            caller=None if caller is None else caller.caller(self.submitted_for),
            place=None if self.place is None or not self.place.text.strip() else self.place.place(),
            anonymous=self.anonymous,
            confidential=self.confidential,
            subject_unit=self.subject_unit,
            accused_unit=self.accused_unit,
            source_number=self.source_number,
            attachments=attachments,
        )


class CompletesBody(_Body):
    """Elements of the record that were missing."""

    name: Annotated[str, Field(max_length=100)] | None = None
    phone: Annotated[str, Field(max_length=40)] | None = None
    address: Annotated[str, Field(max_length=300)] | None = None
    place: PlaceBody | None = None


class SupplementBody(_Body):
    """What is added to an appeal."""

    text: Annotated[str, Field(max_length=MAX_TEXT)] = ""
    channel: Annotated[Channel, Field(description="The way it came in")] = Channel.PHONE
    repeat: Annotated[bool, Field(description="The caller called again about the same matter")] = False
    completes: CompletesBody | None = None

    def addition(self, attachments: tuple[AttachmentRef, ...] = ()) -> Addition:
        """As the use case takes it."""
        brought = self.completes
        caller: Caller | None = None
        if brought is not None and (brought.name or brought.phone or brought.address):
            caller = Caller(name=brought.name or None, phone=brought.phone or None, address=brought.address or None)
        place = None if brought is None or brought.place is None else brought.place.place()
        return Addition(
            text=self.text,
            channel=self.channel,
            repeat=self.repeat,
            caller=caller,
            place=place,
            attachments=attachments,
        )


class WithdrawalBody(_Body):
    """Why the appeal is taken back; may be empty."""

    reason: Word = ""


class RevealBody(_Body):
    """Why the caller's identity is needed."""

    purpose: Annotated[str, Field(min_length=2, max_length=200, description="Shown to the caller and the auditor")]


class LineKeyBody(BaseModel):
    """The public half of a line's P-256 key, as a JWK."""

    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)

    kty: Annotated[str, Field(pattern="^EC$")]
    crv: Annotated[str, Field(pattern="^P-256$")]
    x: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    y: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]
    kid: Annotated[str, Field(max_length=100)] | None = None
    d: Annotated[str, Field(description="Must be absent: the private half stays with the line")] | None = None


class VoidBody(_Body):
    """A number that is missing, and why."""

    day: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    seq: Annotated[int, Field(ge=1, le=9_999_999)]
    reason: Annotated[str, Field(min_length=2, max_length=200)]
