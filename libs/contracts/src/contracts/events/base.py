"""What every event class is: a frozen dataclass that knows its name, version, source and lane.

Events are plain standard-library dataclasses so that domain rules can fold them without a framework (ADR 0007).
Text fields carry their limits as annotations; the codec enforces them where messages come in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ClassVar, TypeVar, dataclass_transform

from annotated_types import MaxLen

from contracts.words import Lane, Service

Short = Annotated[str, MaxLen(200)]
"""Names, references, reasons in a word: at most 200 characters."""
Text = Annotated[str, MaxLen(20_000)]
"""What people write: at most 20 000 characters."""


class Event:
    """A fact in the past tense. Subclasses are declared with ``@event``."""

    __slots__ = ()
    NAME: ClassVar[str]
    VERSION: ClassVar[int]
    SOURCE: ClassVar[Service]
    LANE: ClassVar[Lane]


E = TypeVar("E", bound=Event)

REGISTRY: dict[str, type[Event]] = {}
"""Event name to class; complete once ``contracts.events`` is imported."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
def event(name: str, source: Service, *, version: int = 1, lane: Lane = Lane.ORDINARY) -> Callable[[type[E]], type[E]]:
    """Declare an event: its routing key is ``name``; ``lane`` is where it travels unless the subject is a suspect."""

    def declare(cls: type[E]) -> type[E]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        made.NAME, made.VERSION, made.SOURCE, made.LANE = name, version, source, lane
        if name in REGISTRY:
            raise ValueError(f"event {name} is declared twice")
        REGISTRY[name] = made
        return made

    return declare
