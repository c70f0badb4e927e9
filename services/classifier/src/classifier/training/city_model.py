"""Trains a city's own model on the city's own labelled rows."""

import csv
import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from classifier.data.loading import shipped_tables
from classifier.domain.set_phrases import strip_set_phrases
from classifier.model.features import Asked
from classifier.model.linear import LinearModel
from classifier.training.fit import Example, Progress, Recipe, fit
from first_look import fold

TARGETS = ("type", "topic", "unit")
RECIPES = {
    "type": Recipe(min_texts=3, largest=60_000, strength=0.6),
    "topic": Recipe(min_texts=3, largest=80_000, strength=1.0),
    "unit": Recipe(min_texts=3, largest=90_000, strength=0.45, views=(Asked.APART, Asked.AMONG)),
}


class RowsError(ValueError):
    """The CSV cannot be used: a column is missing or too few rows are labelled."""


def read_rows(path: Path, text: str, label: str) -> list[tuple[str, str]]:
    """Pairs of text and label from a UTF-8 CSV, with or without a byte-order mark; unlabelled rows are left out."""
    names, rows = read_table(path)
    missing = {text, label} - set(names)
    if missing:
        raise RowsError(f"no column {', '.join(sorted(missing))}; there are {', '.join(names)}")
    return [(row[text], row[label].strip()) for row in rows if (row[label] or "").strip() and row[text]]


def read_table(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    """Column names and rows of a UTF-8 CSV. Raises ``RowsError`` for what is no UTF-8 or no CSV."""
    csv.field_size_limit(10_000_000)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = list(reader.fieldnames or ())
            rows = list(reader)
    except UnicodeDecodeError as error:
        raise RowsError(f"{path}: is not UTF-8 (byte {error.start})") from None
    except csv.Error as error:
        raise RowsError(f"{path}: line {reader.line_num}: {error}") from None
    twice = sorted({name for name in names if names.count(name) > 1})
    if not names or twice:
        raise RowsError(f"{path}: {'is empty' if not names else 'has twice the column ' + ', '.join(twice)}")
    return names, rows


def as_examples(rows: Sequence[tuple[str, str]], target: str) -> list[Example]:
    """Fold the texts and take their set phrases off, as the verdict does for this target."""
    phrases = shipped_tables().phrases
    examples: list[Example] = []
    for text, label in rows:
        bare = strip_set_phrases(fold(text), phrases)
        of_unit = target == "unit"
        examples.append(Example(bare.whole() if of_unit else bare.body, bare.units if of_unit else bare.asked, label))
    return examples


def train_city_model(
    examples: Sequence[Example], target: str, least: int = 2, progress: Progress | None = None
) -> LinearModel:
    """Fit a model of ``target``; labels with fewer than ``least`` examples are not learnt."""
    counts = Counter(example.label for example in examples)
    kept = [example for example in examples if counts[example.label] >= least]
    if len({example.label for example in kept}) < 2:
        raise RowsError("at least two labels with enough rows are needed")
    return fit(kept, target, RECIPES[target], progress)


def rows_fingerprint(rows: Sequence[tuple[str, str]]) -> str:
    """Hash of all rows, kept in the model's header."""
    digest = hashlib.sha256()
    for text, label in rows:
        digest.update(f"{label}\t{text}\n".encode())
    return digest.hexdigest()
