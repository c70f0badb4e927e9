"""How much each n-gram speaks of danger, learnt from the repository's own texts: dictionary look-ups, nothing else."""

import json
import re
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from math import log, sqrt
from operator import add

_SENTENCE = re.compile(r"[^。!?;\n]+")
_MARKS = re.compile(r"[^一-龥a-z0-9]+")
_WORD = re.compile(r"[一-龥a-z]{2}")
_DIGITS = re.compile(r"\d+")
_SHORT = 60
"""Up to so many characters a sentence counts as much as the text."""


@dataclass(frozen=True, slots=True)
class Weights:
    """``danger`` gives an n-gram's weight for danger at all, ``services`` one for each of ``names``, in that order.

    A text's score is the sum of its known n-grams' weights over the root of their number, plus ``bias``; nought is
    as much for as against.
    """

    names: tuple[str, ...]
    bias: float
    danger: dict[str, float]
    services: dict[str, tuple[float, ...]]
    service_bias: tuple[float, ...]

    def danger_of(self, folded: str) -> float:
        """The score of the whole text or of its most dangerous sentence, whichever is higher.

        Of many sentences one easily looks odd: the longer the text, the less a single sentence counts.
        """
        sentences = [sentence for sentence in _SENTENCE.findall(folded) if _WORD.search(sentence)]
        found = [frozenset(self.danger.keys() & grams_of(sentence)) for sentence in sentences]
        if len(found) < 2:
            return max(map(self._score, found), default=float("-inf"))
        doubt = log(max(len(folded) / _SHORT, 1.0))
        return max(self._score(frozenset[str]().union(*found)), max(map(self._score, found)) - doubt)

    def services_of(self, folded: str) -> list[tuple[str, float]]:
        """Services with their scores, best first."""
        known = self.services.keys() & grams_of(folded)
        root = max(len(known), 1) ** 0.5
        sums = [sum(column) / root for column in zip(*(self.services[gram] for gram in known), strict=True)]
        scores = map(add, sums or [0.0] * len(self.names), self.service_bias)
        return sorted(zip(self.names, scores, strict=True), key=lambda pair: -pair[1])

    def _score(self, known: frozenset[str]) -> float:
        total = sum(self.danger[gram] for gram in known)
        return total / sqrt(max(len(known), 1)) + self.bias


def grams_of(folded: str) -> set[str]:
    """The different n-grams of one to three characters; marks count as blanks, numbers as one nought."""
    plain = f" {_MARKS.sub(' ', _DIGITS.sub('0', folded)).strip()} "
    pairs = list(map(add, plain, plain[1:]))
    return {*plain, *pairs, *map(add, pairs, plain[2:])}


def read_weights(file: Traversable | None = None) -> Weights:
    """The shipped weights, or those of another file: a line of JSON, then an n-gram and its numbers on each line."""
    head, *lines = (file or files("first_look") / "weights.txt").read_text(encoding="utf-8").splitlines()
    header = json.loads(head)
    danger: dict[str, float] = {}
    services: dict[str, tuple[float, ...]] = {}
    for line in lines:
        gram, *numbers = line.split("\t")
        danger[gram], *rest = [int(number) / header["scale"] for number in numbers]
        services[gram] = tuple(rest)
    return Weights(tuple(header["services"]), header["bias"], danger, services, tuple(header["service_bias"]))
