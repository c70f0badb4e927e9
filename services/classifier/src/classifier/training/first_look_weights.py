"""Learns first-look's weights from the same texts as the danger model."""

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped] # scipy has no types

from classifier.domain.depersonalise import depersonalise
from classifier.training.machines import fit_machines
from first_look import LINE_OF
from first_look.weights import grams_of

LEAST_TEXTS = 3
"""An n-gram is learnt only when so many different texts hold it."""
MOST_GRAMS = 16_000
SCALE = 100
STRENGTH = 1.0


def first_look_weights(pairs: Sequence[tuple[str, str]], date: str) -> str:
    """The file's text, from pairs of folded text and service (another word than a service's: no danger)."""
    grams = [grams_of(depersonalise(text)) for text, _ in pairs]
    counts = Counter(gram for found in grams for gram in found)
    vocabulary = {gram: row for row, gram in enumerate(sorted(g for g, n in counts.items() if n >= LEAST_TEXTS))}
    names = tuple(LINE_OF)
    dangerous = np.array([service in LINE_OF for _, service in pairs])
    weights, bias = fit_machines(_matrix(grams, vocabulary), dangerous.astype(np.int64), 2, STRENGTH)
    kept = np.sort(np.argsort(-np.abs(weights[:, 1] - weights[:, 0]), kind="stable")[:MOST_GRAMS])
    which = [(found, names.index(told)) for found, (_, told) in zip(grams, pairs, strict=True) if told in names]
    rows = list(vocabulary)
    known = {rows[row]: place for place, row in enumerate(kept.tolist())}
    services, service_bias = fit_machines(
        _matrix([found for found, _ in which], known), np.array([n for _, n in which]), len(names), STRENGTH
    )
    header = {
        "bias": round(float(bias[1] - bias[0]), 4),
        "date": date,
        "scale": SCALE,
        "service_bias": [round(float(one), 4) for one in service_bias],
        "services": names,
        "texts": len(pairs),
    }
    lines = [json.dumps(header)]
    for gram, place in known.items():
        row = vocabulary[gram]
        numbers = np.rint(SCALE * np.array([weights[row, 1] - weights[row, 0], *services[place]])).astype(int)
        lines.append("\t".join([gram, *map(str, numbers.tolist())]))
    return "\n".join(lines) + "\n"


def _matrix(grams: Sequence[set[str]], vocabulary: dict[str, int]) -> "csr_matrix[np.float32]":
    columns: list[NDArray[np.int32]] = []
    starts = [0]
    for found in grams:
        columns.append(np.array(sorted(vocabulary[gram] for gram in found if gram in vocabulary), dtype=np.int32))
        starts.append(starts[-1] + len(columns[-1]))
    values = [np.full(len(row), 1 / max(len(row), 1) ** 0.5, dtype=np.float32) for row in columns]
    return csr_matrix(
        (np.concatenate(values), np.concatenate(columns), np.array(starts, dtype=np.int64)),
        shape=(len(grams), len(vocabulary)),
    )
