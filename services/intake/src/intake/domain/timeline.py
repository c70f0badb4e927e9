"""The caller's timeline: what happened, when, in words a citizen understands; Chinese first.

Dates are the SLA monitor's, replies appear once the centre let them pass, and nobody's name is shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.envelope import Fact
from contracts.events import Event, ladder
from contracts.events import appeal as a
from contracts.events import deadline as d
from contracts.events import emergency as e
from contracts.events import revisit as r
from contracts.events import work_order as w
from contracts.words import Clock
from intake.domain.timeline_words import CHANNELS, DEADLINES, OUTCOMES, SATISFACTIONS, TYPES
from intake.domain.view import View, fold, ordered

ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of the timeline. ``text`` is what somebody wrote to the caller; ``unit`` a member unit's id or name."""

    at: datetime
    kind: str
    zh: str
    en: str
    text: str | None = None
    unit: str | None = None


def timeline(facts: Iterable[Fact[Event]]) -> tuple[Moment, ...]:
    """All moments in order of business time; facts of one instant stand in a fixed order of sources."""
    known = list(facts)
    view = fold(known)
    moments: list[tuple[datetime, int, int, Moment]] = []
    for place, (_, own) in enumerate(ordered(known).items()):
        for fact in own:
            said = _moment(fact.data, view)
            if said is not None:
                zh, en, *more = said
                text = more[0] if more else None
                unit = _unit(fact.data)
                unit = view.orders.names.get(unit, unit) if unit is not None else None
                moment = Moment(at=fact.time, kind=fact.type, zh=zh, en=en, text=text or None, unit=unit)
                moments.append((fact.time, place, fact.sequence, moment))
    return tuple(moment for *_, moment in sorted(moments, key=lambda item: item[:3]))


def _unit(data: Event) -> str | None:
    if isinstance(data, w.Dispatched) and data.unit_name:
        return data.unit_name
    return getattr(data, "unit", None)


def _wall_clock(due: datetime) -> str:
    return due.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


Said = tuple[str, ...] | None


def _moment(data: Event, view: View) -> Said:
    return _of_appeal(data) or _of_emergency(data) or _of_order(data, view) or _of_deadline(data) or _of_visit(data)


def _of_appeal(data: Event) -> Said:
    match data:
        case a.AppealRegistered(channel=channel):
            return f"诉求已登记（{CHANNELS[channel][0]}）", f"Registered ({CHANNELS[channel][1]})"
        case a.AppealSupplemented(repeat=True):
            return "您再次来电，已并入原诉求", "You called again; it was added to the appeal"
        case a.AppealSupplemented(attachments=files, text_masked=words):
            more = (
                (f"（附件 {len(files)} 个）", f" ({len(files)} {'file' if len(files) == 1 else 'files'})")
                if files
                else ("", "")
            )
            return f"已补充内容{more[0]}", f"Something was added{more[1]}", words
        case a.AppealWithdrawn(reason=reason):
            return "诉求已撤回", "Withdrawn", reason
        case a.AppealClassified(type=kind):
            return f"诉求类型：{TYPES[kind][0]}", f"Class: {TYPES[kind][1]}"
        case a.AppealGuided(right_channel=channel):
            return "不属于热线受理范围，已告知正确渠道", "Not for the hotline; the right channel is named", channel
        case a.AppealClosed(outcome=outcome):
            return f"诉求已办结：{OUTCOMES[outcome][0]}", f"Closed: {OUTCOMES[outcome][1]}"
    return None


def _of_emergency(data: Event) -> Said:
    match data:
        case e.EmergencyRaised(line=line):
            return f"已转 {line} 紧急处置", f"Passed to {line} as an emergency"
        case e.EmergencyAcknowledged(line=line):
            return f"{line} 已接收", f"{line} has taken it"
        case e.EmergencyDeclined(line=line):
            return f"{line} 表示不属其职责，由值班长负责", f"{line} declined; the duty officer has it"
        case e.EmergencyLowered(line=line):
            return f"经人工核实，不再作为 {line} 紧急事项", f"A person found it is no emergency for {line}"
    return None


