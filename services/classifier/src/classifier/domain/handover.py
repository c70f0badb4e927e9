"""Hand-overs to emergency lines: raising, paging, the three-way decision. The machine raises, never lowers."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from classifier.domain.emergency_case import TO_DUTY_OFFICER, TO_LINE, Case
from classifier.domain.refusal import Refusal
from classifier.domain.view import View
from contracts.decision import Decision, Message
from contracts.events.appeal import Place
from contracts.events.emergency import (
    EmergencyAcknowledged,
    EmergencyDeclined,
    EmergencyLowered,
    EmergencyPaged,
    EmergencyRaised,
)
from contracts.topology import LINES, line_queue
from contracts.words import Lane

Key = tuple[str, ...]


def raising(
    view: View, lines: Sequence[str], said_at: datetime, now: datetime, by: str = "machine"
) -> tuple[Decision, ...]:
    """Raise each line that has no standing case. What was said before a person lowered it does not raise it again.

    The key holds line and round (one more than its lowered cases), so replicas and repeated looks raise once.
    """
    decisions: list[Decision] = []
    for line in dict.fromkeys(lines):
        earlier = [case for case in view.cases if case.line == line]
        lowered = [case.lowered.time for case in earlier if case.lowered is not None]
        if len(earlier) > len(lowered) or (lowered and by == "machine" and said_at <= max(lowered)):
            continue
        turn = len(lowered) + 1
        event = EmergencyRaised(
            line=line,
            reference=reference_of(view, line, turn),
            primary=line == lines[0],
            place=_place(view),
            raised_by=by,
        )
        decisions.append(Decision(event=event, time=now, key=("line", line, str(turn))))
    return tuple(decisions)


def reference_of(view: View, line: str, turn: int) -> str:
    """Ours, the same for every page: from the number, or from the subject where the number is not known yet."""
    return f"EM{view.number or view.subject}-{line}" + (f"-{turn}" if turn > 1 else "")


def paging(view: View, now: datetime) -> tuple[Decision, ...]:
    """Pages that are due: after 30 s the line again; 30 s later, or after a decline, the duty officer (D)."""
    decisions: list[Decision] = []
    for case in view.cases:
        if case.next_page_at is None or now < case.next_page_at:
            continue
        to_officer = case.declined is not None or case.paged_again
        target = TO_DUTY_OFFICER if to_officer else TO_LINE
        event = EmergencyPaged(line=case.line, reference=case.reference, page=len(case.pages) + 2, target=target)
        decisions.append(Decision(event=event, time=now, key=("page", case.reference, target)))
    return tuple(decisions)


def next_wake(view: View) -> datetime | None:
    """When the next page is due."""
    return min((case.next_page_at for case in view.cases if case.next_page_at is not None), default=None)


def messages(view: View) -> tuple[Message, ...]:
    """Everything the lines are to get; each has a key of its own, so nothing is sent twice under one."""
    return tuple(message for case in view.cases for message in _to_lines(view, case))


def _to_lines(view: View, case: Case) -> list[Message]:
    body = {
        "type": "handover",
        "reference": case.reference,
        "line": case.line,
        "primary": case.primary,
        "number": view.number,
        "text_masked": "\n".join(view.texts),
        "place": _place_body(case.place),
        "raised_at": case.raised_at.isoformat(),
        "accepted_at": view.registered.time.isoformat() if view.registered is not None else None,
        "other_lines": sorted({other.line for other in view.cases} - {case.line}),
        "page": 1,
    }
    sent = [_message(case.line, (case.reference, "1"), body, case.raised_at)]
    sent += [
        _message(case.line, (case.reference, str(page.data.page)), {**body, "page": page.data.page}, page.time)
        for page in case.pages
        if page.data.target == TO_LINE
    ]
    if case.declined is not None:
        # The three-way decision: every other line of the appeal and the duty officer may take it, the first does.
        offer = {**body, "type": "offer", "declined_by": case.line, "reason": case.declined.data.reason}
        others = sorted({other.line for other in view.cases if other.lowered is None} - {case.line})
        sent += [_message(other, (case.reference, "offer"), offer, case.declined.time) for other in others]
    if case.lowered is not None:
        note = {"type": "lowered", "reference": case.reference, "line": case.line, "reason": case.lowered.data.reason}
        sent.append(_message(case.line, (case.reference, "lowered"), note, case.lowered.time))
    return sent


def line_message(line: str, key: Key, body: Mapping[str, object], time: datetime) -> Message:
    """A message in the line's own queue, on the emergency lane, in the line's own stream."""
    return Message(
        exchange=LINES,
        routing_key=line_queue(line),
        stream=f"line.{line}",
        key=key,
        body=body,
        time=time,
        lane=Lane.EMERGENCY,
    )


_message = line_message


def acknowledge(
    view: View, *, reference: str, line: str, line_reference: str, by: str, now: datetime, key: Key
) -> tuple[Decision, ...] | Refusal:
    """A line takes a case: its own, or one that another line of the appeal declined. The first taker has it."""
    case = view.case(reference)
    if case is None:
        return UNKNOWN
    offered = case.declined is not None and view.standing(line) is not None
    if case.line != line and not offered:
        return NOT_YOURS
    return _taken(case, line_reference, by, now, key)


def take(
    view: View, *, reference: str, line_reference: str, by: str, now: datetime, key: Key
) -> tuple[Decision, ...] | Refusal:
    """The duty officer takes a case that no line has taken, and answers for it."""
    case = view.case(reference)
    return UNKNOWN if case is None else _taken(case, line_reference, by, now, key)


def _taken(case: Case, line_reference: str, by: str, now: datetime, key: Key) -> tuple[Decision, ...] | Refusal:
    if case.acknowledged is not None:
        same = (case.acknowledged.data.by, case.acknowledged.data.line_reference) == (by, line_reference)
        return () if same else TAKEN
    if case.lowered is not None:
        return LOWERED
    event = EmergencyAcknowledged(line=case.line, reference=case.reference, line_reference=line_reference, by=by)
    return (Decision(event=event, time=now, key=key),)


def decline(
    view: View, *, reference: str, line: str, reason: str, by: str, now: datetime, key: Key
) -> tuple[Decision, ...] | Refusal:
    """The line says that it is not its case. It stays ours and red until somebody takes it."""
    case = view.case(reference)
    if case is None:
        return UNKNOWN
    if case.line != line:
        return NOT_YOURS
    if not case.open:
        return LOWERED if case.lowered is not None else TAKEN
    if case.declined is not None:
        return DECLINED
    event = EmergencyDeclined(line=line, reference=reference, reason=reason, by=by)
    return (Decision(event=event, time=now, key=key),)


def lower(
    view: View, *, reference: str, reason: str, by: str, now: datetime, key: Key
) -> tuple[Decision, ...] | Refusal:
    """A person finds that it is no emergency. What a line has taken is the line's, and no longer ours to lower."""
    case = view.case(reference)
    if case is None:
        return UNKNOWN
    if not case.open:
        return LOWERED if case.lowered is not None else TAKEN
    event = EmergencyLowered(line=case.line, reference=reference, reason=reason, by=by)
    return (Decision(event=event, time=now, key=key),)


def _place(view: View) -> Place | None:
    return view.registered.data.place if view.registered is not None else None


def _place_body(place: Place | None) -> dict[str, object] | None:
    if place is None:
        return None
    return {
        "text": place.text,
        "area_code": place.area_code,
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


UNKNOWN = Refusal(
    code="unknown_reference",
    text_zh="没有这个移交编号",
    text_en="No hand-over has this reference",
    field="reference",
    status=404,
)
NOT_YOURS = Refusal(
    code="not_your_case", text_zh="该警情移交给了别的专线", text_en="The case was handed to another line"
)
TAKEN = Refusal(code="already_taken", text_zh="已有单位接手", text_en="Somebody has taken the case already")
LOWERED = Refusal(code="lowered", text_zh="已由值班人员降级", text_en="A person has lowered it")
DECLINED = Refusal(code="already_declined", text_zh="已经拒接", text_en="The line has declined it already")
