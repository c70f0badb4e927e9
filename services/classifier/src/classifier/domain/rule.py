"""One rule of a table: patterns, what they mean, when they do not count, and the sentences that prove it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from first_look import Hints, Sieve


@dataclass(frozen=True, slots=True)
class Rule:
    """A readable rule.

    ``pattern`` is looked for in the folded text; ``unless`` cancels a match in the same sentence. ``then`` is what
    the rule says (a type, an exclusion, services joined with "+"). ``tests`` must fire the rule and ``not_tests`` must
    not.
    """

    id: str
    then: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    weight: float = 1.0
    follows: bool = False
    tests: tuple[str, ...] = ()
    not_tests: tuple[str, ...] = ()


class Fired(NamedTuple):
    """A rule that holds, and the span of the text it stood on."""

    rule: Rule
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules of one table. ``sieve`` may know the rules of other tables too; ours are those from ``first`` on."""

    rules: tuple[Rule, ...]
    sieve: Sieve | Hints
    first: int = 0

    @classmethod
    def by_itself(cls, rules: tuple[Rule, ...]) -> "RuleSet":
        """A set of few rules that look where no other table looks."""
        return cls(rules, Hints([rule.pattern.pattern for rule in rules]))

    @classmethod
    def side_by_side(cls, tables: Sequence[tuple[Rule, ...]]) -> "list[RuleSet]":
        """One set for each table, with one sieve for all: a text is walked over once for all of them."""
        sieve = Sieve([rule.pattern.pattern for rules in tables for rule in rules])
        sets: list[RuleSet] = []
        first = 0
        for rules in tables:
            sets.append(cls(rules, sieve, first))
            first += len(rules)
        return sets

    def candidates(self, text: str) -> list[Rule]:
        """The rules whose pattern can match in the folded text at all, in the table's order."""
        bits = self.sieve.candidates(text) >> self.first & (1 << len(self.rules)) - 1
        found: list[Rule] = []
        while bits:
            lowest = bits & -bits
            found.append(self.rules[lowest.bit_length() - 1])
            bits ^= lowest
        return found

    def fired(self, text: str) -> list[Fired]:
        """The rules that hold in the folded text, in the table's order."""
        return [match for rule in self.candidates(text) if (match := first_match(rule, text)) is not None]


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
