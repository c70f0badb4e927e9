"""The monitor's rules as the chassis calls them, under the policies and the calendar in force."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from contracts.decision import Reaction
from contracts.envelope import Fact
from contracts.events import Event
from contracts.words import Service
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.policy import Policies
from sla_monitor.domain.reactions import react
from sla_monitor.domain.row import row


class MonitorRules:
    """Reacts and projects. ``policies`` and ``calendar`` may be replaced while running; a clock keeps its policy."""

    service = Service.SLA_MONITOR

    def __init__(self, policies: Policies, calendar: Calendar) -> None:
        self.policies = policies
        self.calendar = calendar

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        """Deadlines, urges and supervisions that follow from the facts at ``now``."""
        return react(facts, self.policies, self.calendar, now)

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """What the board lists and searches by."""
        return row(facts)