def _of_order(data: Event, view: View) -> Said:
    match data:
        case w.AnsweredDirectly(public_text=text):
            return "热线中心直接答复", "Answered by the centre", text
        case w.AwaitingSignature():
            return "等待值班负责人签发", "Waiting for the duty officer's signature"
        case w.Submitted():
            return "已呈送领导", "Submitted to a leader"
        case w.Dispatched():
            return "已派发承办单位", "Sent to the unit in charge"
        case w.Recalled():
            return "已从原单位收回", "Taken back from the unit"
        case w.Phoned():
            return "已电话通知承办单位值班室", "The unit's duty desk was phoned"
        case w.Received() | w.DeemedReceived():
            return "承办单位已签收", "Received by the unit"
        case w.Contacted():
            return "承办单位已联系您", "The unit contacted you"
        case w.ReturnDecided(accepted=True):
            return "承办单位退件，将重新派发", "Returned; it goes to another unit"
        case w.ExtensionDecided(granted=True, working_days=days):
            return f"办理期限延长 {days} 个工作日", f"Extended by {days} working days", data.reason
        case w.DelayExplained(reason=reason):
            return "承办单位说明了延迟原因", "The unit explained the delay", reason
        case w.InterimReplied(public_text=text):
            return "承办单位阶段性答复", "A word from the unit on the way", text
        case w.Replied(unit=unit, round=round_, number=number, public_text=text):
            if (unit, round_, number) in view.orders.approved:
                return "承办单位答复", "The unit's reply", text
            return "承办单位已提交办理结果，待热线中心审核", "The unit handed in a result; the centre examines it"
        case w.SentBack():
            return "热线中心审核未通过，退回继续办理", "The centre sent the result back"
        case w.Merged():
            return (
                "与同一事项的诉求合并办理，编号保留",
                "Handled together with another about the same; your number stays",
            )
        case w.MainReplied(public_text=text, interim=interim):
            if interim:
                return "合并办理的诉求有阶段性答复", "A word on the matter handled together", text
            return "合并办理的诉求已答复", "The matter handled together was answered", text
        case w.Unmerged():
            return "已取消合并，单独办理", "Handled by itself again"
    return None


def _of_deadline(data: Event) -> Said:
    match data:
        case d.DeadlineSet(clock=Clock.CITIZEN, kind=kind):
            return f"承诺{DEADLINES[kind][0]}期限", f"Promised date: {DEADLINES[kind][1]}", _wall_clock(data.due)
        case d.DeadlineRecomputed(clock=Clock.CITIZEN, kind=kind):
            return f"{DEADLINES[kind][0]}期限已调整", f"Date moved: {DEADLINES[kind][1]}", _wall_clock(data.due)
        case d.DeadlineBreached(clock=Clock.CITIZEN, kind=kind):
            return f"{DEADLINES[kind][0]}已超期", f"Overdue: {DEADLINES[kind][1]}"
        case d.DeadlineCleared(clock=Clock.CITIZEN, kind=kind):
            return f"经核对，{DEADLINES[kind][0]}未超期", f"In time after all: {DEADLINES[kind][1]}"
        case ladder.UrgeIssued():
            return "热线中心已催办", "The centre urged the unit"
        case ladder.UrgeWithdrawn():
            return "催办已撤销", "The urge was withdrawn"
    return None


def _of_visit(data: Event) -> Said:
    match data:
        case r.RevisitScheduled():
            return "已安排回访", "A return visit is planned"
        case r.RevisitAttempted():
            return "回访未能联系到您", "We could not reach you"
        case r.RevisitAnswered(satisfaction=satisfaction):
            return f"已回访：{SATISFACTIONS[satisfaction][0]}", f"You told us: {SATISFACTIONS[satisfaction][1]}"
        case r.RevisitUnreached():
            return "多次回访未能联系到您", "Several visits reached nobody"
        case r.RedoOrdered():
            return "已要求原单位重新办理", "Back to the unit to be done again"
    return None
