"""The tables that ship with the monitor: calendar and policies, as readable TOML."""

from functools import lru_cache
from importlib import resources

from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.calendar_table import read_calendar
from sla_monitor.domain.policy import Policies
from sla_monitor.domain.policy_table import read_policy


def shipped_text(name: str) -> str:
    """The text of a shipped table, for example ``calendar.toml``."""
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def shipped_calendar(jurisdiction: str = "*") -> Calendar:
    """The shipped calendar with the opening hours of ``jurisdiction``."""
    return read_calendar(shipped_text("calendar.toml"), jurisdiction)


@lru_cache(maxsize=1)
def shipped_policies() -> Policies:
    """The shipped policy table, in force everywhere."""
    return Policies((read_policy(shipped_text("policy.toml")),))
