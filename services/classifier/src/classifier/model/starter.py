"""The starter models that the project ships."""

from functools import cache
from importlib.resources import files

from classifier.domain.text_model import Models
from classifier.model.model_file import read_model


@cache
def starter_models() -> Models:
    """The shipped type and topic models, read once."""
    folder = files("classifier.data")
    return Models(type=read_model(folder / "starter_type.npz"), topic=read_model(folder / "starter_topic.npz"))
