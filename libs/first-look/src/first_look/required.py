"""What a pattern cannot do without, so that most patterns need no search in most texts."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, pairwise
from operator import add
from typing import Any

_LARGEST = 1_500
_SINGLE_COSTS = 25
"""A single character is met about so many times as often as a given pair."""
_COMMON_COSTS = 400
_COMMON = frozenset(
    "了不人一的没有车么在公电里水上要建到我路个费议来地开请怎工是多家小区办老房还业收子口年天下道楼时门说证停三望交就修希给"
    "理出管什保过能都补吗司把学用被报少物半发通村退钱哪大生行加机其次店打点单反几市民处反映对为和以后进向从这那他她也可以于"
)
"""Characters of every other text; patterns had better be looked for by something else."""

_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_Items = list[tuple[Any, Any]]


def required_pieces(pattern: str) -> frozenset[str] | None:
    """Pieces of one or two characters of which every match holds at least one; None when there is no such set.

    Case must be folded already: the patterns of the tables are written for folded text.
    """
    parsed = re._parser.parse(pattern)  # type: ignore[attr-defined]  # the only parser of its patterns Python has
    return _of_sequence(list(parsed))


class Sieve:
    """Tells in one walk over a text which of many patterns can match in it at all."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """A pattern's number is its place in ``patterns``."""
        self._always = 0
        self._wanting: dict[str, int] = {}
        for number, pattern in enumerate(patterns):
            pieces = required_pieces(pattern)
            if pieces is None:
                self._always |= 1 << number
            for piece in pieces or ():
                self._wanting[piece] = self._wanting.get(piece, 0) | 1 << number
        self._pieces = frozenset(self._wanting)

    def candidates(self, text: str) -> int:
        """A bit for each pattern that is worth searching for. The last few texts' answers are kept."""
        return _candidates(self, text)

    def look(self, text: str) -> int:
        """``candidates``, looked for anew."""
        found = self._always
        for piece in self._pieces.intersection(chain(text, map(add, text, text[1:]))):
            found |= self._wanting[piece]
        return found


class Hints:
    """Tells the same as a ``Sieve`` by one quick search for each pattern: faster when only a few look at a text."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """A pattern's number is its place in ``patterns``; one without required pieces is always worth a search."""
        needed = [required_pieces(pattern) or {""} for pattern in patterns]
        self._hints = [re.compile("|".join(map(re.escape, sorted(pieces)))) for pieces in needed]

    def candidates(self, text: str) -> int:
        """A bit for each pattern that is worth searching for."""
        return sum(1 << number for number, hint in enumerate(self._hints) if hint.search(text))


@lru_cache(maxsize=16)
def _candidates(sieve: Sieve, text: str) -> int:
    return sieve.look(text)


def _cost(pieces: frozenset[str]) -> int:
    return sum(1 if len(p) == 2 else _COMMON_COSTS if p in _COMMON else _SINGLE_COSTS for p in pieces)


def _of_sequence(items: _Items) -> frozenset[str] | None:
    # what consumes nothing (anchors, looking ahead and back) does not part two characters
    items = [item for item in items if str(item[0]) not in {"AT", "ASSERT", "ASSERT_NOT"}]
    found = [_of_item(str(operation), argument) for operation, argument in items]
    found += [_pairs(first, second) for first, second in pairwise(items)]
    return min((pieces for pieces in found if pieces is not None), key=_cost, default=None)


def _of_item(operation: str, argument: Any) -> frozenset[str] | None:
    if operation in {"LITERAL", "IN"}:
        return _single(operation, argument)
    if operation == "SUBPATTERN":
        return _of_sequence(list(argument[-1]))
    if operation in _REPEATS:
        least, _, inner = argument
        return _of_sequence(list(inner)) if least else None
    if operation == "BRANCH":
        union: set[str] = set()
        for branch in argument[1]:
            pieces = _of_sequence(list(branch))
            if pieces is None:
                return None
            union |= pieces
        return frozenset(union) if len(union) <= _LARGEST else None
    return None


def _pairs(first: tuple[Any, Any], second: tuple[Any, Any]) -> frozenset[str] | None:
    """The pairs in which the two meet, when each always consumes something."""
    tails, heads = _edge(str(first[0]), first[1], -1), _edge(str(second[0]), second[1], 0)
    if tails is None or heads is None or len(tails) * len(heads) > _LARGEST:
        return None
    return frozenset(tail + head for tail in tails for head in heads)


def _edge(operation: str, argument: Any, end: int) -> frozenset[str] | None:
    """The characters with which an item can begin (``end`` 0) or end (-1); None when it may be empty or anything."""
    if operation in {"LITERAL", "IN"}:
        return _single(operation, argument)
    if operation == "SUBPATTERN":
        return _edge_of_sequence(list(argument[-1]), end)
    if operation in _REPEATS:
        least, _, inner = argument
        return _edge_of_sequence(list(inner), end) if least else None
    if operation == "BRANCH":
        edges = [_edge_of_sequence(list(branch), end) for branch in argument[1]]
        known = [edge for edge in edges if edge is not None]
        return frozenset().union(*known) if len(known) == len(edges) else None
    return None


def _edge_of_sequence(items: _Items, end: int) -> frozenset[str] | None:
    items = [item for item in items if str(item[0]) not in {"AT", "ASSERT", "ASSERT_NOT"}]
    return _edge(str(items[end][0]), items[end][1], end) if items else None


def _single(operation: str, argument: Any) -> frozenset[str] | None:
    if operation == "LITERAL":
        return frozenset(chr(argument))
    characters: set[str] = set()
    for kind, member in argument:
        if str(kind) == "LITERAL":
            characters.add(chr(member))
        elif str(kind) == "RANGE" and member[1] - member[0] < 64:
            characters |= {chr(code) for code in range(member[0], member[1] + 1)}
        else:
            return None
    return frozenset(characters)
