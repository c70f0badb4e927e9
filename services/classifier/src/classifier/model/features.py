"""Character n-grams of a text, after everything personal was taken out."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain
from operator import add

from classifier.domain.depersonalise import depersonalise

# marks other than "?" tell how an agent writes, not what the matter is
_MARKS = re.compile(r"[\s,。:;、()\[\]《》“”\"'.!…-]+")
WHOLE = "⇒"
"""Stands before the whole name of the unit that is asked."""
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
    yield from _pieces(framed)
    if asked:
        yield from map(ASKED.__add__, _pieces(asked))
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
    plain, _, asked = prepared.partition("\n")
    pieces = _pieces(f"^{plain}$")
    if asked:
        pieces = chain(pieces, map(ASKED.__add__, _pieces(asked)))
    counts = Counter(map(vocabulary.get, pieces))
    row = vocabulary.get(WHOLE + asked) if asked else None
    if row is not None:
        counts[row] = 1
    del counts[None]
    return counts  # type: ignore[return-value]  # what was not found is deleted


def _pieces(text: str) -> Iterator[str]:
    """Every n-gram of 1 to 3 characters, made without a step of ours per n-gram."""
    pairs = list(map(add, text, text[1:]))
    return chain(text, pairs, map(add, pairs, text[2:]))
