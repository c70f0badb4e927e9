"""A command of the hotline centre: signature, decisions on requests, review, instruction, designation, links."""

import re
from datetime import datetime

from chassis.document import Answer, Change, Command, Document
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
from dispatcher.domain.accuse import accuse
from dispatcher.domain.answer import answer_directly
from dispatcher.domain.coordination import hold_meeting
from dispatcher.domain.decide_extension import decide_extension
from dispatcher.domain.decide_return import decide_return
from dispatcher.domain.guard import Person, barred_units, must_recuse
from dispatcher.domain.link import merge, phone, unmerge
from dispatcher.domain.recuse import MUST_RECUSE, lift_recusal, recuse
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.review import review
from dispatcher.domain.sign import sign
from dispatcher.domain.site import record_visit, report_specially, send_staff
from dispatcher.domain.submission import designate, instruct, submit
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View, fold
from dispatcher.ports import Numbers, Orders, Standing
from dispatcher.use_cases.carry_out import decided, refused
from dispatcher.use_cases.mask_text import masked

UNKNOWN = Refusal("unknown_order", "没有这份工单", "there is no such order", "work_order")
NO_PARENT = Refusal("unknown_parent", "没有这份主单", "there is no such other order", "parent")


async def obey_centre(
    orders: Orders,
    numbers: Numbers,
    standing: Standing,
    order: str,
    command: Command,
    asked: CentreCommand,
    person: Person,
) -> Answer:
    """Decide once (rule 3c); a duplicate gets the kept answer. 404 for an unknown order.

    ``person`` is the command's user with the unit they belong to: who must recuse decides nothing, and merges nothing
    into an order from which they must recuse.
    """
    subject = await numbers.subject_of(order)
    if subject is None:
        return refused(UNKNOWN, 404)
    parent: tuple[str, View] | None = None
    if isinstance(asked, Merge):
        other = await numbers.subject_of(asked.parent)
        if other is None or other == subject:
            return refused(NO_PARENT)
        parent = (other, fold((await orders.load(other)).facts))

    def step(document: Document) -> Change:
        tables, now = standing.tables(), orders.now()

        def rule(view: View) -> Verdict:
            concerned = (view,) if parent is None else (view, parent[1])
            for one in concerned:
                if must_recuse(person, one.handling.recused, barred_units(one.accused, tables.directory)):
                    return MUST_RECUSE
            return _run(view, asked, command.user, now, tables, parent)

        return decided(document, rule, command, orders, attempt_of(asked))

    return await orders.answer(subject, step, command)


def attempt_of(asked: CentreCommand) -> str:
    """The command's name as it is recorded: ``return_decision``."""
    return re.sub(r"(?<=.)([A-Z])", r"_\1", type(asked).__name__).lower()


def _run(
    view: View, asked: CentreCommand, by: str, now: datetime, tables: Tables, parent: tuple[str, View] | None
) -> Verdict:
    def clean(text: str) -> str:
        return masked(text, tables.directory)

    match asked:
        case Signature():
            return sign(view, tables, by, now, asked.unit, asked.co_units)
        case ReturnDecision():
            return decide_return(
                view, tables, by, now, accepted=asked.accepted, reason=clean(asked.reason),
                unit=asked.unit, number=asked.number, to_unit=asked.to_unit,
            )  # fmt: skip
        case ExtensionDecision():
            return decide_extension(
                view, tables.limits, by, now, granted=asked.granted, reason=clean(asked.reason),
                unit=asked.unit, number=asked.number, working_days=asked.working_days,
            )  # fmt: skip
        case Review():
            reasons = tuple(clean(reason) for reason in asked.reasons)
            return review(
                view, by, approve=asked.approve, reasons=reasons, unit=asked.unit, number=asked.number,
                good=asked.checklist, without=asked.not_applicable, points=tables.checklist,
            )  # fmt: skip
        case Submission():
            return submit(view, tables, by, now, asked.leader, clean(asked.brief), clean(asked.reason))
        case Instruction():
            return instruct(
                view, tables, by, now, text=clean(asked.text), unit=asked.unit, due=asked.due,
                staff_on_site=asked.staff_on_site, convener=clean(asked.convener) if asked.convener else None,
            )  # fmt: skip
        case Designation():
            return designate(view, tables, by, asked.unit, clean(asked.reason))
        case PhoneCall():
            return phone(view, tables, by, asked.unit, clean(asked.taken_by))
        case Merge():
            if parent is None:
                return NO_PARENT
            return merge(view, parent[1], tables, by, parent[0], clean(asked.reason))
        case Unmerge():
            return unmerge(view, tables, by, clean(asked.reason))
        case DirectAnswer():
            text = clean(asked.text) if asked.text is not None else None
            return answer_directly(view, tables, by, asked.knowledge_item, text)
        case Accusation():
            return accuse(view, tables, by, asked.unit, asked.accusation, clean(asked.reason))
        case Recusal():
            return recuse(view, by, asked.person or by, clean(asked.reason))
        case RecusalLifting():
            return lift_recusal(view, by, asked.person, clean(asked.reason))
        case Meeting():
            return hold_meeting(
                view, tables, by, now, attendees=tuple(clean(one) for one in asked.attendees),
                decisions=tuple(clean(one) for one in asked.decisions), held_at=asked.held_at, unit=asked.unit,
                co_units=asked.co_units,
            )  # fmt: skip
        case StaffOnSite():
            staff = tuple(clean(one) for one in asked.staff)
            return send_staff(view, tables, by, staff, clean(asked.reason), asked.member_units)
        case SiteVisit():
            return record_visit(view, by, now, clean(asked.found), asked.visited_at)
        case SpecialReport():
            return report_specially(view, tables, by, asked.leader, clean(asked.text), clean(asked.advice))
