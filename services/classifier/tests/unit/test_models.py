"""Model files: the same content back, nothing executed, a change noticed; fitting learns what it is shown."""

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from classifier.model.model_file import ModelFileError, from_bytes, read_model, to_bytes
from classifier.model.starter import starter_models
from classifier.training.fit import Example, Recipe, fit
from classifier.training.texts import composed_texts, written_texts

EXAMPLES = [Example(f"停水了第{n}天没水用", "", "water") for n in range(12)] + [
    Example(f"停电了第{n}天没电用", "", "power") for n in range(12)
]
MODEL = fit(EXAMPLES, "unit", Recipe(min_texts=2))


def test_a_fitted_model_tells_its_labels_apart() -> None:
    assert ["water", "power"] == [MODEL.guess(text).ranked[0][0] for text in ("又没水", "又没电")]


def test_a_model_file_gives_the_same_answers_as_the_model(tmp_path: Path) -> None:
    path = tmp_path / "unit.npz"
    path.write_bytes(to_bytes(MODEL, {"name": "unit", "date": "2026-11-01"}))
    first, second = MODEL.guess("停水了"), read_model(path).guess("停水了")
    assert [label for label, _ in first.ranked] == [label for label, _ in second.ranked]
    assert first.ranked[0][1] == pytest.approx(second.ranked[0][1], abs=1e-3)


def test_the_same_model_gives_the_same_bytes() -> None:
    assert to_bytes(MODEL, {"name": "a"}) == to_bytes(MODEL, {"name": "a"})


def test_a_changed_file_is_refused() -> None:
    content = to_bytes(MODEL, {"name": "unit"})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(len(MODEL.labels), dtype=np.float32))
    parts["bias.npy"] = buffer.getvalue()
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    with pytest.raises(ModelFileError, match="hash"):
        from_bytes(changed.getvalue(), "unit.npz")


class Trap:
    """Would touch a file if it were unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.path,)  # type: ignore[return-value]


def test_a_pickle_in_a_model_file_is_refused_and_not_run(tmp_path: Path) -> None:
    sprung = tmp_path / "sprung"
    buffer = io.BytesIO()
    np.savez(buffer, header=np.array([Trap(sprung)], dtype=object), weights=np.zeros(1))
    for content in (buffer.getvalue(), pickle.dumps(Trap(sprung)), b"", b"not a model"):
        with pytest.raises(ModelFileError):
            from_bytes(content, "evil.npz")
    assert not sprung.exists()


def test_the_shipped_models_say_what_they_were_trained_on() -> None:
    for model in (starter_models().type, starter_models().topic, starter_models().danger):
        assert {"name", "data", "date", "hash", "texts"} <= set(model.header)  # type: ignore[union-attr]


def test_the_repository_holds_at_least_three_thousand_texts_and_half_as_many_written_by_hand() -> None:
    written = written_texts()
    assert len(set(written)) >= 1500
    assert len(set(written + composed_texts(written))) >= 3000


def test_composing_texts_twice_gives_the_same_texts() -> None:
    written = written_texts()
    assert composed_texts(written) == composed_texts(written)
