"""What units and the centre may ask for, as it comes over HTTP and AMQP: fields, limits, descriptions."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter
from pydantic.json_schema import SkipJsonSchema

from contracts.topology import UNIT_ID

CommandId = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,128}$")]
UnitId = Annotated[str, StringConstraints(pattern=f"^{UNIT_ID}$")]
TopicPrefix = Annotated[str, StringConstraints(pattern=r"^(\*|[a-z0-9._-]{1,80})$")]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
FileId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Optional = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000)]


class Body(BaseModel):
    """Unknown fields are refused, so that a misspelt one is not lost."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class UnitBody(Body):
    """What every command of a unit carries. ``work_order``: the public number, or the subject.

    ``work_order_seq`` is taken from programs that still send it and decides nothing: the rules look at the order as it
    is when the command comes. It is in no document, and stays in the dump, of which a command's fingerprint is made.
    """

    command_id: CommandId | None = Field(None, description="Yours; the same id again gets the same answer.")
    work_order: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    work_order_seq: SkipJsonSchema[Annotated[int, Field(ge=0)] | None] = None


class ConfirmReceipt(UnitBody):
    """签收."""

    type: Literal["confirm_receipt"]


class RecordContact(UnitBody):
    """联系诉求人."""

    type: Literal["record_contact"]
    method: Word
    result: Prose
    contacted_at: AwareDatetime | None = Field(
        None, description="When it was; absent: now. Not before the order came to the unit, not in the future."
    )


class RequestReturn(UnitBody):
    """退件."""

    type: Literal["request_return"]
    ground: Prose
    proposed_unit: UnitId | None = None


class RequestExtension(UnitBody):
    """延期."""

    type: Literal["request_extension"]
    working_days: Annotated[int, Field(ge=1, le=366)]
    reason: Prose
    special: bool = False
    law: Word | None = None
    attachment_id: FileId | None = None


class InterimReply(UnitBody):
    """阶段性答复."""

    type: Literal["interim_reply"]
    public_text: Prose


class Reply(UnitBody):
    """答复."""

    type: Literal["reply"]
    public_text: Prose
    signer: Word
    internal_text: Optional = ""
    measures: Optional = ""
    law: Word | None = None
    attachments: Annotated[tuple[FileId, ...], Field(max_length=10)] = Field(
        (), description="Ids that POST /attachments gave."
    )


class ExplainDelay(UnitBody):
    """说明超期原因."""

    type: Literal["explain_delay"]
    reason: Prose
    until: AwareDatetime


class AnswerUrge(UnitBody):
    """回复催办."""

    type: Literal["answer_urge"]
    urge: Word
    text: Prose
    until: AwareDatetime | None = None


class AnswerSupervision(UnitBody):
    """回复督办."""

    type: Literal["answer_supervision"]
    supervision: Word
    text: Prose


class Dispute(UnitBody):
    """派单异议."""

    type: Literal["object"]
    reason: Prose


class RecordSiteVisit(UnitBody):
    """现场情况."""

    type: Literal["record_site_visit"]
    found: Prose
    visited_at: AwareDatetime


class Recuse(UnitBody):
    """回避: a person of the unit, by user name, takes no part. Over HTTP absent: who asks; a unit head names others.

    Over AMQP ``person`` is needed. What a unit says binds only who acts for that unit.
    """

    type: Literal["recuse"]
    person: Word | None = None
    reason: Prose


UnitCommand = Annotated[
    ConfirmReceipt
    | RecordContact
    | RequestReturn
    | RequestExtension
    | InterimReply
    | Reply
    | ExplainDelay
    | AnswerUrge
    | AnswerSupervision
    | Dispute
    | Recuse
    | RecordSiteVisit,
    Field(discriminator="type"),
]

UNIT_COMMAND: TypeAdapter[UnitCommand] = TypeAdapter(UnitCommand)


class Signature(Body):
    """签批: ``unit`` overrides the proposal; ``co_units`` make it joint."""

    unit: UnitId | None = None
    co_units: Annotated[tuple[UnitId, ...], Field(max_length=10)] = ()


class ReturnDecision(Body):
    """退件审核. ``unit`` and ``number`` name the request where several wait."""

    accepted: bool
    reason: Optional = ""
    unit: UnitId | None = None
    number: Annotated[int, Field(ge=1)] | None = None
    to_unit: UnitId | None = None


