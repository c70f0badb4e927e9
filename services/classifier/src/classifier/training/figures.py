"""How good is a model: accuracy, macro-F1, top-3, per class, confusion, calibration."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from classifier.domain.text_model import Guess
from classifier.training.fit import Example

Ranked = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Precision, recall and F1 (0..1) of one label and its number of rows."""

    label: str
    precision: float
    recall: float
    f1: float
    rows: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares in 0..1. ``calibration``: (mean confidence, share right, rows) per tenth of confidence."""

    rows: int
    accuracy: float
    top3: float
    macro_f1: float
    classes: tuple[ClassFigures, ...]
    confusion: tuple[tuple[tuple[str, str], int], ...]
    calibration: tuple[tuple[float, float, int], ...]


def measure(pairs: Sequence[tuple[str, Ranked]]) -> Figures:
    """Figures from pairs of true label and ranked labels."""
    right = sum(ranked[0][0] == truth for truth, ranked in pairs)
    near = sum(any(label == truth for label, _ in ranked[:3]) for truth, ranked in pairs)
    said = Counter(ranked[0][0] for _, ranked in pairs)
    true = Counter(truth for truth, _ in pairs)
    hits = Counter(truth for truth, ranked in pairs if ranked[0][0] == truth)
    classes = []
    for label in sorted(true):
        precision = hits[label] / said[label] if said[label] else 0.0
        recall = hits[label] / true[label]
        f1 = 2 * precision * recall / (precision + recall) if hits[label] else 0.0
        classes.append(ClassFigures(label, precision, recall, f1, true[label]))
    confusion = Counter((truth, ranked[0][0]) for truth, ranked in pairs)
    total = max(len(pairs), 1)
    return Figures(
        rows=len(pairs),
        accuracy=right / total,
        top3=near / total,
        macro_f1=sum(item.f1 for item in classes) / max(len(classes), 1),
        classes=tuple(classes),
        confusion=tuple(confusion.most_common()),
        calibration=_calibration(pairs),
    )


def judge(guess: Callable[[str, str], Guess], examples: Sequence[Example]) -> list[tuple[str, Ranked]]:
    """Ask a model for every example."""
    return [(example.label, guess(example.body, example.asked).ranked) for example in examples]


def folds(examples: Sequence[Example], number: int) -> list[tuple[list[Example], list[Example]]]:
    """Split into ``number`` pairs of training and test rows, labels spread evenly, equal texts kept together."""
    order: dict[str, int] = {}
    places: dict[str, int] = {}
    for example in examples:
        if example.body not in places:
            places[example.body] = order.get(example.label, 0) % number
            order[example.label] = order.get(example.label, 0) + 1
    return [
        (
            [example for example in examples if places[example.body] != fold_number],
            [example for example in examples if places[example.body] == fold_number],
        )
        for fold_number in range(number)
    ]


def _calibration(pairs: Sequence[tuple[str, Ranked]]) -> tuple[tuple[float, float, int], ...]:
    tenths: dict[int, list[tuple[float, bool]]] = {}
    for truth, ranked in pairs:
        tenths.setdefault(min(int(ranked[0][1] * 10), 9), []).append((ranked[0][1], ranked[0][0] == truth))
    return tuple(
        (sum(c for c, _ in rows) / len(rows), sum(ok for _, ok in rows) / len(rows), len(rows))
        for _, rows in sorted(tenths.items())
    )
