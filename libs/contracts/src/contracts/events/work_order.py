"""``work_order.*``: everything that happens to an order, from the dispatcher.

``round`` is 1 for the first handling and rises by one with every redo; ``number`` counts within kind, unit and round.
"""

from datetime import datetime

from contracts.events.base import Event, Short, Text, event
from contracts.words import AssignmentMode, Outcome, Service, UnitPart, Urgency

D = Service.DISPATCHER


@event("work_order.answered_directly", D)
class AnsweredDirectly(Event):
    """直办: answered at once from the knowledge base, which is cited with its version."""

    public_text: Text
    knowledge_item: Short
    knowledge_version: Short
    by: Short


@event("work_order.awaiting_signature", D)
class AwaitingSignature(Event):
    """No standing sign-off covers it: the duty officer in charge must sign (S0)."""

    unit: Short | None
    mode: AssignmentMode
    reason: Short
    rule: Short = ""
    catalog_version: Short = ""


@event("work_order.signed", D)
class Signed(Event):
    """Signed by a person, or under the named standing sign-off."""

    unit: Short
    mode: AssignmentMode
    by: Short
    standing_sign_off: Short | None = None


@event("work_order.submitted", D)
class Submitted(Event):
    """呈办: a brief went to a leader. ``major``: a major or sudden event (S0), for which staff are sent at once."""

    leader: Short
    brief: Text
    reason: Short
    major: bool = False


@event("work_order.instructed", D)
class Instructed(Event):
    """The leader's written instruction; ``due`` is the date the leader set, if any.

    ``convener`` is entrusted with calling the responsible persons to a coordination meeting.
    """

    leader: Short
    text: Text
    unit: Short | None = None
    due: datetime | None = None
    staff_on_site: bool = False
    convener: Short | None = None


@event("work_order.coordination_met", D)
class CoordinationMet(Event):
    """协调会: called by a leader's mandate; who came and what was decided. ``lead_unit`` leads from then on."""

    mandate: Text
    convener: Short
    attendees: tuple[Short, ...]
    decisions: tuple[Text, ...]
    held_at: datetime
    by: Short
    lead_unit: Short | None = None


@event("work_order.staff_sent", D)
class StaffSent(Event):
    """Centre or supervision office sent staff on site: a major event, joint handling, a leader's instruction."""

    staff: tuple[Short, ...]
    reason: Text
    by: Short
    member_units: tuple[Short, ...] = ()


@event("work_order.site_visited", D)
class SiteVisited(Event):
    """现场: what was found on site. ``unit`` where a unit recorded it."""

    found: Text
    visited_at: datetime
    by: Short
    unit: Short | None = None
    round: int = 1


@event("work_order.specially_reported", D)
class SpeciallyReported(Event):
    """专题报告: to a leader, on a major event or on joint handling, with advice (S0)."""

    leader: Short
    text: Text
    advice: Text
    by: Short


@event("work_order.dispatched", D)
class Dispatched(Event):
    """The order went to a unit's own queue; the unit clock starts."""

    unit: Short
    part: UnitPart
    round: int
    mode: AssignmentMode
    urgency: Urgency
    signed_by: Short
    standing_sign_off: Short | None = None
    rule: Short = ""
    catalog_version: Short = ""
    unit_name: Short = ""


@event("work_order.recalled", D)
class Recalled(Event):
    """Undoes a dispatch: the unit no longer has the order."""

    unit: Short
    round: int
    reason: Short


@event("work_order.phoned", D)
class Phoned(Event):
    """Urgent help was told to the unit's duty desk by phone; the call closes nothing (S0)."""

    unit: Short
    taken_by: Short
    by: Short


@event("work_order.received", D)
class Received(Event):
    """签收: the unit confirmed receipt."""

    unit: Short
    round: int
    by: Short


@event("work_order.deemed_received", D)
class DeemedReceived(Event):
    """Nobody confirmed in time; the order counts as received from here on."""

    unit: Short
    round: int


@event("work_order.contacted", D)
class Contacted(Event):
    """The unit spoke to the caller: when, by what, with what result.

    ``contacted_at`` is what the unit says; None: when it recorded it. The record ends the deadline, not what it says.
    """

    unit: Short
    round: int
    by: Short
    method: Short
    result: Text
    contacted_at: datetime | None = None


@event("work_order.return_requested", D)
class ReturnRequested(Event):
    """退件: the unit says it is not its duty."""

    unit: Short
    round: int
    number: int
    ground: Text
    by: Short
    proposed_unit: Short | None = None
    topic: Short = ""


@event("work_order.return_decided", D)
class ReturnDecided(Event):
    """The centre decided a return."""

    unit: Short
    round: int
    number: int
    accepted: bool
    by: Short
    reason: Text = ""


@event("work_order.objected", D)
class Objected(Event):
    """A unit disputes whose matter it is."""

    unit: Short
    round: int
    reason: Text
    by: Short
    topic: Short = ""


@event("work_order.designated", D)
class Designated(Event):
    """指定承办: binding; this unit may not return the order."""

    unit: Short
    by: Short
    reason: Text = ""


@event("work_order.extension_requested", D)
class ExtensionRequested(Event):
    """延期, or a special written extension with file and law."""

    unit: Short
    round: int
    number: int
    working_days: int
    reason: Text
    by: Short
    special: bool = False
    law: Short | None = None
    attachment_id: Short | None = None


