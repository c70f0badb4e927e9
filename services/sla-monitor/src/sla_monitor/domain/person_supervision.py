"""Supervision that a person opens and lifts (S1, S3, S4). The system never lifts what a person opened."""

from datetime import datetime

from contracts.events.ladder import SupervisionLifted, SupervisionOpened
from contracts.words import SupervisionKind
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.case import Case
from sla_monitor.domain.obligations import SUPERVISION_KINDS
from sla_monitor.domain.policy import Policies
from sla_monitor.domain.refusal import Refusal
from sla_monitor.domain.term import term

BY_PERSON = "by_person"
"""The trigger of a supervision that a person opened."""


def open_supervision(
    case: Case,
    unit: str,
    kind: SupervisionKind,
    reason: str,
    by: str,
    policies: Policies,
    calendar: Calendar,
    now: datetime,
) -> SupervisionOpened | Refusal:
    """Put a unit that has or had the order under supervision; its term runs from ``now``. On site has no term."""
    number = case.acceptance.number
    mine = [spell for spell in case.handling.spells if spell.unit == unit and spell.started is not None]
    if number is None or not mine:
        return Refusal("unit-not-involved", "该单位未承办此件", "This unit never had the order.", "unit")
    spell = mine[-1]
    standing = (one.event for one in case.ledger.supervisions.values() if one.lifted is None)
    if any((event.unit, event.kind) == (unit, kind) for event in standing):
        return Refusal("already-supervised", "同类督办尚未解除", "Supervision of this kind stands already.", "kind")
    nth = len(case.ledger.supervisions) + 1
    due = now
    if kind in SUPERVISION_KINDS:
        policy = policies.at(case.acceptance.jurisdiction, now, now)
        length = term(
            calendar,
            policy,
            SUPERVISION_KINDS[kind],
            now,
            type=case.verdict.type,
            urgency=spell.urgency,
            round=spell.round,
        )
        due = length.due
    return SupervisionOpened(
        supervision=f"DB{number}{nth:02d}",
        kind=kind,
        unit=unit,
        round=spell.round,
        number=nth,
        trigger=BY_PERSON,
        due=due,
        reason=reason,
        by=by,
    )


def lift_supervision(case: Case, name: str, reason: str, by: str) -> SupervisionLifted | Refusal:
    """Lift a standing supervision, whoever opened it."""
    one = case.ledger.supervisions.get(name)
    if one is None:
        return Refusal("unknown-supervision", "没有此督办件", "There is no such supervision.", "supervision")
    if one.lifted is not None:
        return Refusal("already-lifted", "督办已解除", "The supervision is lifted already.", "supervision")
    event = one.event
    return SupervisionLifted(
        supervision=name, kind=event.kind, unit=event.unit, round=event.round, reason=reason, by=by
    )
