"""Merges as the dispatcher's own facts tell them: into which order this one went, and which repeats came to it."""

from dataclasses import dataclass, field
from datetime import datetime

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import work_order as wo
from contracts.words import UnitPart


@dataclass(frozen=True, slots=True)
class Word:
    """Something this order told its caller: an interim word, or a result that passed review."""

    unit: str | None
    round: int
    number: int
    text: str
    given: datetime
    interim: bool = False

    @property
    def key(self) -> tuple[str, ...]:
        """What makes it one word."""
        return ("interim" if self.interim else "result", self.unit or "-", str(self.round), str(self.number))


@dataclass(slots=True)
class Links:
    """Both ends of merges. ``parents``: the orders it was ever merged into; ``changes`` counts merges and undoing."""

    merged: wo.Merged | None = None
    parents: list[str] = field(default_factory=list)
    changes: int = 0
    main_result: wo.MainReplied | None = None
    joined: dict[str, wo.RepeatJoined] = field(default_factory=dict)
    words: list[Word] = field(default_factory=list)
    _replies: dict[tuple[str, int, int], tuple[str, datetime]] = field(default_factory=dict)
    _parts: dict[tuple[str, int], UnitPart] = field(default_factory=dict)

    @property
    def merges(self) -> int:
        """How often it was merged."""
        return len(self.parents)

    def apply(self, fact: Fact[Event]) -> None:
        """Take one of the dispatcher's facts, in their order."""
        match fact.data:
            case wo.Merged() as event:
                self.merged = event
                self.parents.append(event.parent)
                self.changes += 1
                self.main_result = None
            case wo.Unmerged():
                self.merged = self.main_result = None
                self.changes += 1
            case wo.MainReplied() as event:
                self.main_result = self.main_result if event.interim else event
            case wo.RepeatJoined() as event:
                self.joined[event.repeat] = event
            case wo.RepeatLeft() as event:
                joined = self.joined.get(event.repeat)
                if joined is not None and joined.merge <= event.merge:
                    del self.joined[event.repeat]
            case _:
                self._hear(fact)

    def _hear(self, fact: Fact[Event]) -> None:
        match fact.data:
            case wo.Dispatched() as event:
                self._parts[event.unit, event.round] = event.part
            case wo.AnsweredDirectly() as event:
                self.words.append(Word(None, 1, 1, event.public_text, fact.time))
            case wo.InterimReplied() as event:
                nth = 1 + sum(1 for word in self.words if word.interim)
                self.words.append(Word(event.unit, event.round, nth, event.public_text, fact.time, interim=True))
            case wo.Replied() as event:
                self._replies[event.unit, event.round, event.number] = (event.public_text, fact.time)
            case wo.Approved() as event:
                text, given = self._replies.get((event.unit, event.round, event.number), ("", fact.time))
                if self._parts.get((event.unit, event.round), UnitPart.LEAD) is UnitPart.LEAD:
                    self.words.append(Word(event.unit, event.round, event.number, text, given))
            case _:
                pass
