"""How often one matter was complained of: on how many days, by how many callers, its merged repeats counted in.

Callers are told apart by their reference; one who gives none is a repeat, but no distinct caller.
"""

from collections.abc import Iterator
from datetime import date, datetime

from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.case import Case
from sla_monitor.domain.policy import Policy


def repetitions(case: Case, policy: Policy, calendar: Calendar) -> Iterator[tuple[str, datetime]]:
    """Each trigger whose threshold is reached, and when it was: so many days or callers, and a crowd of callers."""
    days, callers = _days(case, calendar), _callers(case)
    reached = days[policy.repeat_days - 1 : policy.repeat_days]
    if policy.repeat_callers is not None:
        reached += callers[policy.repeat_callers - 1 : policy.repeat_callers]
    if reached:
        yield "repeated", min(reached)
    if policy.crowd_callers is not None and len(callers) >= policy.crowd_callers:
        yield "crowd", callers[policy.crowd_callers - 1]


def _days(case: Case, calendar: Calendar) -> list[datetime]:
    """When the first repeat of each further day was known."""
    again = [(at, at) for at, _ in case.acceptance.repeats]
    again += [(event.accepted or at, at) for at, event in case.handling.repeats.values()]
    days: dict[date, datetime] = {}
    for said, known in sorted(again):
        day = calendar.local(said).date()
        days[day] = min(known, days.get(day, known))
    return sorted(days.values())


def _callers(case: Case) -> list[datetime]:
    """When each distinct caller was known, the first one's acceptance first."""
    known = [(at, caller) for at, caller in case.acceptance.repeats if caller is not None]
    known += [(at, event.caller_ref) for at, event in case.handling.repeats.values() if event.caller_ref is not None]
    if case.acceptance.caller is not None and case.acceptance.accepted is not None:
        known.append((case.acceptance.accepted, case.acceptance.caller))
    first: dict[str, datetime] = {}
    for at, caller in sorted(known):
        first.setdefault(caller, at)
    return sorted(first.values())
