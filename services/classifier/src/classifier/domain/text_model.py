"""What the domain asks of a trained model; the learnt weights live outside the domain."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol


class Guess(NamedTuple):
    """Labels with probabilities, best first, and the n-grams that spoke most for the first."""

    ranked: tuple[tuple[str, float], ...]
    grams: tuple[tuple[str, float], ...] = ()


class TextModel(Protocol):
    """A swappable model of one target (``type``, ``topic`` or ``unit``)."""

    @property
    def target(self) -> str:
        """What the labels are."""
        ...

    @property
    def version(self) -> str:
        """Name and hash of the file."""
        ...

    def guess(self, body: str, asked: str, explain: bool = True) -> Guess:
        """Judge a folded text without set phrases; ``asked`` is the unit named in the agent's request.

        Without ``explain`` the n-grams are left out.
        """
        ...


@dataclass(frozen=True, slots=True)
class Models:
    """The models in force; a target without one is judged by rules alone."""

    type: TextModel | None = None
    topic: TextModel | None = None
    unit: TextModel | None = None
    danger: TextModel | None = None

    @property
    def version(self) -> str:
        """The versions joined, for the verdict."""
        parts = [model.version for model in (self.type, self.topic, self.unit, self.danger) if model is not None]
        return "+".join(dict.fromkeys(parts))
