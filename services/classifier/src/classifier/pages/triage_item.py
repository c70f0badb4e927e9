"""An appeal as the triage pages show it: words with the evidence marked, suggestion, buttons with their keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis.ids import Ids
from chassis.pages.catalogue import Language
from classifier.domain.reactions import context_of
from classifier.domain.verdict import Verdict
from classifier.ports import Found, Opinions
from classifier.use_cases.claim_triage import CLAIM
from contracts.events.appeal import Evidence
from contracts.words import Exclusion


def triage_item(found: Found, opinions: Opinions, ids: Ids, real_now: datetime, language: Language) -> dict[str, Any]:
    """Plain data for the templates. Every button carries a command id of its own."""
    view, claim = found.view, found.document.private.get(CLAIM)
    data = view.registered.data if view.registered is not None else None
    verdict = opinions.snapshot.judge(data.text_masked, context_of(data)) if data is not None else None
    item: dict[str, Any] = {
        "subject": view.subject,
        "number": view.number,
        "since": min((fact.time for fact in view.pending), default=None),
        "dangerous": view.dangerous,
        "classified": view.classified is not None,
        "reasons": list(dict.fromkeys(reason for fact in view.pending for reason in fact.data.reasons)),
        "claimed_by": claim["by"] if claim is not None and claim["until"] > real_now else None,
        "place": data.place.text if data is not None and data.place is not None else None,
        "missing": list(data.missing) if data is not None else [],
        "accused_on_form": data.accused_unit if data is not None else None,
        "files": _files(found),
        "suspects": ",".join(_suspects(found)),
        "marked": _marked(view.texts, verdict),
        "verdict": verdict,
        "topic": "",
        "units": [],
        "choices": [],
        "evidence": [],
        "command_id": ids.fresh(),
    }
    if verdict is not None and data is not None:
        item["topic"] = _topic(opinions, verdict.topic, language)
        item["units"] = [
            {"id": unit.unit, "name": opinions.units.get(unit.unit, unit.unit), "score": unit.score}
            for unit in verdict.units
        ]
        item["choices"] = _choices(verdict, item, ids)
        item["evidence"] = _evidence(verdict, data.text_masked)
    return item


def _files(found: Found) -> list[str]:
    view = found.view
    first = view.registered.data.attachments if view.registered is not None else ()
    later = [file for fact in view.supplements for file in fact.data.attachments]
    return list(dict.fromkeys(file.attachment_id for file in (*first, *later)))


def _suspects(found: Found) -> list[str]:
    view = found.view
    first = view.registered.data.suspect_lines if view.registered is not None else ()
    later = [line for fact in view.supplements for line in fact.data.suspect_lines]
    return list(dict.fromkeys([*first, *later]))


def _evidence(verdict: Verdict, text: str) -> list[dict[str, str]]:
    """Rules with the words they stood on, and word features; what says the same twice is shown once."""
    found = [
        {
            "part": one.part,
            "rule": one.rule,
            "gram": one.rule.removeprefix("gram:").strip() if one.rule.startswith("gram:") else "",
            "words": text[one.start : one.end],
        }
        for one in verdict.evidence
        if one.rule.removeprefix("gram:").strip()
    ]
    return list({tuple(one.values()) if not one["gram"] else (one["part"], one["gram"]): one for one in found}.values())


def _topic(opinions: Opinions, topic: str, language: Language) -> str:
    zh, en = opinions.topics.get(topic, (topic, topic))
    return zh if language == "zh" else en


def _choices(verdict: Verdict, item: dict[str, Any], ids: Ids) -> list[dict[str, Any]]:
    base = {"type": str(verdict.type), "topic": verdict.topic, "unit": "", "exclusion": "", "lines": ""}
    choices: list[dict[str, Any]] = []

    def add(key: str, word: str, name: str, tone: str, **form: str) -> None:
        command = {**base, **form, "command_id": ids.fresh()}
        choices.append({"key": key, "word": word, "name": name, "tone": tone, "form": command})

    guided = verdict.exclusion is not None and verdict.exclusion is not Exclusion.EMERGENCY_LINE
    if guided and verdict.exclusion is not None:
        add("g", "guide", "", "main", exclusion=str(verdict.exclusion))
    elif item["units"]:
        add("a", "accept", "", "main", unit=item["units"][0]["id"])
    for place, unit in enumerate(item["units"][:3] if guided else item["units"][1:3], 1 if guided else 2):
        add(str(place), "", unit["name"], "", unit=unit["id"])
    if item["suspects"] and item["units"]:
        add("r", "raise", "", "danger", unit=item["units"][0]["id"], lines=item["suspects"])
    choices.append(
        {"key": "c", "word": "claim", "name": "", "tone": "quiet", "form": {"claim": "yes", "command_id": ids.fresh()}}
    )
    return choices


def _marked(texts: Sequence[str], verdict: Verdict | None) -> list[list[dict[str, str]]]:
    """Each text in parts; evidence stands on the first text, whose spans the verdict names."""
    if not texts or verdict is None:
        return [[{"text": text, "why": ""}] for text in texts]
    rest = [[{"text": text, "why": ""}] for text in texts[1:]]
    return [_parts(texts[0], verdict.evidence), *rest]


def _parts(text: str, evidence: Sequence[Evidence]) -> list[dict[str, str]]:
    parts: list[dict[str, str]] = []
    at = 0
    for one in sorted(evidence, key=lambda item: (item.start, -item.end)):
        if not at <= one.start < one.end <= len(text):
            continue  # overlaps what is marked already, or stands on no span
        parts.append({"text": text[at : one.start], "why": ""})
        parts.append({"text": text[one.start : one.end], "why": f"{one.part}: {one.rule}"})
        at = one.end
    parts.append({"text": text[at:], "why": ""})
    return parts
