"""Where tables and models come from, and whether they changed: each is a file that can be replaced while running."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from classifier.data.loading import load_tables, shipped_tables
from classifier.domain.tables import Tables
from classifier.domain.text_model import Models
from classifier.model.model_file import read_model
from classifier.model.starter import starter_models
from classifier.settings import ClassifierSettings


class OpinionFiles:
    """The tables' folder (or the shipped ones), the city's models, and the models tried in shadow."""

    def __init__(self, settings: ClassifierSettings) -> None:
        self._folder = settings.tables_dir
        self._city = settings.city_models
        self._tried = settings.shadow_models
        self._seen: tuple[tuple[str, int, int], ...] | None = None

    def load(self) -> tuple[Tables, Models, Models | None]:
        """Tables, models in force, and models tried. Raises ``ValueError`` naming file and reason, or ``OSError``."""
        self._seen = self._state()
        tables = load_tables(self._folder) if self._folder is not None else shipped_tables()
        models = with_models(starter_models(), self._city)
        return tables, models, with_models(models, self._tried) if self._tried else None

    def changed(self) -> bool:
        """Whether a file was replaced since they were last read, with or without success."""
        return self._seen != self._state()

    def _state(self) -> tuple[tuple[str, int, int], ...]:
        tables = sorted(self._folder.glob("*.toml")) if self._folder is not None else []
        files = [path for path in (*tables, *self._city, *self._tried) if path.exists()]
        return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)


def with_models(models: Models, files: Sequence[Path]) -> Models:
    """``models`` with those of ``files`` in place of the ones of the same target."""
    for path in files:
        model = read_model(path)
        if model.target not in ("type", "topic", "unit"):
            raise ValueError(f"{path.name}: a model of {model.target} is not known")
        models = replace(models, **{model.target: model})
    return models
