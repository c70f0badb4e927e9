"""Which of the seven types: the type rules, the agent's verb and the type model together."""

from math import exp

from classifier.domain.set_phrases import Bare
from classifier.domain.tables import Tables
from classifier.domain.text_model import TextModel
from contracts.events.appeal import Evidence
from contracts.words import AppealType

MODEL_WEIGHT = 1.0
"""How much one unit of the model's log-probability counts beside one unit of a rule's weight."""

_KINDS: dict[str, AppealType] = {kind.value: kind for kind in AppealType}
"""A look-up takes a tenth of the time of asking the enumeration."""

SHARPNESS = 0.6
"""Turns the sum of rules and model into honest probabilities (checked by the calibration figures)."""


def judge_type(
    bare: Bare, tables: Tables, model: TextModel | None, explain: bool = True
) -> tuple[tuple[tuple[AppealType, float], ...], list[Evidence]]:
    """Types with probabilities, best first, and what spoke for the first."""
    scores = dict.fromkeys(AppealType, 0.0)
    evidence: list[Evidence] = []
    if model is not None:
        from_model = model.guess(bare.body, bare.asked, explain)
        for label, probability in from_model.ranked:
            scores[_KINDS[label]] += MODEL_WEIGHT * _log_odds(probability)
        evidence += [Evidence(part="type", rule=f"gram:{gram}", weight=round(w, 3)) for gram, w in from_model.grams]
    speaks: list[tuple[AppealType, Evidence]] = []
    for fired in tables.types.fired(bare.body):
        kind = _KINDS[fired.rule.then]
        scores[kind] += fired.rule.weight
        if explain:
            speaks.append((kind, _evidence(fired.rule.id, fired.start, fired.end, fired.rule.weight)))
    spoken = tables.agent_verbs.get(bare.verb)
    if bare.quotes_order:
        # what the quoted order was about says nothing about this call
        spoken = tables.agent_verbs.get(f"{bare.verb}.order", spoken)
    if bare.by_unit and bare.verb:
        spoken = tables.agent_verbs.get("unit", spoken)
    if spoken is not None:
        scores[AppealType(spoken[0])] += spoken[1]
        speaks.append((AppealType(spoken[0]), _evidence(f"agent_verb.{bare.verb}", 0, 0, spoken[1])))
    ranked = _softmax(scores)
    return ranked, [item for kind, item in speaks if kind is ranked[0][0]] + evidence


def _evidence(rule: str, start: int, end: int, weight: float) -> Evidence:
    return Evidence(part="type", rule=rule, start=start, end=end, weight=weight)


def _log_odds(probability: float) -> float:
    return 6.0 * probability - 3.0 if probability > 0 else -3.0


def _softmax(scores: dict[AppealType, float]) -> tuple[tuple[AppealType, float], ...]:
    top = max(scores.values())
    weights = {kind: exp(SHARPNESS * (score - top)) for kind, score in scores.items()}
    total = sum(weights.values())
    return tuple(sorted(((kind, w / total) for kind, w in weights.items()), key=lambda pair: -pair[1]))
