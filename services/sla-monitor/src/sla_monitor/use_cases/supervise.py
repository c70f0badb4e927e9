"""A person opens or lifts a supervision."""

from collections.abc import Callable

from chassis.document import Answer, Change, Command, Document
from chassis.masking import mask
from contracts.decision import Decision
from contracts.events.ladder import SupervisionLifted, SupervisionOpened
from contracts.words import SupervisionKind
from sla_monitor.domain.case import Case, case_of
from sla_monitor.domain.person_supervision import lift_supervision, open_supervision
from sla_monitor.domain.refusal import Refusal
from sla_monitor.domain.tables_in_force import Tables
from sla_monitor.ports import Cases
from sla_monitor.use_cases.answers import refused

Rule = Callable[[Case], SupervisionOpened | SupervisionLifted | Refusal]


async def open_by_person(
    cases: Cases,
    tables: Callable[[], Tables],
    subject: str,
    unit: str,
    kind: SupervisionKind,
    reason: str,
    command: Command,
) -> Answer:
    """201 with the supervision's number and the end of its term; 409 with the reason it may not be opened."""
    clean = mask(reason).text

    def rule(case: Case) -> SupervisionOpened | Refusal:
        now, force = cases.now(), tables()
        return open_supervision(case, unit, kind, clean, command.user, force.policies, force.calendar, now)

    return await _carry_out(cases, subject, rule, command)


async def lift_by_person(cases: Cases, subject: str, supervision: str, reason: str, command: Command) -> Answer:
    """201 when lifted; 404 for an unknown one, 409 for one that is lifted already."""
    clean = mask(reason).text[:200]
    return await _carry_out(
        cases, subject, lambda case: lift_supervision(case, supervision, clean, command.user), command
    )


async def _carry_out(cases: Cases, subject: str, rule: Rule, command: Command) -> Answer:
    def step(document: Document) -> Change:
        event = rule(case_of(document.facts))
        if isinstance(event, Refusal):
            return Change(answer=refused(event, 404 if event.code == "unknown-supervision" else 409))
        body = {"supervision": event.supervision, "kind": event.kind.value, "unit": event.unit}
        if isinstance(event, SupervisionOpened):
            body["due"] = event.due.isoformat()
        decision = Decision(event=event, time=cases.now(), key=("command", command.user, command.command_id))
        return Change(decisions=(decision,), answer=Answer(status=201, body=body))

    return await cases.answer(subject, step, command)
