"""A linear model over TF-IDF of character n-grams: numpy and a dictionary, nothing else at run time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from classifier.domain.text_model import Guess
from classifier.model.features import Asked, Vocabulary, part_of, prepare, rows_of


@dataclass(frozen=True)
class View:
    """One way of looking at a text, and weights by n-gram and label.

    ``ngrams`` and ``vocabulary`` are each other's inverse. ``weights`` (rows: n-grams, columns: labels) are
    whole multiples of ``scale``, at most 127 of them, as the file keeps them. ``asked`` says how who is asked to act
    is looked at; standing apart it is as long as the text, however long that is.
    """

    asked: Asked
    ngrams: tuple[str, ...]
    vocabulary: Vocabulary
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]

    @cached_property
    def _parts(self) -> NDArray[np.int8]:
        return np.fromiter(map(part_of, self.ngrams), dtype=np.int8, count=len(self.ngrams))

    def values(self, prepared: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows of the text's n-grams and what each counts; both empty when it holds none that is known."""
        counts = rows_of(prepared, self.vocabulary, self.asked)
        rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = times_of(np.fromiter(counts.values(), dtype=np.int64, count=len(counts)))
        values *= self.idf[rows]
        if self.asked is Asked.APART:
            return rows, one_long(values, self._parts[rows])
        return rows, np.asarray(values / max(float(np.sqrt(values @ values)), 1e-9), dtype=np.float32)


def one_long(values: NDArray[np.float32], parts: NDArray[np.int8]) -> NDArray[np.float32]:
    """The values with length one in each part by itself (``part_of``)."""
    lengths = np.sqrt(np.bincount(parts, weights=values * values, minlength=3))
    return np.asarray(values / np.maximum(lengths, 1e-9)[parts], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """The mean of one or more views, each fitted by itself: where they differ in their errors, the mean errs less.

    ``sharpness`` turns margins into calibrated probabilities.
    """

    target: str
    labels: tuple[str, ...]
    views: tuple[View, ...]
    sharpness: float
    version: str
    header: Mapping[str, object] = field(default_factory=dict)

    @property
    def ngrams(self) -> tuple[str, ...]:
        """What all views have learnt to look at."""
        return tuple(gram for view in self.views for gram in view.ngrams)

    def guess(self, body: str, asked: str = "", explain: bool = True) -> Guess:
        """Labels with probabilities, best first (at most twelve), and the n-grams that spoke most for the first."""
        margins = np.zeros(len(self.labels), dtype=np.float32)
        seen = []
        for view in self.views:
            rows, values = view.values(prepare(body, asked if view.asked is not Asked.NOT else ""))
            block = view.weights[rows]
            margins += values @ block + view.bias
            seen.append((view, rows, values, block))
        if not any(len(rows) for _, rows, _, _ in seen):
            return Guess(tuple((label, 1.0 / len(self.labels)) for label in self.labels))
        weights = np.exp((margins - margins.max()) * (self.sharpness / len(self.views)))
        order = (-weights).argsort()[:12]
        best = order.tolist()
        ranked = tuple(zip([self.labels[i] for i in best], (weights[order] / weights.sum()).tolist(), strict=True))
        if not explain:
            return Guess(ranked)
        view, rows, values, block = seen[0]
        return Guess(ranked, most_spoken(values * block[:, best[0]], rows, view.ngrams))


def times_of(counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """One plus the logarithm of how often each n-gram occurs."""
    return _TF.take(counts, mode="clip")


def most_spoken(
    shares: NDArray[np.float32], rows: NDArray[np.int64], ngrams: tuple[str, ...]
) -> tuple[tuple[str, float], ...]:
    """The three n-grams with the largest positive ``shares`` (one for each of ``rows``), largest first."""
    best = (-shares).argsort()[:3].tolist()
    return tuple((ngrams[rows[i]], float(shares[i])) for i in best if shares[i] > 0)


_TF = np.array([0.0] + [1.0 + log(count) for count in range(1, 64)], dtype=np.float32)
