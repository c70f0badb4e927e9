"""Which topic of the taxonomy, and from it which units."""

from math import exp

from classifier.domain.lexicon import Found
from classifier.domain.set_phrases import Bare
from classifier.domain.tables import Tables
from classifier.domain.text_model import TextModel
from contracts.events.appeal import Evidence

UNCLEAR = "government.other.unclear"
_SHARES = (0.8, 0.15, 0.05)
"""How a topic's probability is shared among its units, in their order."""
_NAMED = 0.5
"""What a unit gains when the agent or the citizen asks it by name to act."""


def judge_topic(
    bare: Bare, tables: Tables, model: TextModel | None, explain: bool = True
) -> tuple[tuple[tuple[str, float], ...], list[Evidence]]:
    """Topics with probabilities, best first (at most five), and what spoke for the first."""
    scores: dict[str, float] = {}
    spans: dict[str, list[tuple[Found, float]]] = {}
    length = max(len(bare.body), 1)
    for found in tables.topic_words.find(bare.body):
        size = found.end - found.start
        early = 0.4 * (1 - found.start / length)
        weight = min(size, 5) * 0.45 + early
        scores[found.owner] = scores.get(found.owner, 0.0) + weight / (1 + 0.5 * len(spans.get(found.owner, ())))
        spans.setdefault(found.owner, []).append((found, weight))
    grams: tuple[tuple[str, float], ...] = ()
    if model is not None:
        guess = model.guess(bare.body, bare.asked, explain)
        grams = guess.grams
        if guess.ranked[0][0] not in tables.topics:
            # a city's own taxonomy: its labels are given as trained
            why = [Evidence(part="topic", rule=f"gram:{gram}", weight=round(w, 3)) for gram, w in grams]
            return guess.ranked[:5], why
        for label, probability in guess.ranked[:8]:
            scores[label] = scores.get(label, 0.0) + 5.0 * probability
    if not scores:
        return ((UNCLEAR, 0.2),), []
    ranked = _softmax(scores)[:5]
    if not explain:
        return ranked, []
    evidence = [
        Evidence(part="topic", rule=found.owner, start=found.start, end=found.end, weight=round(weight, 3))
        for found, weight in spans.get(ranked[0][0], [])[:4]
    ]
    evidence += [Evidence(part="topic", rule=f"gram:{gram}", weight=round(weight, 3)) for gram, weight in grams]
    return ranked, evidence


def propose_units(
    topics: tuple[tuple[str, float], ...], asked: tuple[str, ...], tables: Tables
) -> tuple[tuple[str, float], ...]:
    """Units with scores in 0..1, best first, from the topics and from who is asked by name."""
    scores: dict[str, float] = {}
    for topic_id, probability in topics:
        topic = tables.topics.get(topic_id)
        for share, unit in zip(_SHARES, topic.units if topic else (), strict=False):
            scores[unit] = scores.get(unit, 0.0) + share * probability
    for unit in asked:
        scores[unit] = scores.get(unit, 0.0) * (1 - _NAMED) + _NAMED
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    return tuple((unit, round(min(score, 1.0), 4)) for unit, score in ranked)


def _softmax(scores: dict[str, float]) -> tuple[tuple[str, float], ...]:
    top = max(scores.values())
    # "something else" always has a little weight, so that one weak word is not certainty
    weights = {label: exp(score - top) for label, score in scores.items()}
    total = sum(weights.values()) + exp(1.0 - top)
    return tuple(sorted(((label, w / total) for label, w in weights.items()), key=lambda pair: -pair[1]))
