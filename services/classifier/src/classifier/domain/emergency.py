"""Is somebody in danger now? Raises on doubt, but not on words alone (issue: the lane; national 12345-110 rules)."""

from dataclasses import dataclass, replace
from math import sqrt

from classifier.domain.clauses import parts
from classifier.domain.rule import Fired, sentence_around
from classifier.domain.tables import Lines, Tables
from classifier.domain.text_model import Guess, TextModel


@dataclass(frozen=True, slots=True)
class Danger:
    """The lines to call, primary first, what they stand on, and whether the hotline has work left to do."""

    lines: tuple[str, ...]
    fired: tuple[Fired, ...]
    grams: tuple[tuple[str, float], ...]
    work_order_follows: bool


HARMLESS = "none"
"""The danger model's label for texts without danger; its other labels are services."""
NO_DANGER = Danger((), (), (), True)


def find_danger(
    folded: str, jurisdiction: str, tables: Tables, model: TextModel | None = None, explain: bool = True
) -> Danger:
    """Judge a folded text. A calm rule (past, policy question, drill) cancels signs of its sentence unless it is now.

    Rules are sure of what they know, the model knows more ways of saying it: each raises by itself. Yet a sign of which
    the model sees nothing at all is a word out of a story, and no calm word hides a danger that the model is sure of.
    Without ``explain`` the n-grams are left out.
    """
    lines = tables.lines_for(jurisdiction)
    counted = tuple(
        f
        for f in tables.emergencies.fired(folded)
        if not _is_calm(folded, sentence_around(folded, f.start, f.end), tables, model)
        and _is_believed(folded, sentence_around(folded, f.start, f.end), tables, model)
    )
    learnt = _learnt(folded, lines, tables, model, explain) if model is not None else _NOTHING_LEARNT
    if counted:
        leading = max(counted, key=lambda fired: fired.rule.weight).rule.then.split("+")
        named = {service for fired in counted for service in fired.rule.then.split("+")}
        ordered = leading + [service for service in lines.order if service in named and service not in leading]
        if learnt.raises:
            ordered += [service for service in learnt.services if service not in ordered]
        numbers = tuple(dict.fromkeys(lines.line_of[service] for service in ordered if service in lines.line_of))
        return Danger(numbers, counted, (), any(fired.rule.follows for fired in counted))
    if not learnt.raises:
        return NO_DANGER
    numbers = tuple(dict.fromkeys(lines.line_of[service] for service in learnt.services))
    return Danger(numbers, (), learnt.grams, learnt.services[0] == "lift")


_LEAST = 3
"""Letters below which nothing is told that the model could know better than the rules."""
_SHORT = 60
"""Characters of a text whose parts are all believed."""
_LONG = 200
"""Characters from which on a text is a letter rather than a cry for help."""
_NEARLY = 0.35
"""A service is called too when it is at least so likely as the likeliest."""


@dataclass(frozen=True, slots=True)
class _Learnt:
    """The most danger (0..1) that the model sees in the text or a part of it, the services, and whether it counts."""

    danger: float
    services: tuple[str, ...]
    raises: bool
    grams: tuple[tuple[str, float], ...] = ()


_NOTHING_LEARNT = _Learnt(0.0, (), False)


def _learnt(folded: str, lines: Lines, tables: Tables, model: TextModel, explain: bool) -> _Learnt:
    if sum(map(str.isalnum, folded)) < _LEAST:
        return _NOTHING_LEARNT
    limits = tables.thresholds
    seen, guess = _seen(folded, model, explain)
    best = _Learnt(seen, _services(guess, lines), False, guess.grams)
    if not best.services:
        return best
    if seen >= limits.danger and not _is_calm(folded, folded, tables, model):
        return replace(best, raises=True)
    if seen < limits.danger_glimpsed:
        return best
    for part in parts(folded):
        seen, guess = _seen(part, model, explain)
        seen = _among_others(seen, folded)
        if seen <= best.danger and seen < limits.danger_part:
            continue
        # the calm words of a sentence are about all of it, unless one part of it is danger beyond doubt
        certain = seen >= limits.danger_certain
        raises = certain or (seen >= limits.danger_part and not _is_calm(folded, _whole(folded, part), tables, model))
        if (raises, seen) > (best.raises, best.danger):
            best = _Learnt(seen, _services(guess, lines), raises, guess.grams)
    return best


def _seen(text: str, model: TextModel, explain: bool) -> tuple[float, Guess]:
    guess = model.guess(text, "", explain)
    # what counts is that there is danger at all; for which line is the second question
    return 1.0 - dict(guess.ranked).get(HARMLESS, 0.0), guess


def _whole(folded: str, part: str) -> str:
    """The sentence or sentences that a part belongs to."""
    start = folded.index(part)
    return sentence_around(folded, start, start + len(part.rstrip("。!?;\n")))


def _among_others(seen: float, folded: str) -> float:
    """The danger of a part: among many parts one easily looks odd, so its odds sink with the length of the text."""
    times = max(len(folded) / _SHORT, 1.0)
    return seen / (seen + (1.0 - seen) * times * sqrt(times))


def _is_believed(folded: str, sentence: str, tables: Tables, model: TextModel | None) -> bool:
    """The model must see a trace of danger too; in a long letter, where much is told in passing, danger itself."""
    if model is None:
        return True
    seen = _seen(sentence, model, False)[0]
    if len(folded) >= _LONG:
        return seen >= tables.thresholds.danger
    traced = tables.thresholds.danger_traced
    return seen >= traced or _seen(folded, model, False)[0] >= traced


def _services(guess: Guess, lines: Lines) -> tuple[str, ...]:
    """The likeliest service, and the next where the two are hard to tell apart: better one line too many."""
    named = [pair for pair in guess.ranked if pair[0] in lines.line_of]
    return tuple(service for service, seen in named[:2] if seen >= _NEARLY * named[0][1])


def _is_calm(folded: str, sentence: str, tables: Tables, model: TextModel | None) -> bool:
    is_now = tables.now.search(sentence) is not None
    for rule in tables.calm.rules:
        where = folded if rule.then == "text" else sentence
        if rule.unless is not None and rule.unless.search(where):
            continue
        if is_now and rule.weight < 2:
            continue
        if rule.pattern.search(where):
            return model is None or _seen(sentence, model, False)[0] < tables.thresholds.danger_certain
    return False
