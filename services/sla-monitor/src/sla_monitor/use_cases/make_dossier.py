"""The dossier of an appeal: every fact with its hash, every deadline with its explanation, the ladder, in one document.

Its canonical JSON text is what is hashed, kept and exported: the same bytes give the same SHA-256 anywhere.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.codec import encode
from contracts.envelope import Fact
from contracts.events import Event
from sla_monitor.domain.accountability import Referral
from sla_monitor.domain.case import case_of
from sla_monitor.domain.explanation import explain
from sla_monitor.domain.obligation import Obligation
from sla_monitor.domain.obligations import obligations
from sla_monitor.domain.tables_in_force import Tables

FORMAT = "hotline12345-dossier/1"


def make_dossier(
    subject: str, facts: Iterable[Fact[Event]], tables: Tables, now: datetime, referral: Referral | None, by: str
) -> dict[str, Any]:
    """The dossier as plain data, as it stands at ``now``; without ``referral`` it is a preview."""
    told = sorted(facts, key=lambda fact: (fact.time, fact.source.value, fact.sequence))
    case = case_of(told)
    entries = [_fact(fact) for fact in told]
    owed = obligations(told, tables.policies, tables.calendar, now)
    return {
        "format": FORMAT,
        "subject": subject,
        "number": case.acceptance.number,
        "made_at": now.isoformat(),
        "made_by": by,
        "policy_versions": sorted({one.policy_version for one in owed}),
        "calendar_version": tables.calendar.version,
        "referral": _referral(referral),
        "facts": entries,
        "facts_sha256": digest("".join(entry["sha256"] for entry in entries)),
        "deadlines": [_deadline(one, tables) for one in owed],
        "urges": [
            {
                "urge": name,
                "unit": one.event.unit,
                "kind": one.event.kind.value,
                "issued": one.at.isoformat(),
                "withdrawn": _iso(one.withdrawn),
            }
            for name, one in case.ledger.urges.items()
        ],
        "supervisions": [
            {
                "supervision": name,
                "unit": one.event.unit,
                "kind": one.event.kind.value,
                "trigger": one.event.trigger,
                "opened": one.at.isoformat(),
                "due": one.event.due.isoformat(),
                "lifted": _iso(one.lifted),
            }
            for name, one in case.ledger.supervisions.items()
        ],
    }


def canonical(dossier: dict[str, Any]) -> str:
    """The one text form: keys sorted, no spaces, UTF-8."""
    return json.dumps(dossier, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of the text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _fact(fact: Fact[Event]) -> dict[str, Any]:
    body = encode(fact)
    return {**json.loads(body), "sha256": hashlib.sha256(body).hexdigest()}


def _deadline(one: Obligation, tables: Tables) -> dict[str, Any]:
    return {
        "deadline": one.deadline,
        "kind": one.kind.value,
        "clock": one.clock.value,
        "unit": one.unit,
        "round": one.round,
        "started": one.started.isoformat(),
        "due": one.due.isoformat(),
        "state": one.state.value,
        "ended": _iso(one.ended),
        "provisional": one.provisional,
        "policy_version": one.policy_version,
        "calendar_version": one.calendar_version,
        "steps": [{"zh": step.zh, "en": step.en} for step in explain(one.term, tables.calendar)],
    }


def _referral(referral: Referral | None) -> dict[str, Any] | None:
    if referral is None:
        return None
    return {
        "subject_unit": referral.subject_unit,
        "subject_person_ref": referral.subject_person_ref,
        "ground": referral.ground.value,
        "consequence": referral.consequence,
        "one_vote_veto": referral.one_vote_veto,
    }


def _iso(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant is not None else None
