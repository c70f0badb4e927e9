"""What both desks' pages show of an order: its story in words, its deadlines, its lists."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dispatcher.domain.row import FAR

_NOTES = (
    "public_text", "result", "ground", "reason", "text", "brief", "internal_text", "measures", "remark_masked",
    "right_channel", "convener", "mandate", "found", "advice",
)  # fmt: skip
_HAPPENED = ("contacted_at", "visited_at", "held_at")
_LISTS = ("reasons", "attendees", "decisions", "staff")
_WHY = {
    "no standing sign-off covers it": "why.no_sign_off",
    "no responsible unit is known": "why.no_unit",
    "nobody may hold it": "why.nobody",
    "retaliation is signed by a person": "why.retaliation",
    "returned": "why.returned",
    "unmerged": "why.unmerged",
    "merged": "why.merged",
    "main ended without a result": "why.main_ended",
    "an accusation became known": "why.accused_since",
    "redo": "why.redo",
    "withdrawn by the caller": "why.withdrawn",
    "an accusation concerns this unit": "why.guard",
    "undecided at the due time": "why.undecided",
    "closed by the lead unit": "why.lead_closed",
    "another unit was designated": "why.designated",
    "a leader instructed otherwise": "why.instructed",
    "a coordination meeting decided otherwise": "why.met",
    "the unit leads from now on": "why.leads",
}
"""Reasons that our own rules give, and the key of their words."""

_GOOD = ("work_order.approved", "work_order.received", "appeal.closed", "work_order.answered_directly")
_BAD = ("deadline.breached", "supervision.opened", "work_order.deemed_received")
_WARN = ("urge.issued", "work_order.sent_back", "work_order.return_requested", "redo.ordered")


def why(reason: str | None) -> str | None:
    """The key of the words for a reason of our own; None for what people wrote."""
    return _WHY.get(reason or "")


def _happened(item: Mapping[str, Any]) -> datetime | None:
    """When it took place, where that was told beside the time of the record."""
    told = next((item[name] for name in _HAPPENED if item.get(name)), None)
    return datetime.fromisoformat(told) if told is not None else None


def moments(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The timeline for the shell's macro; ``key`` names the words of the event."""
    found = []
    for item in order["timeline"]:
        kind = item["type"]
        tone = "good" if kind in _GOOD else "bad" if kind in _BAD else "warn" if kind in _WARN else "plain"
        notes = [str(item[name]) for name in _NOTES if item.get(name) and item[name] not in _WHY]
        notes += ["；".join(item[name]) for name in _LISTS if item.get(name)]
        found.append(
            {
                "at": datetime.fromisoformat(item["at"]),
                "happened": _happened(item),
                "key": "event." + kind.replace(".", "_"),
                "unit": item.get("unit_name"),
                "by": item.get("by") or item.get("signed_by"),
                "notes": notes,
                "files": _files(item),
                "why": why(item.get("reason")),
                "rule": item.get("rule"),
                "catalog": item.get("catalog_version"),
                "sign_off": item.get("standing_sign_off"),
                "tone": tone,
            }
        )
    return found


def _files(item: Mapping[str, Any]) -> list[str]:
    """Ids: intake tells kind and size of a citizen's files too, which the page shows beside the matter."""
    ids = [file if isinstance(file, str) else file["attachment_id"] for file in item.get("attachments") or ()]
    return [*ids, *filter(None, [item.get("attachment_id")])]


_ASKED = {
    "return": "work_order.return_requested",
    "extension": "work_order.extension_requested",
    "review": "work_order.replied",
}
"""What waits for a decision, and the event that asked for it."""


_SAID = (
    "public_text", "working_days", "special", "ground", "reason", "measures", "internal_text", "law", "signer",
    "proposed_unit", "attachments", "attachment_id",
)  # fmt: skip


def asked(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What waits for the centre, each with what the unit wrote (``said``)."""
    found = []
    for one in order["pending"]:
        wanted = (_ASKED[one["kind"]], one["unit"], one["round"], one["number"])
        said = [
            item
            for item in order["timeline"]
            if (item["type"], item.get("unit"), item.get("round"), item.get("number")) == wanted
        ]
        last = said[-1] if said else {}
        found.append({**one, "said": {name: last.get(name) for name in _SAID}})
    return found


def ruled(order: Mapping[str, Any]) -> dict[str, Any]:
    """By which row of which catalogue the unit was chosen that waits for a signature, or holds the order."""
    kinds = ("work_order.awaiting_signature", "work_order.dispatched")
    found = (item for item in reversed(order["timeline"]) if item["type"] in kinds and item.get("rule"))
    last: Mapping[str, Any] = next(found, {})
    return {name: last.get(name) for name in ("rule", "catalog_version")}


def deadlines(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Deadlines with instants; open ones first, by when they are due."""
    found = []
    for due in order["deadlines"]:
        state = "met" if due["met"] else "breached" if due["breached"] else "running"
        found.append({**due, "due": datetime.fromisoformat(due["due"]), "state": state})
    return sorted(found, key=lambda due: (due["state"] == "met", due["due"]))


def since_of(row: Mapping[str, Any]) -> datetime | None:
    """When the appeal was accepted."""
    return None if row["since"] in (None, FAR) else datetime.fromisoformat(row["since"])


def due_of(row: Mapping[str, Any]) -> datetime | None:
    """When the order's next duty is due."""
    return None if row["due"] in (None, FAR) else datetime.fromisoformat(row["due"])
