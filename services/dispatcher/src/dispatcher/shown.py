"""An order as people and programs read it over HTTP: what was said, what happened, what is due."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.document import Document
from contracts.codec import adapter
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealSupplemented, SupplementJudged
from contracts.words import Service
from dispatcher.domain.member_unit import Directory
from dispatcher.domain.row import instant, row_of
from dispatcher.domain.view import View, fold
from dispatcher.domain.watch import Due
from dispatcher.use_cases.review_repeats import Pair

_ROW = (
    "number", "area", "state", "unit", "units", "work", "round", "type", "topic", "urgency", "due", "since", "desks",
    "pending", "proposed_unit", "mode", "reason", "urged", "supervised", "breached", "merged_into", "summary",
)  # fmt: skip


_NOTHING: Mapping[str, bool] = {}
_SOURCES = tuple(Service)
"""In the order in which things happen where two carry the same instant."""


def listed(row: Mapping[str, Any], subject: str, unit: str | None = None) -> dict[str, Any]:
    """A line of a list; for a unit without what is between the centre and others."""
    shown = {name: row.get(name) for name in _ROW}
    if unit is not None:
        shown["work"] = [part for part in row.get("work", ()) if part["unit"] == unit]
        shown["pending"] = [one for one in row.get("pending", ()) if one["unit"] == unit]
        # Into which order it was merged is not told either: that one may accuse this very unit.
        for name in ("desks", "proposed_unit", "reason", "merged_into"):
            shown.pop(name)
    return {"subject": subject, **shown}


def order_shown(document: Document, directory: Directory, unit: str | None = None) -> dict[str, Any]:
    """The whole order; with ``unit`` only what concerns that unit."""
    view = fold(document.facts)
    registered = view.matter.registered
    place = registered.place if registered is not None else None
    return {
        **listed(row_of(view, directory), document.subject, unit),
        "text_masked": view.text if unit is None else view.text_for_units,
        "files": [
            {"attachment_id": file.attachment_id, "media_type": file.media_type, "size": file.size}
            for file in view.files(for_units=unit is not None)
        ],
        "place": None if place is None else {"text": place.text, "area_code": place.area_code},
        "anonymous": registered.anonymous if registered is not None else False,
        "confidential": registered.confidential if registered is not None else False,
        "deadlines": [_due(due) for due in _dues(view, unit)],
        "urges": [
            {"urge": one.urge, "unit": one.unit, "reply_due": instant(one.reply_due)}
            for one in view.watch.open_urges()
            if unit in (None, one.unit) and one.urge not in view.handling.urge_answers
        ],
        "supervisions": [
            {"supervision": one.supervision, "kind": str(one.kind), "unit": one.unit, "due": instant(one.due)}
            for one in view.watch.open_supervisions()
            if unit in (None, one.unit) and one.supervision not in view.handling.supervision_answers
        ],
        "repeats": [
            {"number": one.number, "subject": one.repeat} for one in view.handling.links.joined.values() if unit is None
        ],
        "timeline": timeline(document.facts, directory, unit, view.judgement.cleared),
    }


def timeline(
    facts: Sequence[Fact[Event]], directory: Directory, unit: str | None = None, cleared: Mapping[str, bool] = _NOTHING
) -> list[dict[str, Any]]:
    """What happened, oldest first. A unit reads its own part and what concerns everybody.

    An addition with its files and place is shown to a unit once it is ``cleared``: known to accuse nobody.
    """
    found: list[dict[str, Any]] = []
    for fact in sorted(facts, key=lambda fact: (fact.time, _SOURCES.index(fact.source), fact.sequence)):
        if fact.source is Service.SLA_MONITOR and not fact.type.startswith(("urge.", "supervision.", "deadline.br")):
            continue
        if unit is not None and isinstance(fact.data, SupplementJudged):
            continue  # who is accused of what is between the centre and the supervision office
        if unit is not None and isinstance(fact.data, AppealSupplemented) and not cleared.get(fact.id, False):
            continue
        concerned = getattr(fact.data, "unit", None)
        if unit is not None and (concerned != unit if concerned is not None else fact.source is Service.DISPATCHER):
            continue
        fields = adapter(type(fact.data)).dump_python(fact.data, mode="json")
        for name in ("evidence", "versions", "steps", "text_masked", "units"):
            fields.pop(name, None)
        if unit is not None:
            for name in ("accused_unit", "further_accused", "subject_unit", "caller_ref"):
                fields.pop(name, None)
        unit_name = directory.name(concerned) if concerned is not None else None
        if "type" in fields:
            fields["appeal_type"] = fields["type"]
        found.append({**fields, "at": instant(fact.time), "type": fact.type, "unit_name": unit_name})
    return found


def _dues(view: View, unit: str | None) -> list[Due]:
    return sorted(
        (due for due in view.watch.dues.values() if unit is None or due.unit == unit), key=lambda due: (due.due, due.id)
    )


def _due(due: Due) -> dict[str, Any]:
    return {
        "kind": str(due.kind),
        "clock": str(due.clock),
        "unit": due.unit,
        "round": due.round,
        "due": instant(due.due),
        "provisional": due.provisional,
        "met": instant(due.met),
        "breached": due.breached,
        "steps": [{"zh": step.zh, "en": step.en} for step in due.steps],
    }


def pair_shown(pair: Pair) -> dict[str, Any]:
    """A proposed repeat beside what it may repeat."""
    return {
        "proposal": pair.proposal.id,
        "score": pair.proposal.score,
        "reasons": dict(pair.proposal.reasons),
        "repeat": listed(pair.repeat, pair.proposal.repeat),
        "main": listed(pair.main, pair.proposal.main),
    }
