"""The starter models that the project ships."""

from functools import cache
from importlib.resources import files

from classifier.domain.text_model import Models
from classifier.model.linear import LinearModel
from classifier.model.model_file import read_model
from classifier.model.panel import panel_of


@cache
def starter_models() -> Models:
    """The shipped type, topic and danger models, read once."""
    by_type, by_topic, by_danger = panel_of([starter_model(target) for target in ("type", "topic", "danger")])
    return Models(type=by_type, topic=by_topic, danger=by_danger)


def starter_model(target: str) -> LinearModel:
    """One shipped model by itself."""
    return read_model(files("classifier.data") / f"starter_{target}.npz")
