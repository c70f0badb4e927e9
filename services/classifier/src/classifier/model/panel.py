"""Several linear models that look at the same n-grams, asked at once: one look-up and one product for all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.domain.text_model import Guess
from classifier.model.features import Vocabulary, prepare
from classifier.model.linear import LinearModel, most_spoken, times_of
from classifier.model.ngram_keys import find_keys, keys_of

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Weights of all models side by side, over the n-grams of all of them.

    ``keys`` are the n-grams' numbers (``ngram_keys``), rising, in the order of all rows. ``weights`` have each model's
    idf multiplied in; ``squares`` (rows: n-grams, columns: models) are the idfs squared, for the lengths. An n-gram
    that a model has not learnt is zero in both. ``model_of`` gives each column's model, ``starts`` each model's first
    column, ``bias`` and ``sharpness`` are by column.
    """

    ngrams: tuple[str, ...]
    keys: NDArray[np.int64]
    weights: Floats
    squares: Floats
    bias: Floats
    sharpness: Floats
    model_of: NDArray[np.int64]
    starts: NDArray[np.int64]

    def look(self, prepared: str) -> "Looked":
        """What all models see in a text; the last few answers are kept."""
        return _look(self, prepared)


class Looked(NamedTuple):
    """Rows of the text's n-grams, what each adds to each label before the length counts, the lengths, the answers."""

    rows: NDArray[np.int64]
    times: Floats
    block: Floats
    lengths: Floats
    probabilities: Floats


@lru_cache(maxsize=16)
def _look(panel: Panel, prepared: str) -> Looked:
    rows, counts = find_keys(f"^{prepared}$", panel.keys)
    times = times_of(counts)
    # on arrays so small "take" needs half the time of brackets
    block = panel.weights.take(rows, axis=0)
    lengths = np.maximum(np.sqrt((times * times) @ panel.squares.take(rows, axis=0)), np.float32(1e-9))
    margins = (times @ block / lengths[panel.model_of] + panel.bias) * panel.sharpness
    spread = np.exp(margins - np.maximum.reduceat(margins, panel.starts)[panel.model_of])
    probabilities = spread / np.add.reduceat(spread, panel.starts)[panel.model_of]
    return Looked(rows, times, block, lengths, np.asarray(probabilities, dtype=np.float32))


@dataclass(frozen=True, slots=True)
class PanelModel:
    """One of a panel's models; says what the model says by itself. Its labels are the columns from ``first`` on."""

    target: str
    labels: tuple[str, ...]
    panel: Panel
    number: int
    first: int
    version: str
    header: Mapping[str, object] = field(default_factory=dict)

    def guess(self, body: str, asked: str = "", explain: bool = True) -> Guess:
        """See ``LinearModel.guess``; who is asked is not looked at."""
        looked = self.panel.look(prepare(body))
        if not len(looked.rows):
            return Guess(tuple((label, 1.0 / len(self.labels)) for label in self.labels))
        mine = looked.probabilities[self.first : self.first + len(self.labels)]
        order = (-mine).argsort()[:12]
        best = order.tolist()
        ranked = tuple(zip([self.labels[i] for i in best], mine[order].tolist(), strict=True))
        if not explain:
            return Guess(ranked)
        shares = looked.times * looked.block[:, self.first + best[0]] / looked.lengths[self.number]
        return Guess(ranked, most_spoken(shares, looked.rows, self.panel.ngrams))


def panel_of(models: Sequence[LinearModel]) -> list[PanelModel]:
    """The same models as a panel. Each must have one view, without the asked unit."""
    views = [model.views[0] for model in models]
    ngrams = sorted(dict.fromkeys(gram for view in views for gram in view.ngrams), key=keys_of)
    vocabulary = Vocabulary((gram, row) for row, gram in enumerate(ngrams))
    sizes = [len(model.labels) for model in models]
    starts = [sum(sizes[:number]) for number in range(len(models))]
    weights = np.zeros((len(ngrams), sum(sizes)), dtype=np.float32)
    squares = np.zeros((len(ngrams), len(models)), dtype=np.float32)
    for number, (view, first, size) in enumerate(zip(views, starts, sizes, strict=True)):
        rows = np.array([vocabulary[gram] for gram in view.ngrams])
        weights[rows, first : first + size] = view.weights * view.idf[:, None]
        squares[rows, number] = view.idf * view.idf
    panel = Panel(
        ngrams=tuple(ngrams),
        keys=np.array([keys_of(gram) for gram in ngrams], dtype=np.int64),
        weights=weights,
        squares=squares,
        bias=np.concatenate([view.bias for view in views]),
        sharpness=np.repeat(np.array([model.sharpness for model in models], dtype=np.float32), sizes),
        model_of=np.repeat(np.arange(len(models)), sizes),
        starts=np.array(starts),
    )
    return [
        PanelModel(model.target, model.labels, panel, number, starts[number], model.version, model.header)
        for number, model in enumerate(models)
    ]
