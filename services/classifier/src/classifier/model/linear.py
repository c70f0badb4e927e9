"""A linear model over TF-IDF of character n-grams: numpy and a dictionary, nothing else at run time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log

import numpy as np
from numpy.typing import NDArray

from classifier.domain.text_model import Guess
from classifier.model.features import Vocabulary, prepare, rows_of


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights by n-gram and label.

    ``ngrams`` and ``vocabulary`` are each other's inverse. ``weights`` (rows: n-grams, columns: labels) are
    whole multiples of ``scale``, at most 127 of them, as the file keeps them; ``sharpness`` turns margins into
    calibrated probabilities; ``uses_asked`` says whether the unit asked to act is a feature.
    """

    target: str
    labels: tuple[str, ...]
    ngrams: tuple[str, ...]
    vocabulary: Vocabulary
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]
    sharpness: float
    uses_asked: bool
    version: str
    header: Mapping[str, object] = field(default_factory=dict)

    def guess(self, body: str, asked: str = "") -> Guess:
        """Labels with probabilities, best first (at most twelve), and the n-grams that spoke most for the first."""
        counts = rows_of(prepare(body, asked if self.uses_asked else ""), self.vocabulary)
        if not counts:
            return Guess(tuple((label, 1.0 / len(self.labels)) for label in self.labels))
        rows = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        tf = np.array([_TF[count] if count < 64 else _TF[63] for count in counts.values()], dtype=np.float32)
        values = tf * self.idf[rows]
        values /= np.sqrt(values @ values)
        block = self.weights[rows]
        margins = values @ block + self.bias
        weights = np.exp((margins - margins.max()) * self.sharpness)
        probabilities = weights / weights.sum()
        order = np.argsort(-probabilities)[:12].tolist()
        ranked = tuple((self.labels[i], float(probabilities[i])) for i in order)
        spoken = values * block[:, order[0]]
        top = np.argsort(-spoken)[:3].tolist()
        return Guess(ranked, tuple((self.ngrams[rows[i]], float(spoken[i])) for i in top if spoken[i] > 0))


_TF = [0.0] + [1.0 + log(count) for count in range(1, 64)]
