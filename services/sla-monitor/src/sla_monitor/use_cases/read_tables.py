"""Make the tables in force of the shipped ones and those that were loaded since."""

from functools import lru_cache

from chassis.document import Document
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.calendar_table import read_calendar
from sla_monitor.domain.policy import Policies, Policy
from sla_monitor.domain.policy_table import read_policy
from sla_monitor.domain.tables_in_force import TableKind, Tables
from sla_monitor.ports import TableDocuments
from sla_monitor.use_cases.load_table import loaded_tables


class TableReader:
    """Reads the stored tables; each text is parsed once, for a calendar's index is not cheap."""

    def __init__(self, shipped: Tables, jurisdiction: str) -> None:
        self.shipped = shipped
        self._jurisdiction = jurisdiction
        self._read_calendar = lru_cache(maxsize=16)(self._parse)
        self._read_policy = lru_cache(maxsize=64)(read_policy)

    def _parse(self, text: str) -> Calendar:
        return read_calendar(text, self._jurisdiction)

    def calendars(self, document: Document) -> tuple[Calendar, ...]:
        """The shipped calendar and every loaded one; the last is in force."""
        return (self.shipped.calendar, *(self._read_calendar(one.text) for one in loaded_tables(document)))

    def policies(self, document: Document) -> Policies:
        """The shipped policies and every loaded one."""
        more: list[Policy] = [self._read_policy(one.text) for one in loaded_tables(document)]
        return Policies((*self.shipped.policies.versions, *more)) if more else self.shipped.policies

    def with_calendars(self, document: Document) -> Tables:
        """The tables in force as far as the calendars' document tells."""
        return Tables(self.calendars(document)[-1], self.shipped.policies)

    async def in_force(self, documents: TableDocuments) -> Tables:
        """What the store holds now."""
        calendars = await documents.load(TableKind.CALENDAR)
        policies = await documents.load(TableKind.POLICY)
        return Tables(self.calendars(calendars)[-1], self.policies(policies))
