"""Which characters a pattern cannot do without, so that most texts need no search at all."""

import re
from typing import Any

_LARGEST = 400


def required_characters(pattern: str) -> frozenset[str] | None:
    """A set of which every text that matches holds at least one character; None when there is no such set.

    Case must be folded already: the patterns of the tables are written for folded text.
    """
    parsed = re._parser.parse(pattern)  # type: ignore[attr-defined]  # the only parser of its patterns Python has
    return _of_sequence(list(parsed))


def _of_sequence(items: list[tuple[Any, Any]]) -> frozenset[str] | None:
    best: frozenset[str] | None = None
    for operation, argument in items:
        found = _of_item(str(operation), argument)
        if found is not None and (best is None or len(found) < len(best)):
            best = found
    return best


def _of_item(operation: str, argument: Any) -> frozenset[str] | None:
    if operation == "LITERAL":
        return frozenset(chr(argument))
    if operation == "IN":
        return _of_class(argument)
    if operation == "SUBPATTERN":
        return _of_sequence(list(argument[-1]))
    if operation in {"MAX_REPEAT", "MIN_REPEAT"}:
        least, _, inner = argument
        return _of_sequence(list(inner)) if least else None
    if operation == "BRANCH":
        union: set[str] = set()
        for branch in argument[1]:
            found = _of_sequence(list(branch))
            if found is None:
                return None
            union |= found
        return frozenset(union) if len(union) <= _LARGEST else None
    return None


def _of_class(members: list[tuple[Any, Any]]) -> frozenset[str] | None:
    characters: set[str] = set()
    for operation, argument in members:
        if str(operation) == "LITERAL":
            characters.add(chr(argument))
        elif str(operation) == "RANGE" and argument[1] - argument[0] < 64:
            characters |= {chr(code) for code in range(argument[0], argument[1] + 1)}
        else:
            return None
    return frozenset(characters)
