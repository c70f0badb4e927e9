"""Character n-grams of a text, after everything personal was taken out."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from enum import StrEnum
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


class Asked(StrEnum):
    """How a model looks at who is asked to act: not at all, apart from the text, or as words of the text."""

    NOT = "not"
    APART = "apart"
    AMONG = "among"


@lru_cache(maxsize=16)
def prepare(body: str, asked: str = "") -> str:
    """Text for the model: depersonalised, marks as blanks; who is asked is appended in a line of its own."""
    plain = _MARKS.sub(" ", depersonalise(body.strip()))
    return f"{plain}\n{_MARKS.sub(' ', depersonalise(asked))}" if asked else plain


def grams(prepared: str, view: Asked) -> Iterator[str]:
    """Every n-gram, as often as it occurs. Those of the asked unit carry its mark where they stand apart."""
    plain, _, asked = prepared.partition("\n")
    if view is Asked.AMONG:
        return _pieces(f"^{plain}\n{asked}$" if asked else f"^{plain}$")
    if view is Asked.NOT or not asked:
        return _pieces(f"^{plain}$")
    return chain(_pieces(f"^{plain}$"), map(ASKED.__add__, _pieces(asked)), (WHOLE + asked,))


def part_of(gram: str) -> int:
    """0: of the text, 1: of the asked unit's name, 2: that name as a whole; each part is as long as the others."""
    return 2 if gram[0] == WHOLE else int(gram[0] == ASKED)


class Vocabulary(dict[str, int]):
    """N-grams and their rows. Compared by identity, so that what was found for a text can be kept per vocabulary."""

    __hash__ = object.__hash__  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Only the same object is equal."""
        return self is other


@lru_cache(maxsize=16)
def rows_of(prepared: str, vocabulary: Vocabulary, view: Asked) -> Mapping[int, int]:
    """Rows of the vocabulary with their counts. The hot loop of the models, so it takes no step of ours per n-gram.

    The last few answers are kept: models of several targets that share a vocabulary ask for the same text in turn.
    """
    counts: Counter[int | None] = Counter(map(vocabulary.get, grams(prepared, view)))
    del counts[None]
    return counts  # type: ignore[return-value]  # what was not found is deleted


def _pieces(text: str) -> Iterator[str]:
    """Every n-gram of 1 to 3 characters."""
    pairs = list(map(add, text, text[1:]))
    return chain(text, pairs, map(add, pairs, text[2:]))
