"""Character n-grams of a text, after everything personal was taken out."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from classifier.domain.depersonalise import depersonalise

# marks other than "?" tell how an agent writes, not what the matter is
_MARKS = re.compile(r"[\s,。:;、()\[\]《》“”\"'.!…-]+")
WHOLE = "⇒"
"""Stands before the whole name of the unit that is asked."""
LONGEST = 3
"""N-grams have 1 to this many characters."""
ASKED = "→"
"""Stands before the n-grams of the unit that the agent asks to act, so that they are features of their own."""


@lru_cache(maxsize=16)
def prepare(body: str, asked: str = "") -> str:
    """Text for the model: depersonalised, marks as blanks; who is asked is appended in a line of its own."""
    plain = _MARKS.sub(" ", depersonalise(body.strip()))
    return f"{plain}\n{depersonalise(asked)}" if asked else plain


def grams(prepared: str) -> Iterator[str]:
    """Every n-gram, as often as it occurs. Those of the asked unit carry its mark."""
    plain, _, asked = prepared.partition("\n")
    framed = f"^{plain}$"
    for size in range(1, LONGEST + 1):
        for start in range(len(framed) - size + 1):
            yield framed[start : start + size]
    for size in range(1, 4):
        for start in range(len(asked) - size + 1):
            yield ASKED + asked[start : start + size]
    if asked:
        yield WHOLE + asked


class Vocabulary(dict[str, int]):
    """N-grams and their rows. Compared by identity, so that what was found for a text can be kept per vocabulary."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Only the same object is equal."""
        return self is other


@lru_cache(maxsize=16)
def rows_of(prepared: str, vocabulary: Vocabulary) -> Mapping[int, int]:
    """Rows of the vocabulary with their counts: ``grams`` and look-up in one, because this is the hot loop.

    The last few answers are kept: models of several targets that share a vocabulary ask for the same text in turn.
    """
    counts: dict[int, int] = {}
    find = vocabulary.get
    plain, _, asked = prepared.partition("\n")
    framed = f"^{plain}$"
    length = len(framed)
    for size in range(1, LONGEST + 1):
        for start in range(length - size + 1):
            row = find(framed[start : start + size])
            if row is not None:
                counts[row] = counts.get(row, 0) + 1
    for size in range(1, 4):
        for start in range(len(asked) - size + 1):
            row = find(ASKED + asked[start : start + size])
            if row is not None:
                counts[row] = counts.get(row, 0) + 1
    row = find(WHOLE + asked) if asked else None
    if row is not None:
        counts[row] = 1
    return counts
