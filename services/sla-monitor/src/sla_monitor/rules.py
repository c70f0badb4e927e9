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
from sla_monitor.domain.tables_in_force import Tables


class MonitorRules:
    """Reacts and projects. ``tables`` is replaced while running when others come into force."""

    service = Service.SLA_MONITOR

    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    @property
    def policies(self) -> Policies:
        """The policies in force."""
        return self.tables.policies

    @property
    def calendar(self) -> Calendar:
        """The calendar in force."""
        return self.tables.calendar

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        """Deadlines, urges and supervisions that follow from the facts at ``now``."""
        return react(facts, self.policies, self.calendar, now)

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """What the board lists and searches by."""
        return row(facts, self.policies, self.calendar)


class TableRules:
    """The rules of the documents that hold the loaded tables: nothing follows from them by itself."""

    service = Service.SLA_MONITOR

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        """Nothing."""
        return Reaction()

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """Nothing to list."""
        return {}
