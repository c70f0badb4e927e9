"""Fits a linear model: one squared-hinge machine per label over TF-IDF of character n-grams."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import log
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from classifier.model.features import Asked, Vocabulary, grams, part_of, prepare
from classifier.model.linear import LinearModel, View, one_long
from classifier.training.machines import fit_machines

if TYPE_CHECKING:  # scipy takes a second to import, and most commands that import this train nothing
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped] # scipy has no types


@dataclass(frozen=True, slots=True)
class Example:
    """A text without its set phrases, who was asked to act, and its label."""

    body: str
    asked: str
    label: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to fit.

    ``min_texts``: an n-gram is learnt only when so many different texts hold it (what only one person said is not
    learnt). ``strength``: weight of the errors against the size of the weights (C of a support vector machine), for
    each of the ``views``.
    """

    min_texts: int = 3
    largest: int = 60_000
    strength: float = 1.0
    views: tuple[Asked, ...] = (Asked.NOT,)


Progress = Callable[[str, int, int], None]


def fit(examples: Sequence[Example], target: str, recipe: Recipe, progress: Progress | None = None) -> LinearModel:
    """Fit a model to the examples. ``progress`` is called with (step, done, of)."""
    labels = tuple(sorted({example.label for example in examples}))
    index = {label: number for number, label in enumerate(labels)}
    truth = np.fromiter((index[example.label] for example in examples), dtype=np.int64, count=len(examples))
    held = np.arange(len(examples)) % 5 == 0
    tried = len(examples) >= 50 and len(np.unique(truth[~held])) >= 2
    views: list[View] = []
    margins = np.zeros((int(held.sum()), len(labels)))
    for number, asked in enumerate(recipe.views):
        told = partial(_tell, progress, number, len(recipe.views))
        counted = [Counter(grams(prepare(e.body, e.asked if asked is not Asked.NOT else ""), asked)) for e in examples]
        vocabulary, idf = _vocabulary(counted, recipe)
        matrix = _matrix(counted, vocabulary, idf, asked)
        weights, bias = fit_machines(matrix, truth, len(labels), recipe.strength, told)
        views.append(_view(asked, vocabulary, idf, weights, bias))
        if tried:
            # how sure the margins may make us is asked of rows that the machines did not see
            weights, bias = fit_machines(matrix[~held], truth[~held], len(labels), recipe.strength)
            margins += matrix[held] @ weights + bias
    sharpness = _sharpness(margins / len(views), truth[held]) if tried else 3.0
    return LinearModel(target, labels, tuple(views), sharpness, version=f"{target}@new")


def _tell(progress: Progress | None, view: int, views: int, done: int, of: int) -> None:
    if progress is not None:
        progress("fit", view * of + done, views * of)


def _view(
    asked: Asked,
    vocabulary: Vocabulary,
    idf: NDArray[np.float32],
    weights: NDArray[np.float32],
    bias: NDArray[np.float32],
) -> View:
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-9) / 127.0
    small = np.clip(np.rint(weights / scale), -127, 127).astype(np.int8)
    return View(
        asked=asked,
        ngrams=tuple(vocabulary),
        vocabulary=vocabulary,
        idf=idf.astype(np.float16).astype(np.float32),
        weights=(small * scale).astype(np.float32),
        scale=scale.astype(np.float32),
        bias=bias.astype(np.float32),
    )


def _vocabulary(counted: Sequence[Counter[str]], recipe: Recipe) -> tuple[Vocabulary, NDArray[np.float32]]:
    texts_with: dict[str, int] = {}
    for counts in counted:
        for gram in counts:
            texts_with[gram] = texts_with.get(gram, 0) + 1
    kept = [gram for gram, texts in texts_with.items() if texts >= recipe.min_texts]
    kept.sort(key=lambda gram: (-texts_with[gram], gram))
    kept = sorted(kept[: recipe.largest])
    total = len(counted)
    idf = np.array([log((1 + total) / (1 + texts_with[gram])) + 1.0 for gram in kept], dtype=np.float32)
    return Vocabulary((gram, row) for row, gram in enumerate(kept)), idf


def _matrix(
    counted: Sequence[Counter[str]], vocabulary: Vocabulary, idf: NDArray[np.float32], asked: Asked
) -> "csr_matrix[np.float32]":
    from scipy.sparse import csr_matrix

    columns: list[NDArray[np.int32]] = []
    values: list[NDArray[np.float32]] = []
    starts = [0]
    parts = np.fromiter(map(part_of, vocabulary), dtype=np.int8, count=len(vocabulary))
    if asked is not Asked.APART:
        parts[:] = 0
    for counts in counted:
        known = sorted((vocabulary[gram], count) for gram, count in counts.items() if gram in vocabulary)
        row = np.array([column for column, _ in known], dtype=np.int32)
        weights = np.array([1.0 + log(min(count, 63)) for _, count in known], dtype=np.float32) * idf[row]
        values.append(one_long(weights, parts[row]))
        columns.append(row)
        starts.append(starts[-1] + len(row))
    return csr_matrix(
        (np.concatenate(values), np.concatenate(columns), np.array(starts, dtype=np.int64)),
        shape=(len(counted), len(vocabulary)),
    )


def _sharpness(margins: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """What margins must be multiplied by to be honest probabilities."""
    from scipy.optimize import minimize_scalar  # type: ignore[import-untyped] # scipy has no types

    def surprise(factor: float) -> float:
        scaled = margins * factor
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        spread = np.log(np.exp(scaled).sum(axis=1))
        return float((spread - scaled[np.arange(len(scaled)), truth]).mean())

    return float(minimize_scalar(surprise, bounds=(0.3, 12.0), method="bounded").x)