@event("work_order.extension_decided", D)
class ExtensionDecided(Event):
    """Granted or refused; ``by`` is ``system`` where it stood undecided at the due time."""

    unit: Short
    round: int
    number: int
    granted: bool
    working_days: int
    by: Short
    reason: Text = ""


@event("work_order.interim_replied", D)
class InterimReplied(Event):
    """A word to the caller on the way."""

    unit: Short
    round: int
    public_text: Text
    by: Short


@event("work_order.replied", D)
class Replied(Event):
    """答复: the unit's result, for caller and centre. ``attachments``: ids of files at intake, for the centre."""

    unit: Short
    round: int
    number: int
    public_text: Text
    signer: Short
    by: Short
    internal_text: Text = ""
    measures: Text = ""
    law: Short | None = None
    attachments: tuple[Short, ...] = ()


@event("work_order.approved", D)
class Approved(Event):
    """审核: the centre examined the result and let it pass.

    ``checklist``: the points that were found good; ``not_applicable``: those that the result has nothing of.
    """

    unit: Short
    round: int
    number: int
    by: Short
    checklist: tuple[Short, ...] = ()
    not_applicable: tuple[Short, ...] = ()


@event("work_order.sent_back", D)
class SentBack(Event):
    """The centre found the result wanting; that reply never stopped the clock."""

    unit: Short
    round: int
    number: int
    by: Short
    reasons: tuple[Short, ...]
    checklist: tuple[Short, ...] = ()


@event("work_order.delay_explained", D)
class DelayExplained(Event):
    """A reason and a date: holds the urge back, not the breach, and moves no due date."""

    unit: Short
    round: int
    reason: Text
    until: datetime
    by: Short


@event("work_order.urge_answered", D)
class UrgeAnswered(Event):
    """The unit answered an urge: with a result, or a reason and a date."""

    unit: Short
    round: int
    urge: Short
    text: Text
    by: Short
    until: datetime | None = None


@event("work_order.supervision_answered", D)
class SupervisionAnswered(Event):
    """The unit answered a supervision."""

    unit: Short
    round: int
    supervision: Short
    text: Text
    by: Short


@event("work_order.merged", D)
class Merged(Event):
    """The same matter as ``parent``: handled there, number kept here. ``accused``: whom that order accuses already."""

    parent: Short
    by: Short
    reason: Text = ""
    accused: tuple[Short, ...] = ()


@event("work_order.unmerged", D)
class Unmerged(Event):
    """The merge was undone."""

    parent: Short
    by: Short
    reason: Text = ""


@event("work_order.repeat_joined", D)
class RepeatJoined(Event):
    """A repeat is handled here from now on; it keeps its ``number``. ``merge`` counts the merges of that repeat.

    ``accepted`` is when the repeat was accepted. ``text_masked`` is empty where the repeat is confidential.
    """

    repeat: Short
    merge: int
    number: Short | None = None
    caller_ref: Short | None = None
    accepted: datetime | None = None
    text_masked: Text = ""


@event("work_order.repeat_left", D)
class RepeatLeft(Event):
    """Undoes a ``repeat_joined``: the repeat is handled by itself again."""

    repeat: Short
    merge: int


@event("work_order.main_replied", D)
class MainReplied(Event):
    """What the order into which this one is merged told its caller, told to this caller too.

    ``unit`` is None where the centre answered; ``given`` is when the reply was given there. An ``interim`` word ends
    nothing. ``same_caller``: one person brought both, and is asked once, about the main one.
    """

    parent: Short
    merge: int
    round: int
    public_text: Text
    given: datetime
    unit: Short | None = None
    interim: bool = False
    same_caller: bool = False


@event("work_order.main_closed", D)
class MainClosed(Event):
    """The order into which this one is merged has ended with a result."""

    parent: Short
    merge: int
    outcome: Outcome
    closed_at: datetime


@event("work_order.recused", D)
class Recused(Event):
    """回避: a person with an interest takes no part in this order from here on.

    ``of_unit``: a unit said so of one of its own people; it binds who acts for that unit under this name.
    """

    person: Short
    by: Short
    reason: Text = ""
    of_unit: Short | None = None


@event("work_order.recusal_lifted", D)
class RecusalLifted(Event):
    """Undoes every ``recused`` of this person: the reason no longer holds, or never did."""

    person: Short
    by: Short
    reason: Text = ""


@event("work_order.units_barred", D)
class UnitsBarred(Event):
    """Whose people take no part since ``accused`` is accused: that unit, what is above it and what is below it.

    The latest one of an accused unit counts, for the directory of member units may change.
    """

    accused: Short
    units: tuple[Short, ...]


@event("work_order.accused", D)
class Accused(Event):
    """A person of the centre found that the matter accuses a unit; the guard holds from here on. It cannot be undone.

    ``accusation`` as in ``AppealClassified``.
    """

    accused_unit: Short
    accusation: Short
    by: Short
    reason: Text = ""


@event("work_order.barred", D)
class Barred(Event):
    """An attempt that the protection of the caller did not allow: what was tried, by whom, and which unit it concerns.

    Nothing else happened. ``barred_unit`` is None where a person had to recuse themselves.
    """

    attempt: Short
    by: Short
    barred_unit: Short | None = None
