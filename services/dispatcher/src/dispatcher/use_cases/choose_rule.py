"""Which rule a unit's command calls."""

from collections.abc import Collection
from datetime import datetime

from dispatcher.commands import (
    AnswerSupervision,
    AnswerUrge,
    ConfirmReceipt,
    Dispute,
    ExplainDelay,
    InterimReply,
    RecordContact,
    RecordSiteVisit,
    Recuse,
    Reply,
    RequestExtension,
    RequestReturn,
    UnitCommand,
)
from dispatcher.domain.account import answer_supervision, answer_urge, dispute, explain_delay
from dispatcher.domain.confirm_receipt import confirm_receipt
from dispatcher.domain.files import missing_file
from dispatcher.domain.guard import Person, barred_units, must_recuse
from dispatcher.domain.holding import held, hidden_from
from dispatcher.domain.record_contact import record_contact
from dispatcher.domain.recuse import MUST_RECUSE, recuse
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.reply import interim_reply, reply
from dispatcher.domain.request_extension import Wish, request_extension
from dispatcher.domain.request_return import request_return
from dispatcher.domain.site import record_visit
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View
from dispatcher.use_cases.mask_text import masked


def files_named(asked: UnitCommand) -> tuple[str, ...]:
    """The files that a command names; they must be stored, and the unit's."""
    match asked:
        case Reply():
            return asked.attachments
        case RequestExtension(attachment_id=str() as file):
            return (file,)
        case _:
            return ()


def run_rule(
    view: View, asked: UnitCommand, unit: str, by: str, now: datetime, tables: Tables, stored: Collection[str] = ()
) -> Verdict:
    """The verdict on ``asked``; ``stored``: those of the files it names that are the unit's."""
    verdict = _verdict(view, asked, unit, by, now, tables)
    if isinstance(verdict, Refusal):
        return verdict
    field = "attachments" if isinstance(asked, Reply) else "attachment_id"
    return missing_file(files_named(asked), stored, field) or verdict


def _verdict(view: View, asked: UnitCommand, unit: str, by: str, now: datetime, tables: Tables) -> Verdict:
    """Everything people wrote is masked before it becomes a fact."""
    known = tables.directory
    if unit in barred_units(view.accused, known):
        return hidden_from(unit)
    if must_recuse(Person(by, unit), view.handling.recused, ()):
        return MUST_RECUSE
    match asked:
        case ConfirmReceipt():
            return confirm_receipt(view, known, unit, by)
        case RecordContact():
            how, outcome = masked(asked.method, known), masked(asked.result, known)
            return record_contact(view, known, unit, by, now, how, outcome, asked.contacted_at)
        case RequestReturn():
            return request_return(view, known, unit, by, now, masked(asked.ground, known), asked.proposed_unit)
        case RequestExtension():
            wish = Wish(
                working_days=asked.working_days,
                reason=masked(asked.reason, known),
                special=asked.special,
                law=asked.law,
                attachment_id=asked.attachment_id,
            )
            return request_extension(view, known, tables.limits, unit, by, now, wish)
        case InterimReply():
            return interim_reply(view, known, unit, by, masked(asked.public_text, known))
        case Reply():
            return reply(
                view,
                known,
                unit,
                by,
                public_text=masked(asked.public_text, known),
                signer=asked.signer,
                internal_text=masked(asked.internal_text, known),
                measures=masked(asked.measures, known),
                law=asked.law,
                attachments=asked.attachments,
            )
        case ExplainDelay():
            return explain_delay(view, known, unit, by, now, masked(asked.reason, known), asked.until)
        case AnswerUrge():
            return answer_urge(view, known, unit, by, asked.urge, masked(asked.text, known), asked.until)
        case AnswerSupervision():
            return answer_supervision(view, known, unit, by, asked.supervision, masked(asked.text, known))
        case Dispute():
            return dispute(view, known, unit, by, masked(asked.reason, known))
        case RecordSiteVisit():
            spell = held(view, unit, known)
            if isinstance(spell, Refusal):
                return spell
            return record_visit(view, by, now, masked(asked.found, known), asked.visited_at, unit)
        case Recuse():
            spell = held(view, unit, known, in_hand=False)
            if isinstance(spell, Refusal):
                return spell
            # Over the broker a unit speaks, not a person: it names who has the interest.
            person = asked.person or (by if by != f"unit.{unit}" else None)
            return recuse(view, by, person, masked(asked.reason, known), None if person == by else unit)
