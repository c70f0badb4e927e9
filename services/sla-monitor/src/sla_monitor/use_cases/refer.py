"""Refer a matter to the supervisory commission; the dossier is made, hashed and kept by the same write."""

from collections.abc import Callable
from dataclasses import replace

from chassis.document import Answer, Change, Command, Document
from chassis.masking import mask
from contracts.decision import Decision
from contracts.events.ladder import AccountabilityReferred
from sla_monitor.domain.accountability import Referral, check_referral
from sla_monitor.domain.case import case_of
from sla_monitor.domain.tables_in_force import Tables
from sla_monitor.ports import Cases
from sla_monitor.use_cases.answers import refused
from sla_monitor.use_cases.make_dossier import canonical, digest, make_dossier

KEPT = "dossier"
"""Private field of the case: the text of the last referral's dossier."""


async def refer(cases: Cases, tables: Callable[[], Tables], subject: str, asked: Referral, command: Command) -> Answer:
    """201 with the dossier's hash; 409 with the reason it may not be referred."""
    referral = replace(asked, consequence=mask(asked.consequence).text)

    def step(document: Document) -> Change:
        if refusal := check_referral(case_of(document.facts), referral):
            return Change(answer=refused(refusal))
        now = cases.now()
        text = canonical(make_dossier(subject, document.facts, tables(), now, referral, command.user))
        event = AccountabilityReferred(
            subject_unit=referral.subject_unit,
            subject_person_ref=referral.subject_person_ref,
            ground=referral.ground.value,
            consequence=referral.consequence,
            one_vote_veto=referral.one_vote_veto,
            dossier_sha256=digest(text),
            by=command.user,
        )
        decision = Decision(event=event, time=now, key=("command", command.user, command.command_id))
        body = {"dossier_sha256": event.dossier_sha256, "ground": event.ground, "one_vote_veto": event.one_vote_veto}
        return Change(decisions=(decision,), private={KEPT: text}, answer=Answer(status=201, body=body))

    return await cases.answer(subject, step, command)


async def read_dossier(cases: Cases, tables: Callable[[], Tables], subject: str, by: str) -> str:
    """The text of the last referral's dossier; before any referral, what it would be now."""
    document = await cases.load(subject)
    kept = document.private.get(KEPT)
    if isinstance(kept, str):
        return kept
    return canonical(make_dossier(subject, document.facts, tables(), cases.now(), None, by))
