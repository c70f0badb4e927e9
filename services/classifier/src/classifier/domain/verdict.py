"""The verdict: what an appeal is, who must act, whether it is for the hotline, and whether there is danger now."""

from dataclasses import dataclass, field

from classifier.domain.accusation import Named, kin, tell_apart, units_of
from classifier.domain.appeal_type import judge_type
from classifier.domain.emergency import NO_DANGER, Danger, find_danger
from classifier.domain.rule import Fired
from classifier.domain.set_phrases import Bare, strip_set_phrases
from classifier.domain.tables import Tables
from classifier.domain.text_model import Models
from classifier.domain.topic import UNCLEAR, judge_topic, propose_units
from contracts.events.appeal import Evidence, UnitScore, Versions
from contracts.words import AppealType, Exclusion, Urgency
from first_look import fold

SUPERVISION = "supervision-office"
_REPORTS = frozenset({"反馈", "撤销", "告知"})
_ASKS_OR_ENDS = frozenset({"咨询", "询问", "查询", "反馈", "撤销", "撤消", "撤单", "撤诉", "撤回", "取消"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known beside the text: from the form, the agent and first-look."""

    jurisdiction: str = "default"
    place: str | None = None
    subject_unit: str | None = None
    accused_unit: str | None = None
    suspect_lines: tuple[str, ...] = ()
    incomplete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The classifier's opinion. It never closes or refuses: an ``exclusion`` is only proposed.

    ``confidence`` and the scores are in 0..1. ``unsure`` names what a person must decide, empty when the machine is
    sure; ``dangerous`` puts the appeal first on the triage desk. ``work_order_follows`` is False where only the
    emergency lines have work to do.
    """

    type: AppealType
    type_confidence: float
    topic: str
    topic_confidence: float
    units: tuple[UnitScore, ...]
    exclusion: Exclusion | None
    hazard: bool
    urgency: Urgency
    emergency_lines: tuple[str, ...]
    work_order_follows: bool
    subject_unit: str | None
    accused_unit: str | None
    confidence: float
    unsure: tuple[str, ...]
    dangerous: bool
    evidence: tuple[Evidence, ...] = ()
    versions: Versions = field(default_factory=Versions)
    accusation: str | None = None
    further_accused: tuple[str, ...] = ()


def classify(text: str, context: Context, tables: Tables, models: Models, explain: bool = True) -> Verdict:
    """Judge an appeal's masked text. Pure: the same text, context, tables and models give the same verdict.

    Without ``explain`` the evidence is left out, for who looks at the answers only.
    """
    folded = fold(text)
    bare = strip_set_phrases(folded, tables.phrases)

    types, why_type = judge_type(bare, tables, models.type, explain)
    topics, why_topic = judge_topic(bare, tables, models.topic, explain)
    named = _with_context(tell_apart(folded, tables), context, tables)
    if topics[0][0] not in tables.topics:
        # a city's own topics say nothing about our catalogue: the units come from the words alone
        units = _rank_units(bare, judge_topic(bare, tables, None)[0], named, tables, models)
    else:
        units = _rank_units(bare, topics, named, tables, models)
    danger = _danger(bare, context, tables, models, explain)
    hazards = [] if _reports_back(bare) else tables.hazards.fired(bare.body)
    urgent = tables.urgent.fired(bare.body)
    exclusion, why_exclusion = _exclusion(bare, danger, tables)

    evidence: list[Evidence] = []
    if explain:
        evidence += why_type + why_topic + list(named.evidence) + why_exclusion
        evidence += [_told("emergency", found) for found in danger.fired]
        evidence += [Evidence(part="emergency", rule=f"gram:{gram}", weight=round(w, 3)) for gram, w in danger.grams]
        evidence += [_told("hazard", found) for found in hazards]
        evidence += [_told("urgency", found) for found in urgent]

    suspect_not_raised = bool(context.suspect_lines) and not danger.lines
    if danger.lines:
        urgency = Urgency.EMERGENCY
    elif hazards or urgent or suspect_not_raised:
        urgency = Urgency.URGENT
    else:
        urgency = Urgency.NORMAL
    type_confidence, topic_confidence = types[0][1], topics[0][1]
    unsure = _unsure(type_confidence, topics[0][0], units, exclusion, suspect_not_raised, named, context, tables)
    return Verdict(
        type=types[0][0],
        type_confidence=round(type_confidence, 4),
        topic=topics[0][0],
        topic_confidence=round(topic_confidence, 4),
        units=tuple(UnitScore(unit=unit, score=score) for unit, score in units[:3]),
        exclusion=exclusion,
        hazard=bool(hazards) or bool(danger.lines),
        urgency=urgency,
        emergency_lines=danger.lines,
        work_order_follows=danger.work_order_follows,
        subject_unit=named.subject_unit,
        accused_unit=named.accused_unit,
        confidence=round(min(type_confidence, 0.5 + topic_confidence / 2), 4),
        unsure=unsure,
        dangerous=bool(danger.lines) or suspect_not_raised or bool(hazards),
        evidence=tuple(evidence),
        versions=Versions(
            rules=tables.version, model=models.version, lines=tables.lines_version, taxonomy=tables.taxonomy_version
        ),
        accusation=named.accusation,
        further_accused=named.further,
    )


def _told(part: str, found: Fired) -> Evidence:
    return Evidence(part=part, rule=found.rule.id, start=found.start, end=found.end)


def _with_context(named: Named, context: Context, tables: Tables) -> Named:
    """What an agent or the form named comes first; whom the text accuses stays accused beside it.

    The form's words are free text: a name that no unit bears is for a person to make out.
    """
    if context.accused_unit is None and context.subject_unit is None:
        return named
    of_form = units_of(context.accused_unit, tables) if context.accused_unit is not None else ()
    accused = tuple(dict.fromkeys((*of_form, *named.accused)))
    unclear = not of_form if context.accused_unit is not None else named.unclear
    subject = context.subject_unit or (named.subject_unit if named.subject_unit not in accused else None)
    first = accused[0] if accused else None
    return Named(subject, first, unclear, named.evidence, named.accusation, accused[1:])


def _rank_units(
    bare: Bare, topics: tuple[tuple[str, float], ...], named: Named, tables: Tables, models: Models
) -> tuple[tuple[str, float], ...]:
    if models.unit is not None:
        units = models.unit.guess(bare.whole(), bare.units).ranked[:6]
        if units[0][0] not in tables.units:
            # a catalogue that is not ours: who is kin to whom is known to whoever owns it
            return units
    else:
        asked = tuple(dict.fromkeys(found.owner for found in tables.unit_names.find(bare.asked)))
        units = propose_units(topics, asked, tables)
    if named.accused_unit is None and not named.unclear:
        return units
    # an accusation never goes to the accused unit, its parent or its children (D)
    barred = frozenset[str]().union(*(kin(unit, tables) for unit in named.accused))
    others = tuple(pair for pair in units if pair[0] not in barred and pair[0] != SUPERVISION)
    return ((SUPERVISION, 0.9), *((unit, round(score * 0.5, 4)) for unit, score in others))


def _danger(bare: Bare, context: Context, tables: Tables, models: Models, explain: bool) -> Danger:
    if _reports_back(bare):
        return NO_DANGER
    return find_danger(bare.body, context.jurisdiction, tables, models.danger, explain)


def _reports_back(bare: Bare) -> bool:
    """Who reports back on an order, asks for its result or withdraws it tells of what was.

    A citizen who adds something may be in danger now.
    """
    if bare.by_unit and bare.verb in _REPORTS:
        return True
    return bare.quotes_order and (bare.by_unit or bare.verb in _ASKS_OR_ENDS)


def _exclusion(bare: Bare, danger: Danger, tables: Tables) -> tuple[Exclusion | None, list[Evidence]]:
    if danger.lines:
        return (None, []) if danger.work_order_follows else (Exclusion.EMERGENCY_LINE, [])
    fired = tables.exclusions.fired(bare.body)
    if not fired:
        return None, []
    best = max(fired, key=lambda item: item.rule.weight)
    return Exclusion(best.rule.then), [
        Evidence(part="exclusion", rule=best.rule.id, start=best.start, end=best.end, weight=best.rule.weight)
    ]


def _unsure(
    type_confidence: float,
    topic: str,
    units: tuple[tuple[str, float], ...],
    exclusion: Exclusion | None,
    suspect_not_raised: bool,
    named: Named,
    context: Context,
    tables: Tables,
) -> tuple[str, ...]:
    reasons: list[str] = []
    if suspect_not_raised:
        reasons.append("suspect.not_raised")
    if named.unclear:
        reasons.append("accusation.without_unit")
    if exclusion is not None and exclusion is not Exclusion.EMERGENCY_LINE:
        reasons.append("exclusion.proposed")
    if type_confidence < tables.thresholds.type:
        reasons.append("type.low_confidence")
    if topic == UNCLEAR:
        reasons.append("topic.unclear")
    if not units or units[0][1] < tables.thresholds.unit:
        reasons.append("unit.low_confidence")
    if context.incomplete:
        reasons.append("appeal.incomplete")
    return tuple(reasons)
