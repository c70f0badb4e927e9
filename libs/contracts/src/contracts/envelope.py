"""The envelope around every event: CloudEvents 1.0 attribute names, JSON on the wire."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID, uuid5

from contracts.events.base import Event
from contracts.words import Lane, Service

D = TypeVar("D", bound=Event, covariant=True)

DECISIONS = UUID("3f2a8f34-5f0e-5c1b-9d55-12345a12345b")
"""Namespace of decision ids (rule 3b)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[D]):
    """One event in its envelope.

    ``time`` is business time, aware, UTC. ``sequence`` counts 1, 2, 3 … per subject and source: a missing number in the
    journal is a lost event. ``lane`` is where it travels.
    """

    id: str
    source: Service
    subject: str
    sequence: int
    time: datetime
    data: D
    lane: Lane = Lane.ORDINARY
    correlationid: str = ""
    traceparent: str | None = None

    @property
    def type(self) -> str:
        """The event's name, for example ``appeal.registered``; also its routing key."""
        return self.data.NAME


def decision_id(subject: str, event_name: str, key: tuple[str, ...]) -> str:
    """The id of the one decision that ``key`` describes: two replicas deciding the same decide it once (rule 3b).

    ``key`` holds everything that makes it one decision: clock kind, unit or line, round, number within the round,
    calendar version for a recomputation; for a command, the user and the command id.
    """
    return str(uuid5(DECISIONS, "\x1f".join((subject, event_name, *key))))
