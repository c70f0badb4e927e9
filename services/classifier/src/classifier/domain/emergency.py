"""Is somebody in danger now? Raises on doubt, but not on words alone (issue: the lane; national 12345-110 rules)."""

from dataclasses import dataclass

from classifier.domain.rule import Fired, sentence_around
from classifier.domain.tables import Tables
from classifier.domain.text_model import TextModel
from first_look import suspect_lines


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


def find_danger(folded: str, jurisdiction: str, tables: Tables, model: TextModel | None = None) -> Danger:
    """Judge a folded text. A calm rule (past, policy question, drill) cancels signs of its sentence unless it is now.

    Where no rule finds danger the model may still raise: rules are sure of what they know, the model knows more ways
    of saying it. Where first-look suspects danger too, less is asked of the model.
    """
    lines = tables.lines_for(jurisdiction)
    counted = tuple(
        f
        for f in tables.emergencies.fired(folded)
        if not _is_calm(folded, sentence_around(folded, f.start, f.end), tables)
    )
    if counted:
        leading = max(counted, key=lambda fired: fired.rule.weight).rule.then.split("+")
        named = {service for fired in counted for service in fired.rule.then.split("+")}
        ordered = leading + [service for service in lines.order if service in named and service not in leading]
        numbers = tuple(dict.fromkeys(lines.line_of[service] for service in ordered if service in lines.line_of))
        return Danger(numbers, counted, (), any(fired.rule.follows for fired in counted))
    if model is None or not any(map(str.isalnum, folded)):
        return NO_DANGER
    guess = model.guess(folded, "")
    # what counts is that there is danger at all; for which line is the second question
    danger = 1.0 - dict(guess.ranked).get(HARMLESS, 0.0)
    service = next((label for label, _ in guess.ranked if label in lines.line_of), None)
    limits = tables.thresholds
    if service is None or danger < limits.danger_suspected:
        return NO_DANGER
    if danger < limits.danger and not suspect_lines(folded):
        return NO_DANGER
    if _is_calm(folded, folded, tables):
        return NO_DANGER
    return Danger((lines.line_of[service],), (), guess.grams, service == "lift")


def _is_calm(folded: str, sentence: str, tables: Tables) -> bool:
    is_now = tables.now.search(sentence) is not None
    for rule in tables.calm.rules:
        where = folded if rule.then == "text" else sentence
        if rule.unless is not None and rule.unless.search(where):
            continue
        if is_now and rule.weight < 2:
            continue
        if rule.pattern.search(where):
            return True
    return False
