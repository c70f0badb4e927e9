"""Staff on site, what they found, and the special report with advice (S0: joint handling and major events)."""

from datetime import datetime

from contracts.events import work_order as wo
from contracts.words import AssignmentMode
from dispatcher.domain.destination import OVER, checked
from dispatcher.domain.recuse import may_be_named
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View

FUTURE = Refusal("date_in_the_future", "现场时间不能在以后", "the visit lies in the future", "visited_at")


def send_staff(
    view: View, tables: Tables, by: str, staff: tuple[str, ...], reason: str, member_units: tuple[str, ...]
) -> Verdict:
    """Any time before the end; units that go along are asked of the guard, and who has recused is not sent."""
    if view.over:
        return OVER
    refused = checked(view, tables.directory, member_units, "member_units") or may_be_named(view, staff, "staff")
    if refused is not None:
        return refused
    return (wo.StaffSent(staff=staff, reason=reason, by=by, member_units=member_units),)


def record_visit(
    view: View, by: str, now: datetime, found: str, visited_at: datetime, unit: str | None = None
) -> Verdict:
    """After somebody was sent, or where units handle the matter jointly: then they go without being sent."""
    if view.over:
        return OVER
    joint = any(spell.mode is AssignmentMode.JOINT for spell in view.handling.open_spells())
    instructed = view.handling.instructed
    if not view.handling.staff_sent and not joint and not (instructed is not None and instructed.staff_on_site):
        return Refusal("nobody_sent", "尚未派员到场", "nobody was sent on site", "type")
    if visited_at > now:
        return FUTURE
    return (wo.SiteVisited(found=found, visited_at=visited_at, by=by, unit=unit, round=view.handling.round),)


def report_specially(view: View, tables: Tables, by: str, leader: str, text: str, advice: str) -> Verdict:
    """To a leader; as often as there is something to report."""
    if view.over:
        return OVER
    if all(known.id != leader for known in tables.leaders):
        return Refusal("unknown_leader", "没有这位领导", "there is no such leader", "leader")
    recused = may_be_named(view, (leader,), "leader")
    if recused is not None:
        return recused
    return (wo.SpeciallyReported(leader=leader, text=text, advice=advice, by=by),)