class ExtensionDecision(Body):
    """延期审批."""

    granted: bool
    reason: Optional = ""
    unit: UnitId | None = None
    number: Annotated[int, Field(ge=1)] | None = None
    working_days: Annotated[int, Field(ge=1, le=366)] | None = None


class Review(Body):
    """审核. Approval answers every point of the checklist, by ``checklist`` or ``not_applicable``."""

    approve: bool
    reasons: Annotated[tuple[Word, ...], Field(max_length=20)] = ()
    checklist: Annotated[tuple[UnitId, ...], Field(max_length=20)] = Field(
        (), description="Points of the checklist (GET /review-checklist) that were found good, by id."
    )
    not_applicable: Annotated[tuple[UnitId, ...], Field(max_length=20)] = Field(
        (), description="Points that the result has nothing of, where the checklist allows it."
    )
    unit: UnitId | None = None
    number: Annotated[int, Field(ge=1)] | None = None


class Submission(Body):
    """呈办."""

    leader: UnitId
    brief: Prose
    reason: Word


class Instruction(Body):
    """领导批示."""

    text: Prose
    unit: UnitId | None = None
    due: AwareDatetime | None = None
    staff_on_site: bool = False
    convener: Word | None = Field(None, description="Who is entrusted with the coordination meeting.")


class Meeting(Body):
    """协调会: by whose mandate, who came, what was decided; ``unit`` leads from then on."""

    attendees: Annotated[tuple[Word, ...], Field(min_length=1, max_length=50)]
    decisions: Annotated[tuple[Word, ...], Field(min_length=1, max_length=20)]
    held_at: AwareDatetime
    unit: UnitId | None = None
    co_units: Annotated[tuple[UnitId, ...], Field(max_length=10)] = ()


class StaffOnSite(Body):
    """派员到场."""

    staff: Annotated[tuple[Word, ...], Field(min_length=1, max_length=20)]
    reason: Prose
    member_units: Annotated[tuple[UnitId, ...], Field(max_length=10)] = ()


class SiteVisit(Body):
    """现场情况."""

    found: Prose
    visited_at: AwareDatetime


class SpecialReport(Body):
    """专题报告, with advice."""

    leader: UnitId
    text: Prose
    advice: Prose


class Designation(Body):
    """指定承办."""

    unit: UnitId
    reason: Optional = ""


class PhoneCall(Body):
    """电话通知值班室: who took it."""

    unit: UnitId
    taken_by: Word


class Merge(Body):
    """并单: ``parent`` by number or subject."""

    parent: Annotated[str, StringConstraints(min_length=1, max_length=128)]
    reason: Optional = ""


class Unmerge(Body):
    """撤销并单."""

    reason: Optional = ""


class DirectAnswer(Body):
    """直办: from a knowledge item, in its words or the officer's."""

    knowledge_item: UnitId
    text: Prose | None = None


class Accusation(Body):
    """举报认定: the matter accuses this unit of misconduct, though nobody had named it."""

    unit: UnitId
    accusation: Literal["conduct", "discipline", "retaliation"]
    reason: Prose


class Recusal(Body):
    """回避: a person of the centre, by user name, takes no part; absent: who asks."""

    person: Word | None = None
    reason: Prose


class RecusalLifting(Body):
    """解除回避: the person takes part again; why is recorded."""

    person: Word
    reason: Prose


CentreCommand = (
    Signature
    | ReturnDecision
    | ExtensionDecision
    | Review
    | Submission
    | Instruction
    | Designation
    | PhoneCall
    | Merge
    | Unmerge
    | DirectAnswer
    | Accusation
    | Recusal
    | RecusalLifting
    | Meeting
    | StaffOnSite
    | SiteVisit
    | SpecialReport
)


class SignOffBody(Body):
    """长期签批: in whose name, for what, from when till when."""

    name: Annotated[str, StringConstraints(pattern=r"^[\w.-]{1,80}$")]
    topics: Annotated[tuple[TopicPrefix, ...], Field(min_length=1, max_length=100)] = ("*",)
    confidence: Annotated[float, Field(ge=0, le=1)] = Field(0.0, description="The least the classifier must claim.")
    valid_from: AwareDatetime | None = Field(None, description="Absent: from now on.")
    valid_until: AwareDatetime
