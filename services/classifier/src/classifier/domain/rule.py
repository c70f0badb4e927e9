"""One rule of a table: patterns, what they mean, when they do not count, and the sentences that prove it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A readable rule.

    ``pattern`` is looked for in the folded text; ``unless`` cancels a match in the same sentence. ``then`` is what
    the rule says (a type, an exclusion, services joined with "+"). ``needs``: characters of which a match holds at
    least one (only to save searches). ``tests`` must fire the rule and ``not_tests`` must not.
    """

    id: str
    then: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    weight: float = 1.0
    follows: bool = False
    needs: frozenset[str] | None = None
    tests: tuple[str, ...] = ()
    not_tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds, and the span of the text it stood on."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules of one table."""

    rules: tuple[Rule, ...]

    def fired(self, text: str, characters: frozenset[str] | None = None) -> list[Fired]:
        """The rules that hold in the folded text, in the table's order. ``characters``: the text's, if at hand."""
        present = frozenset(text) if characters is None else characters
        fired: list[Fired] = []
        for rule in self.rules:
            if rule.needs is not None and rule.needs.isdisjoint(present):
                continue
            match = first_match(rule, text)
            if match is not None:
                fired.append(match)
        return fired


_ENDS = re.compile(r"[。!?;\n]")


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that holds the span: between full stops, question and exclamation marks, semicolons, line ends."""
    left = max((text.rfind(mark, 0, start) for mark in "。!?;\n"), default=-1) + 1
    stop = _ENDS.search(text, end)
    return text[left : stop.start() + 1 if stop else len(text)]


def first_match(rule: Rule, text: str) -> Fired | None:
    """The first place where the rule holds and nothing in its sentence cancels it."""
    if rule.pattern.pattern.startswith("^"):
        # anchored in every branch (the loader sees to it): one attempt instead of one per character
        head = rule.pattern.match(text)
        matches = iter((head,) if head else ())
    else:
        matches = rule.pattern.finditer(text)
    for match in matches:
        if rule.unless is None or rule.unless.search(sentence_around(text, match.start(), match.end())) is None:
            return Fired(rule, match.start(), match.end())
    return None
