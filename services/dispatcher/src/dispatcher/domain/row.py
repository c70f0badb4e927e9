"""What desks list and search an order by. Instants are RFC 3339 text in UTC, which sorts as they do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from contracts.words import DeadlineKind, Urgency
from dispatcher.domain.guard import barred_units, unit_unknown
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.spell import Spell
from dispatcher.domain.view import View

FAR = "9999-12-31T00:00:00+00:00"
"""Sorts after every due instant: no date is known."""

_URGENCY = {Urgency.EMERGENCY: 0, Urgency.URGENT: 1, Urgency.NORMAL: 2}


DESKS = (
    "retaliation",
    "signature",
    "return",
    "extension",
    "review",
    "objection",
    "leader",
    "meeting",
    "major",
    "phone",
)
"""The lists of the centre's desks."""


def instant(at: datetime | None) -> str | None:
    """The instant as text in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds") if at is not None else None


def state_of(view: View) -> str:
    """The one word for where the order stands."""
    handling = view.handling
    if view.matter.withdrawn is not None:
        return "WITHDRAWN"
    if view.audit.closed is not None:
        return "CLOSED"
    if handling.merged_into is not None:
        return "MERGED"
    if handling.awaiting is not None:
        return "SUBMITTED" if handling.submitted is not None and handling.instructed is None else "AWAITING_SIGNATURE"
    lead = handling.lead()
    if lead is not None:
        return _handled(lead)
    if handling.result_approved:
        return "RETURN_VISIT"
    if handling.answered is not None:
        return "ANSWERED_DIRECTLY"
    if view.judgement.classified is not None:
        return "CLASSIFIED" if view.judgement.classified.work_order_follows else "NO_WORK_ORDER"
    return "REGISTERED"


def _handled(lead: Spell) -> str:
    if lead.approved_reply() is not None:
        return "RETURN_VISIT"
    if lead.waiting_reply() is not None:
        return "UNDER_REVIEW"
    if lead.waiting_return() is not None:
        return "RETURN_REQUESTED"
    if lead.waiting_extension() is not None:
        return "EXTENSION_REQUESTED"
    if lead.contacted is not None or lead.replies:
        return "IN_HANDLING"
    return "RECEIVED" if lead.in_hand is not None else "DISPATCHED"


def desks_of(view: View) -> list[str]:
    """Which lists of the duty desk the order is on."""
    if view.over or view.handling.merged_into is not None:
        return []
    handling, found = view.handling, set[str]()
    if handling.awaiting is not None:
        found.add("retaliation" if view.retaliation else "signature")
    if handling.submitted is not None and handling.instructed is None:
        found.add("leader")
    if handling.instructed is not None and handling.instructed.convener is not None and not handling.meetings:
        found.add("meeting")
    if handling.submitted is not None and handling.submitted.major and not (handling.staff_sent and handling.reports):
        found.add("major")
    if handling.objections:
        found.add("objection")
    for spell in handling.open_spells():
        if spell.waiting_return() is not None:
            found.add("return")
        if spell.waiting_extension() is not None:
            found.add("extension")
        if spell.waiting_reply() is not None:
            found.add("review")
    urgent = view.judgement.classified is not None and view.judgement.classified.urgency is not Urgency.NORMAL
    lead = handling.lead()
    if urgent and lead is not None and not handling.phoned and lead.approved_reply() is None:
        found.add("phone")
    return sorted(found)


def due_of(view: View, unit: str, round: int) -> str | None:
    """When the unit's next duty is due: receipt before it has the order in hand, else the result."""
    spell = view.handling.of(unit, round)
    receipt = view.watch.of(DeadlineKind.RECEIPT, unit, round) if spell is not None and spell.in_hand is None else None
    due = receipt or view.watch.result(unit, round)
    return instant(due.due) if due is not None else None


def row_of(view: View, directory: Directory) -> Mapping[str, Any]:
    """The row. ``units`` hold the order now; ``barred`` may not see it."""
    handling, registered, classified = view.handling, view.matter.registered, view.judgement.classified
    lead = handling.lead()
    holders = handling.open_spells()
    dues = [due for due in (due_of(view, spell.unit, spell.round) for spell in holders) if due is not None]
    work = [
        {"unit": spell.unit, "round": spell.round, "part": str(spell.part), "state": _handled(spell)}
        for spell in holders
    ]
    urgency = classified.urgency if classified is not None else Urgency.NORMAL
    pending = _pending(holders)
    return {
        "number": view.number,
        "area": registered.area if registered is not None else None,
        "state": state_of(view),
        "open": not view.over,
        "unit": lead.unit if lead is not None else None,
        "units": sorted({spell.unit for spell in holders}),
        "work": work,
        "round": handling.round,
        "type": str(classified.type) if classified is not None else None,
        "topic": classified.topic if classified is not None else None,
        "urgency": str(urgency),
        "rank": _URGENCY[urgency],
        "due": min(dues, default=FAR),
        "since": instant(view.matter.at or view.judgement.at) or FAR,
        "desks": desks_of(view),
        "pending": pending,
        "proposed_unit": handling.awaiting.unit if handling.awaiting is not None else None,
        "mode": str(handling.awaiting.mode if handling.awaiting else lead.mode if lead else "") or None,
        "reason": handling.awaiting.reason if handling.awaiting is not None else None,
        "urged": bool(view.watch.open_urges()),
        "supervised": bool(view.watch.open_supervisions()),
        "breached": any(due.breached and due.met is None for due in view.watch.dues.values()),
        "merged_into": handling.merged_into,
        "had": sorted({spell.unit for spell in handling.spells if spell.started}),
        "barred": sorted(barred_units(view.accused, directory)),
        "recused": sorted(handling.recused),
        "lane": "retaliation" if view.retaliation else "accusation" if view.accusing else None,
        "unit_unknown": unit_unknown(view.accused, view.accusing, directory),
        "summary": view.text_for_units[:120],
        **_links(view),
    }


def _links(view: View) -> dict[str, Any]:
    """How often it was merged or that was undone; its repeats, and how much there is to tell them."""
    links, found = view.handling.links, dict[str, Any]()
    if links.changes:
        found["links"] = links.changes
    if links.joined:
        found["repeats"] = sorted(links.joined)
        found["words"] = len(links.words) + (view.audit.closed is not None)
    return found


def _pending(holders: list[Spell]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for spell in holders:
        for kind, waiting in (
            ("return", spell.waiting_return()),
            ("extension", spell.waiting_extension()),
            ("review", spell.waiting_reply()),
        ):
            if waiting is not None:
                found.append({"kind": kind, "unit": spell.unit, "round": spell.round, "number": waiting.event.number})
    return found
