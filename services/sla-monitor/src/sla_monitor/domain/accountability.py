"""问责: when a matter may be referred to the supervisory commission (S1: after supervision; S2: with a recorded
consequence), and on which grounds. A one-vote veto is marked only with a recorded consequence."""

from dataclasses import dataclass
from enum import StrEnum

from sla_monitor.domain.case import Case
from sla_monitor.domain.refusal import Refusal


class Ground(StrEnum):
    """What a unit or a person may be held to account for (S1, S2)."""

    PERFUNCTORY = "PERFUNCTORY"
    NO_ACTION = "NO_ACTION"
    FRAUD = "FRAUD"
    DERELICTION = "DERELICTION"
    LEAK = "LEAK"
    CORRUPTION = "CORRUPTION"
    ABUSE_OF_POWER = "ABUSE_OF_POWER"
    CARELESS_DATA = "CARELESS_DATA"


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """What is asked for: the unit, the responsible person (a reference, never a name), or both."""

    subject_unit: str | None
    subject_person_ref: str | None
    ground: Ground
    consequence: str
    one_vote_veto: bool


def check_referral(case: Case, referral: Referral) -> Refusal | None:
    """Why the referral is not allowed, or None."""
    unit = referral.subject_unit
    if unit is None and referral.subject_person_ref is None:
        return Refusal("no-subject", "须写明被问责单位或责任人", "Name the unit, the person, or both.", "subject_unit")
    if unit is not None and not any(spell.unit == unit for spell in case.handling.spells):
        return Refusal("unit-not-involved", "该单位未承办此件", "This unit never had the order.", "subject_unit")
    if referral.one_vote_veto and not referral.consequence:
        return Refusal(
            "veto-without-consequence",
            "一票否决须记录造成的后果",
            "A one-vote veto needs a recorded consequence.",
            "consequence",
        )
    supervised = any(unit is None or one.event.unit == unit for one in case.ledger.supervisions.values())
    if not supervised and not referral.consequence:
        return Refusal(
            "not-supervised",
            "未经督办,且未记录后果,不得移送问责",
            "Without supervision before it, a referral needs a recorded consequence.",
            "consequence",
        )
    return None
