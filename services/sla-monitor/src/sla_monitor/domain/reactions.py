"""What the monitor decides when it looks at an appeal, and when it must look again. A pure function.

Each pass decides what the facts call for; what was decided counts as a fact at once, until nothing new follows. So a
second look at the same instant, after the decisions became facts, decides nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from contracts.decision import Decision, Reaction
from contracts.envelope import Fact, decision_id
from contracts.events import Event
from contracts.words import Service
from sla_monitor.domain.announcements import announce
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.case import case_of
from sla_monitor.domain.ladder import climb
from sla_monitor.domain.obligations import obligations_of
from sla_monitor.domain.policy import Policies
from sla_monitor.domain.wake import next_wake

PASSES = 8
"""A breach brings an urge, the urge a date: three passes are usual. More than this would be a loop of ours."""


def react(facts: Iterable[Fact[Event]], policies: Policies, calendar: Calendar, now: datetime) -> Reaction:
    """Decisions due at ``now`` (aware, UTC) for the one appeal that ``facts`` are about, and the next wake-up."""
    known = list(facts)
    decided: list[Decision] = []
    for _ in range(PASSES):
        case = case_of(known)
        owed = obligations_of(case, policies, calendar, now)
        fresh = [*announce(case, owed, calendar, now), *climb(case, owed, policies, calendar, now)]
        if not fresh:
            return Reaction(decisions=tuple(decided), next_wake=next_wake(case, owed, policies, now), at_rest=True)
        decided += fresh
        known += _as_facts(known, fresh)
    raise AssertionError("decisions do not come to rest")


def _as_facts(known: Sequence[Fact[Event]], decisions: Sequence[Decision]) -> list[Fact[Event]]:
    """The decisions as the facts they will become."""
    subject = known[0].subject
    last = max((fact.sequence for fact in known if fact.source is Service.SLA_MONITOR), default=0)
    return [
        Fact(
            id=decision_id(subject, decision.event.NAME, decision.key),
            source=Service.SLA_MONITOR,
            subject=subject,
            sequence=last + nth,
            time=decision.time,
            data=decision.event,
        )
        for nth, decision in enumerate(decisions, start=1)
    ]
