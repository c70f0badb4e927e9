"""The starter models that the project ships."""

from dataclasses import replace
from functools import cache
from importlib.resources import files

from classifier.domain.text_model import Models
from classifier.model.model_file import read_model


@cache
def starter_models() -> Models:
    """The shipped type, topic and danger models, read once."""
    folder = files("classifier.data")
    by_type = read_model(folder / "starter_type.npz")
    by_topic = read_model(folder / "starter_topic.npz")
    if by_topic.ngrams == by_type.ngrams:
        by_topic = replace(by_topic, vocabulary=by_type.vocabulary)
    return Models(type=by_type, topic=by_topic, danger=read_model(folder / "starter_danger.npz"))
