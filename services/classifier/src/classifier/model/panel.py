"""Several linear models that look at the same n-grams, asked at once: one look-up and one product for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from classifier.domain.text_model import Guess
from classifier.model.features import Asked, Vocabulary, prepare, rows_of
from classifier.model.linear import LinearModel, ranked_guess, term_counts


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Weights of all models side by side, over the n-grams of all of them.

    ``weights`` have each model's idf multiplied in; ``squares`` (rows: n-grams, columns: models) are the idfs squared,
    for the lengths. An n-gram that a model has not learnt is zero in both.
    """

    ngrams: tuple[str, ...]
    vocabulary: Vocabulary
    weights: NDArray[np.float32]
    squares: NDArray[np.float32]

    def look(self, prepared: str) -> "Looked":
        """What all models see in a text; the last few answers are kept."""
        return _look(self, prepared)


@dataclass(frozen=True, slots=True)
class Looked:
    """Rows of the text's n-grams, what each adds to each label before the length counts, the sums, the lengths."""

    rows: NDArray[np.int64]
    times: NDArray[np.float32]
    block: NDArray[np.float32]
    sums: NDArray[np.float32]
    lengths: NDArray[np.float32]


@lru_cache(maxsize=16)
def _look(panel: Panel, prepared: str) -> Looked:
    rows, times = term_counts(rows_of(prepared, panel.vocabulary, Asked.NOT))
    block = panel.weights[rows]
    lengths = np.sqrt((times * times) @ panel.squares[rows])
    return Looked(rows, times, block, times @ block, np.maximum(lengths, np.float32(1e-9)))


@dataclass(frozen=True, slots=True)
class PanelModel:
    """One of a panel's models; says what the model says by itself. Its labels are the columns from ``first`` on."""

    target: str
    labels: tuple[str, ...]
    panel: Panel
    number: int
    first: int
    bias: NDArray[np.float32]
    sharpness: float
    version: str
    header: Mapping[str, object] = field(default_factory=dict)

    def guess(self, body: str, asked: str = "") -> Guess:
        """See ``LinearModel.guess``; who is asked is not looked at."""
        looked = self.panel.look(prepare(body))
        if not len(looked.rows):
            return Guess(tuple((label, 1.0 / len(self.labels)) for label in self.labels))
        length = looked.lengths[self.number]
        margins = looked.sums[self.first : self.first + len(self.labels)] / length + self.bias

        def spoken(label: int) -> NDArray[np.float32]:
            found: NDArray[np.float32] = looked.times * looked.block[:, self.first + label] / length
            return found

        return ranked_guess(self.labels, margins, self.sharpness, spoken, looked.rows, self.panel.ngrams)


def panel_of(models: Sequence[LinearModel]) -> list[PanelModel]:
    """The same models as a panel. Each must have one view, without the asked unit."""
    views = [model.views[0] for model in models]
    ngrams = tuple(dict.fromkeys(gram for view in views for gram in view.ngrams))
    vocabulary = Vocabulary((gram, row) for row, gram in enumerate(ngrams))
    weights = np.zeros((len(ngrams), sum(len(model.labels) for model in models)), dtype=np.float32)
    squares = np.zeros((len(ngrams), len(models)), dtype=np.float32)
    panel = Panel(ngrams, vocabulary, weights, squares)
    made: list[PanelModel] = []
    first = 0
    for number, (model, view) in enumerate(zip(models, views, strict=True)):
        rows = np.array([vocabulary[gram] for gram in view.ngrams])
        weights[rows, first : first + len(model.labels)] = view.weights * view.idf[:, None]
        squares[rows, number] = view.idf * view.idf
        made.append(
            PanelModel(
                target=model.target,
                labels=model.labels,
                panel=panel,
                number=number,
                first=first,
                bias=view.bias,
                sharpness=model.sharpness,
                version=model.version,
                header=model.header,
            )
        )
        first += len(model.labels)
    return made
