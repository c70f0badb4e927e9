"""The centre's commands as one table: address, body, roles, words. The JSON doors and the desks are made of it."""

from dataclasses import dataclass

from contracts.words import Role
from dispatcher.commands import (
    Accusation,
    CentreCommand,
    Designation,
    DirectAnswer,
    ExtensionDecision,
    Instruction,
    Meeting,
    Merge,
    PhoneCall,
    Recusal,
    RecusalLifting,
    ReturnDecision,
    Review,
    Signature,
    SiteVisit,
    SpecialReport,
    StaffOnSite,
    Submission,
    Unmerge,
)


@dataclass(frozen=True, slots=True)
class CentreDoor:
    """``POST /work-orders/{order}/<name>`` and the same under ``/desk/orders``, open to ``roles`` alone."""

    name: str
    body: type[CentreCommand]
    roles: tuple[Role, ...]
    words: str


_DUTY = (Role.DUTY_OFFICER,)
_OFFICES = (Role.DUTY_OFFICER, Role.SUPERVISOR)

CENTRE_DOORS = (
    CentreDoor("signature", Signature, _DUTY, "签批: sign, and dispatch to the proposed or another unit."),
    CentreDoor("direct-answer", DirectAnswer, _DUTY, "直办: answer from the knowledge base instead."),
    CentreDoor("submission", Submission, _DUTY, "呈办: a brief to a leader."),
    CentreDoor("instruction", Instruction, (Role.LEADER,), "批示: the leader's instruction."),
    CentreDoor("meeting", Meeting, _OFFICES, "协调会: held by a leader's mandate, with its decisions."),
    CentreDoor("staff-on-site", StaffOnSite, (*_OFFICES, Role.LEADER), "派员到场."),
    CentreDoor("site-visit", SiteVisit, _OFFICES, "现场情况."),
    CentreDoor("special-report", SpecialReport, _OFFICES, "专题报告 to a leader, with advice."),
    CentreDoor("designation", Designation, _DUTY, "指定承办: binding."),
    CentreDoor("return-decision", ReturnDecision, _DUTY, "退件审核."),
    CentreDoor("extension-decision", ExtensionDecision, _DUTY, "延期审批."),
    CentreDoor("review", Review, (Role.REVIEWER,), "审核: approve, or send back with reasons."),
    CentreDoor(
        "phoned", PhoneCall, (Role.DUTY_OFFICER, Role.AGENT), "Urgent help told to the unit's duty desk by phone."
    ),
    CentreDoor("merge", Merge, _DUTY, "并单 into another order."),
    CentreDoor("unmerge", Unmerge, _DUTY, "撤销并单."),
    CentreDoor(
        "accusation", Accusation, _OFFICES, "举报认定: the matter accuses a unit; the guard holds from here on."
    ),
    CentreDoor(
        "recusal",
        Recusal,
        (Role.DUTY_OFFICER, Role.REVIEWER, Role.SUPERVISOR, Role.LEADER),
        "回避: a person with an interest takes no part; naming another needs a duty officer or supervisor.",
    ),
    CentreDoor("recusal-lifting", RecusalLifting, _OFFICES, "解除回避: the reason no longer holds, or never did."),
)

DOOR_OF = {door.name: door for door in CENTRE_DOORS}
