"""One squared-hinge machine per label, all at once: dual coordinate descent, a step being one text for every label.

The method is that of Hsieh, Chang, Lin, Keerthi and Sundararajan (ICML 2008); the labels share the order of the texts,
so that a step is two small products instead of one loop per label.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

ROUNDS = 40
"""At most so many walks over all texts."""
ENOUGH = 0.02
"""No dual gradient larger than this: what is left to gain moves no label."""


def fit_machines(
    matrix: "csr_matrix[np.float32]",
    truth: NDArray[np.int64],
    labels: int,
    strength: float,
    told: Callable[[int, int], None] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weights (rows: columns of the matrix, columns: labels) and bias. ``told`` gets (rounds done, at most)."""
    texts, columns = matrix.shape
    signs = np.full((texts, labels), -1.0, dtype=np.float32)
    signs[np.arange(texts), truth] = 1.0
    weights = np.zeros((columns, labels), dtype=np.float32)
    bias = np.zeros(labels, dtype=np.float32)
    alphas = np.zeros((texts, labels), dtype=np.float32)
    loose = np.float32(1.0 / (2.0 * strength))
    # the bias is a feature that every text has with the value one
    steps = np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float32).ravel() + 1.0 + loose
    chance = np.random.default_rng(12345)
    for done in range(1, ROUNDS + 1):
        worst = 0.0
        for text in chance.permutation(texts):
            span = slice(matrix.indptr[text], matrix.indptr[text + 1])
            rows, values = matrix.indices[span], matrix.data[span]
            alpha, sign = alphas[text], signs[text]
            gradient = sign * (values @ weights[rows] + bias) - 1.0 + alpha * loose
            blocked = (alpha <= 0.0) & (gradient > 0.0)
            gradient[blocked] = 0.0
            size = float(np.abs(gradient).max())
            if size < ENOUGH / 4:
                continue
            worst = max(worst, size)
            moved = np.maximum(alpha - gradient / steps[text], 0.0)
            delta = (moved - alpha) * sign
            alphas[text] = moved
            weights[rows] += np.outer(values, delta)
            bias += delta
        if told is not None:
            told(done, ROUNDS)
        if worst < ENOUGH:
            break
    return weights, bias
