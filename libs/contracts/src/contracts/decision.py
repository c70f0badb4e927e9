"""What a service's rules answer when they look at an appeal: decisions to record, and when to look again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.events.base import Event
from contracts.words import Lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One event to record. ``key`` holds everything that makes it one decision (rule 3b); ``time`` is business time.

    ``lane`` overrides the event's own lane, for suspects that travel on the emergency lane.
    """

    event: Event
    time: datetime
    key: tuple[str, ...]
    lane: Lane | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something to send that is not a fact: an assignment to a unit, a hand-over to a line, an answer to a command.

    ``key`` makes it one message, like a decision's. ``body`` is plain JSON data; the chassis adds ``id``, ``subject``,
    ``time`` and ``traceparent``. Messages of one ``stream`` arrive in the order they were decided.
    """

    exchange: str
    routing_key: str
    stream: str
    key: tuple[str, ...]
    body: Mapping[str, Any]
    time: datetime
    lane: Lane = Lane.ORDINARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """Decisions and messages because of facts, and the business instant at which to look again without a new fact.

    ``at_rest``: nothing follows from the decisions themselves and ``next_wake`` knows them: no second look is needed.
    """

    decisions: tuple[Decision, ...] = ()
    messages: tuple[Message, ...] = ()
    next_wake: datetime | None = None
    at_rest: bool = False
