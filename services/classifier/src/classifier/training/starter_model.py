"""Trains the starter models on the repository's own texts: ``python -m classifier.training.starter_model``."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import first_look
from classifier.data.loading import shipped_tables
from classifier.domain.clauses import clauses
from classifier.domain.set_phrases import strip_set_phrases
from classifier.model.linear import LinearModel
from classifier.model.model_file import to_bytes
from classifier.training.first_look_weights import first_look_weights
from classifier.training.fit import Example, Recipe, fit
from classifier.training.texts import Written, composed_texts, danger_texts, fingerprint, written_texts
from first_look import fold

DATA = Path(__file__).parent.parent / "data"
RECIPES = {
    "type": Recipe(min_texts=3, largest=12_000, strength=0.6),
    "topic": Recipe(min_texts=3, largest=12_000, strength=1.5),
    "danger": Recipe(min_texts=2, largest=60_000, strength=1.0),
}


def train(target: str, texts: tuple[Written, ...]) -> LinearModel:
    """Fit the starter model of a target (``type``, ``topic`` or ``danger``)."""
    if target == "danger":
        return fit([Example(text, "", service) for text, service in danger_pairs(texts)], target, RECIPES[target])
    phrases = shipped_tables().phrases
    examples = []
    for text in texts:
        bare = strip_set_phrases(fold(text.text), phrases)
        examples.append(Example(bare.body, bare.asked, str(text.type) if target == "type" else text.topic))
    return fit(examples, target, RECIPES[target])


def danger_pairs(ordinary: tuple[Written, ...]) -> list[tuple[str, str]]:
    """Pairs of folded text and service (``none``: no danger): the danger texts, and ordinary ones with their clauses.

    Of the ordinary texts those are left out that the rules raise: they were not labelled for danger.
    """
    rules = shipped_tables().emergencies
    folded = [fold(text.text) for text in ordinary]
    parts = [part for text in folded if len(text) > 20 for part in clauses(text) if len(part) > 5]
    quiet = [text for text in dict.fromkeys(folded + parts) if not rules.fired(text)]
    return [*((fold(text), service) for text, service in danger_texts()), *((text, "none") for text in quiet)]


def main() -> None:
    """Train both starter models and write them into the package's data."""
    written = written_texts()
    texts = written + composed_texts(written)
    sys.stdout.write(f"{len(written)} written texts, {len(texts)} with composed ones\n")
    for target in RECIPES:
        model = train(target, written if target == "danger" else texts)
        header = {
            "name": f"starter-{target}",
            "texts": len(texts),
            "written": len(written),
            "data": fingerprint(texts),
            "date": datetime.now(UTC).date().isoformat(),
        }
        path = DATA / f"starter_{target}.npz"
        path.write_bytes(to_bytes(model, header))
        size = path.stat().st_size // 1024
        sys.stdout.write(f"{path.name}: {len(model.ngrams)} n-grams, {len(model.labels)} labels, {size} kB\n")
    framed = [(fold(text.text), "none") for text in texts[len(written) :: 3]]
    weights = first_look_weights(danger_pairs(written) + framed, datetime.now(UTC).date().isoformat())
    (Path(first_look.__file__).parent / "weights.txt").write_text(weights, encoding="utf-8")


if __name__ == "__main__":
    main()
