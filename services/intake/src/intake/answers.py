"""What intake's doors answer, as JSON bodies."""

from datetime import datetime
from typing import Any

from intake.domain.timeline import timeline
from intake.domain.timeline_words import CHANNELS, DEADLINES, MISSING, PROMISE_STATES, STATUSES
from intake.domain.view import fold
from intake.ports import Appeal, Receipt
from intake.use_cases.reveal_caller import reveals_of

REPLIES = ("work_order.replied", "work_order.answered_directly", "work_order.main_replied")
"""Moments whose text answers the caller; a reply that the centre has not let pass carries none."""


def receipt_body(receipt: Receipt) -> dict[str, Any]:
    """The answer to ``POST /appeals``."""
    return {
        "number": receipt.number,
        "query_code": receipt.query_code,
        "incomplete": bool(receipt.missing),
        "missing": list(receipt.missing),
    }


def appeal_body(appeal: Appeal) -> dict[str, Any]:
    """The caller's view: status, promised dates, timeline, and who looked at the caller's identity."""
    facts = appeal.document.facts
    view = fold(facts)
    registered = view.own.registered
    if registered is None:
        raise RuntimeError("a numbered appeal holds its registration")
    data = registered.data
    zh, en = STATUSES[view.status]
    return {
        "number": data.number,
        "status": view.status,
        "status_zh": zh,
        "status_en": en,
        "channel": str(data.channel),
        "channel_zh": CHANNELS[data.channel][0],
        "registered_at": registered.time.isoformat(),
        "text": data.text_masked,
        "incomplete": bool(view.missing),
        "missing": list(view.missing),
        "promises": [
            {
                "kind": str(promise.kind),
                "zh": DEADLINES[promise.kind][0],
                "en": DEADLINES[promise.kind][1],
                "due": promise.due.isoformat(),
                "provisional": promise.provisional,
                "state": promise.state,
                "steps": [{"zh": step.zh, "en": step.en} for step in promise.steps],
            }
            for promise in view.promises
        ],
        "timeline": [
            {
                "at": moment.at.isoformat(),
                "kind": moment.kind,
                "zh": moment.zh,
                "en": moment.en,
                **({} if moment.text is None else {"text": moment.text}),
                **({} if moment.unit is None else {"unit": moment.unit}),
            }
            for moment in timeline(facts)
        ],
        "reveals": [
            {key: entry[key] for key in ("at", "unit", "line", "roles", "purpose")}
            for entry in reveals_of(appeal.document)
            if entry["granted"]
        ],
    }


def appeal_shown(appeal: Appeal) -> dict[str, Any]:
    """The caller's view for a page: pairs of Chinese and English words where ``appeal_body`` has codes."""
    facts = appeal.document.facts
    view = fold(facts)
    names = view.orders.names
    moments = timeline(facts)
    return {
        "status": STATUSES[view.status],
        "missing": [MISSING[part] for part in view.missing],
        "text": view.own.registered.data.text_masked if view.own.registered else "",
        "promises": [(promise, PROMISE_STATES[promise.state]) for promise in view.promises],
        "files": view.own.attachments,
        "moments": moments,
        "reply": next((moment for moment in reversed(moments) if moment.kind in REPLIES and moment.text), None),
        "reveals": [
            {**entry, "at": datetime.fromisoformat(entry["at"]), "unit": names.get(entry["unit"], entry["unit"])}
            for entry in reveals_of(appeal.document)
            if entry["granted"]
        ],
    }
