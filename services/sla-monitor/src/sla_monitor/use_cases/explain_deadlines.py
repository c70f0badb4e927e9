"""Explain every deadline of an appeal, step by step, as it stands now."""

from typing import Any

from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.explanation import explain
from sla_monitor.domain.obligations import obligations
from sla_monitor.domain.policy import Policies
from sla_monitor.ports import Cases


async def explain_deadlines(cases: Cases, subject: str, policies: Policies, calendar: Calendar) -> list[dict[str, Any]]:
    """One entry per clock: due, state, versions and steps in Chinese and English. Empty for an unknown subject."""
    document = await cases.load(subject)
    if not document.exists:
        return []
    return [
        {
            "deadline": one.deadline,
            "kind": one.kind,
            "clock": one.clock,
            "unit": one.unit,
            "round": one.round,
            "number": one.number,
            "started": one.started,
            "due": one.due,
            "state": one.state,
            "ended": one.ended,
            "provisional": one.provisional,
            "policy_version": one.policy_version,
            "calendar_version": one.calendar_version,
            "steps": [{"zh": step.zh, "en": step.en} for step in explain(one.term, calendar)],
        }
        for one in obligations(document.facts, policies, calendar, cases.now())
    ]
