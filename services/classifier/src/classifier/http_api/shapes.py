"""How appeals, verdicts and hand-overs look in JSON."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from classifier.domain.emergency_case import Case
from classifier.domain.reactions import context_of
from classifier.domain.verdict import Verdict
from classifier.ports import Found, Opinions
from classifier.use_cases.claim_triage import CLAIM
from contracts.events.appeal import Evidence, Place


def verdict_shape(verdict: Verdict) -> dict[str, Any]:
    """The verdict with what it stands on."""
    return {**asdict(verdict), "evidence": [_evidence(item) for item in verdict.evidence]}


def _evidence(item: Evidence) -> dict[str, Any]:
    return asdict(item)


def triage_shape(found: Found, opinions: Opinions, real_now: datetime) -> dict[str, Any]:
    """An appeal on the triage desk: what was said, why the machine is unsure, what it suggests, who works on it."""
    view = found.view
    registered = view.registered
    claim = found.document.private.get(CLAIM)
    held = claim is not None and claim["until"] > real_now
    suggestion = None
    if registered is not None:
        suggestion = opinions.snapshot.judge(registered.data.text_masked, context_of(registered.data))
    return {
        "subject": view.subject,
        "number": view.number,
        "registered_at": registered.time.isoformat() if registered is not None else None,
        "channel": registered.data.channel if registered is not None else None,
        "texts": list(view.texts),
        "place": place_shape(registered.data.place if registered is not None else None),
        "missing": list(registered.data.missing) if registered is not None else [],
        "accused_on_form": registered.data.accused_unit if registered is not None else None,
        "suspect_lines": list(registered.data.suspect_lines) if registered is not None else [],
        "waiting_since": min((fact.time for fact in view.pending), default=None),
        "dangerous": view.dangerous,
        "classified": view.classified is not None,
        "reasons": list(dict.fromkeys(reason for fact in view.pending for reason in fact.data.reasons)),
        "suggestion": verdict_shape(suggestion) if suggestion is not None else None,
        "claim": {"by": claim["by"], "until": claim["until"].isoformat()} if held and claim is not None else None,
    }


def emergency_shape(found: Found) -> dict[str, Any]:
    """An appeal on the emergency board with its hand-overs."""
    view = found.view
    return {
        "subject": view.subject,
        "number": view.number,
        "red": any(case.open for case in view.cases),
        "texts": list(view.texts),
        "cases": [case_shape(case) for case in view.cases],
    }


def case_shape(case: Case) -> dict[str, Any]:
    """One hand-over: ``state`` is red, declined (red too), acknowledged or lowered."""
    taken, lowered, declined = case.acknowledged, case.lowered, case.declined
    state = "acknowledged" if taken else "lowered" if lowered else "declined" if declined else "red"
    return {
        "reference": case.reference,
        "line": case.line,
        "primary": case.primary,
        "state": state,
        "place": place_shape(case.place),
        "raised_at": case.raised_at.isoformat(),
        "raised_by": case.raised_by,
        "pages": 1 + len(case.pages),
        "duty_officer_paged": case.with_duty_officer,
        "declined": {"at": declined.time.isoformat(), "reason": declined.data.reason} if declined else None,
        "acknowledged": {
            "at": taken.time.isoformat(),
            "by": taken.data.by,
            "line_reference": taken.data.line_reference,
        }
        if taken
        else None,
        "lowered": {"at": lowered.time.isoformat(), "by": lowered.data.by, "reason": lowered.data.reason}
        if lowered
        else None,
    }


def place_shape(place: Place | None) -> dict[str, Any] | None:
    """The place, or None."""
    return asdict(place) if place is not None else None
