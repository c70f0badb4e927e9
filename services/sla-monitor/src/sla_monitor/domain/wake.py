"""When the monitor must look at an appeal again although no new fact came. A timer is only a wake-up."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from contracts.words import DeadlineKind
from sla_monitor.domain.announcements import settles
from sla_monitor.domain.case import Case
from sla_monitor.domain.obligation import Obligation, State
from sla_monitor.domain.policy import Policies
from sla_monitor.domain.triggers import urge_waits_until


def next_wake(case: Case, owed: Iterable[Obligation], policies: Policies, now: datetime) -> datetime | None:
    """The earliest instant after ``now`` at which something can change by time alone."""
    coming: list[datetime] = []
    running = False
    for one in owed:
        running = running or one.state is State.RUNNING
        coming += _instants(case, one, now)
    for name, urge in case.ledger.urges.items():
        _, until = case.handling.urge_answers.get(name, (None, None))
        if urge.withdrawn is None and until is not None:
            coming.append(until)
    if running and (change := policies.next_change(case.acceptance.jurisdiction, now)):
        coming.append(change)
    return min((at for at in coming if at > now), default=None)


def _instants(case: Case, one: Obligation, now: datetime) -> Iterator[datetime]:
    entry = case.ledger.entries.get(one.deadline)
    if entry is None and one.state is not State.STOPPED:
        yield settles(case, one)
    if one.kind is DeadlineKind.RETURN:
        return
    if one.state in (State.RUNNING, State.BREACHED) and (entry is None or (entry.breached is None and not entry.met)):
        yield one.due + one.policy.grace
    yield from (at for _, at in one.warnings)
    if one.overdue and (until := urge_waits_until(case, one, now)):
        yield until
