"""One appeal's document in one service: facts, decisions, outbox, answers and timers, changed by one write (rule 1).

A use case looks at a ``Document`` and returns a ``Change``. ``Sheet`` is the working copy into which the changes of
one write are merged, and from which the one conditional update is made.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import uuid5

from chassis import tracing
from chassis.bus import Outgoing
from chassis.clock import infrastructure_now
from chassis.mongo import InsertOne, Row, UpdateOne
from contracts.codec import decode, encode
from contracts.decision import Decision, Message, Reaction
from contracts.envelope import DECISIONS, Fact, decision_id
from contracts.events import Event
from contracts.topology import facts_exchange
from contracts.words import Lane, Service

LEASES = {Lane.ORDINARY: timedelta(seconds=30), Lane.EMERGENCY: timedelta(seconds=3)}
"""How long a saved outbox entry belongs to the process that saved it (rule 2)."""

OUTBOX = {Lane.ORDINARY: "outbox", Lane.EMERGENCY: "outbox_emergency"}
SINCE = {Lane.ORDINARY: "outbox_since", Lane.EMERGENCY: "outbox_emergency_since"}
MARK = {Lane.ORDINARY: "outbox_mark", Lane.EMERGENCY: "outbox_emergency_mark"}
"""One entry of the last save that added some; absent when the outbox may hold entries of several processes."""

FACT_STREAM = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command was answered: an HTTP-like status and a JSON body; kept, and given again to a duplicate."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Who asked under which id. ``fingerprint`` is of the whole request: the same id with another body is refused."""

    user: str
    command_id: str
    fingerprint: str

    @staticmethod
    def of(user: str, command_id: str, body: Mapping[str, Any]) -> "Command":
        """The command for this request."""
        text = json.dumps(body, sort_keys=True, ensure_ascii=False, default=str)
        return Command(user=user, command_id=command_id, fingerprint=hashlib.sha256(text.encode()).hexdigest())

    @property
    def key(self) -> str:
        """Under this the answer is kept."""
        return f"{self.user}|{self.command_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a use case decided about one document; everything in it is saved by the same write, or nothing is.

    ``private`` sets fields that are no facts (waiting commands, claims); None removes a field. ``retry_at`` is
    infrastructure time; ``clear_retry`` takes it away.
    """

    received: tuple[Fact[Event], ...] = ()
    decisions: tuple[Decision, ...] = ()
    messages: tuple[Message, ...] = ()
    private: Mapping[str, Any] = field(default_factory=dict)
    answer: Answer | None = None
    retry_at: datetime | None = None
    clear_retry: bool = False


class Rules(Protocol):
    """A service's rules as the chassis calls them: pure."""

    service: Service

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        """Decisions because of the facts; called again with its own decisions among them until nothing is new."""
        ...

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """The fields that desks list and search by; saved under ``row``."""
        ...


def outgoing_of(subject: str, message: Message, trace: str | None = None) -> Outgoing:
    """The message as it travels; its id follows from what makes it one message, so that sent again it has the same."""
    key = "\x1f".join((subject, message.exchange, message.routing_key, *message.key))
    message_id = str(uuid5(DECISIONS, key))
    envelope = {"id": message_id, "subject": subject, "time": message.time.isoformat(), "traceparent": trace}
    return Outgoing(
        id=message_id,
        exchange=message.exchange,
        routing_key=message.routing_key,
        body=json.dumps({**envelope, **message.body}, ensure_ascii=False, separators=(",", ":")).encode(),
        stream=message.stream,
        lane=message.lane,
    )


class Document:
    """What a use case sees: the facts in order of storing, and what else the document holds. Read-only."""

    def __init__(self, subject: str, stored: Row | None) -> None:
        stored = stored or {}
        self.subject = subject
        self.version: int = stored.get("v", 0)
        texts = [item["b"].encode() for item in stored.get("facts", ())]
        self.facts: list[Fact[Event]] = [decode(text) for text in texts]
        self.bytes = sum(map(len, texts))
        self.ids: set[str] = {fact.id for fact in self.facts}
        self.sent: set[str] = set(stored.get("sent", ()))
        self.answers: dict[str, Row] = {item["k"]: item for item in stored.get("answers", ())}
        self.private: dict[str, Any] = dict(stored.get("private", {}))
        self.row: dict[str, Any] = dict(stored.get("row", {}))
        self.next_wake: datetime | None = stored.get("next_wake")

    @property
    def exists(self) -> bool:
        """Whether anything is known of the subject."""
        return bool(self.facts) or self.version > 0

    def answered(self, command: Command) -> Answer | None:
        """The kept answer, or None. The same id with another body gets a 422 of its own."""
        kept = self.answers.get(command.key)
        if kept is None:
            return None
        if kept["h"] != command.fingerprint:
            body = {"title": "This command id was used for another request", "field": "command_id"}
            return Answer(status=422, body=body)
        return Answer(status=kept["s"], body=kept["a"])


@dataclass(frozen=True, slots=True)
class Entry:
    """One outbox entry on its way: where it stands, what to publish, and since when (infrastructure time).

    ``mark`` is the document's mark after the save; None when the outbox held something that another process put there.
    """

    subject: str
    message: Outgoing
    saved_at: datetime = field(default_factory=infrastructure_now)
    mark: str | None = None


class Sheet(Document):
    """The working copy of one write."""

    def __init__(self, subject: str, stored: Row | None, rules: Rules) -> None:
        super().__init__(subject, stored)
        self._rules = rules
        self._shared = {lane for lane in Lane if stored and stored.get(OUTBOX[lane])}
        self._trace: str | None = None
        self._clean()
        own = [fact.sequence for fact in self.facts if fact.source is rules.service]
        self._sequence = max(own, default=0)

    def _clean(self) -> None:
        self._new_facts: list[Row] = []
        self._new_answers: list[Row] = []
        self._new_sent: list[str] = []
        self._set: Row = {}
        self._unset: Row = {}
        self._marks: dict[Lane, str] = {}
        self.entries: list[Entry] = []
        self.dirty = False
        self._unsettled = False

    def saved(self) -> list[Entry]:
        """The write went through: this sheet now is what the database holds. Returns the entries to publish."""
        entries = self.entries
        self.version += self.dirty
        self._clean()
        return entries

    def apply(self, change: Change, command: Command | None, now: datetime) -> None:
        """Merge a use case's change and let the rules react until they have nothing new to say."""
        self.merge(change, command)
        self.settle(now)

    def merge(self, change: Change, command: Command | None) -> None:
        """Merge a change, and let ``settle`` ask the rules later, once for all that came together."""
        for fact in change.received:
            self._receive(fact)
        self._trace = trace = _traceparent() or next((fact.traceparent for fact in change.received), None)
        self._unsettled = True
        self._decide(change.decisions, trace)
        self._send(change.messages, trace)
        for name, value in change.private.items():
            self.private[name] = value
            self._put(f"private.{name}", value)
        if change.answer is not None and command is not None:
            kept = {
                "k": command.key,
                "h": command.fingerprint,
                "s": change.answer.status,
                "a": dict(change.answer.body),
            }
            self.answers[command.key] = kept
            self._new_answers.append(kept)
            self.dirty = True
        if change.retry_at is not None or change.clear_retry:
            self._put("retry_at", change.retry_at)

    def settle(self, now: datetime) -> None:
        """Let the rules react to what was merged since they were asked last; the last change's trace is theirs."""
        if self._unsettled:
            self._unsettled = False
            self.react(now, self._trace)

    def _put(self, field: str, value: Any) -> None:
        # Steps of one round are one write, and the database refuses a field that is both set and removed.
        target, other = (self._set, self._unset) if value is not None else (self._unset, self._set)
        other.pop(field, None)
        target[field] = value if value is not None else ""
        self.dirty = True

    def react(self, now: datetime, trace: str | None = None) -> None:
        """Let the rules look at the facts until they have nothing new to say, then refresh timers and row."""
        for _ in range(32):
            reaction = self._rules.react(self.facts, now)
            news = self._decide(reaction.decisions, trace)
            self._send(reaction.messages, trace)
            if not news or reaction.at_rest:
                break
        else:
            raise RuntimeError("the rules do not come to rest")
        if reaction.next_wake != self.next_wake:
            self.next_wake = reaction.next_wake
            self.dirty = True
        if self.facts:
            row = dict(self._rules.row(self.facts))
            if row != self.row:
                self.row = row
                self._set["row"] = row
                self.dirty = True

    def _receive(self, fact: Fact[Event]) -> None:
        if fact.id in self.ids:
            return
        self._store(fact)

    def _store(self, fact: Fact[Event]) -> None:
        self.facts.append(fact)
        self.ids.add(fact.id)
        text = encode(fact)
        self.bytes += len(text)
        self._new_facts.append({"i": fact.id, "b": text.decode()})
        self.dirty = True

    def _decide(self, decisions: Sequence[Decision], trace: str | None) -> bool:
        news = False
        for decision in decisions:
            fact_id = decision_id(self.subject, decision.event.NAME, decision.key)
            if fact_id in self.ids:
                continue
            news = True
            self._sequence += 1
            lane = decision.lane or decision.event.LANE
            fact: Fact[Event] = Fact(
                id=fact_id,
                source=self._rules.service,
                subject=self.subject,
                sequence=self._sequence,
                time=decision.time,
                data=decision.event,
                lane=lane,
                correlationid=self.subject,
                traceparent=trace,
            )
            self._store(fact)
            self._post(
                Outgoing(
                    id=fact.id,
                    exchange=facts_exchange(lane),
                    routing_key=fact.type,
                    body=self._new_facts[-1]["b"].encode(),
                    stream=FACT_STREAM,
                    lane=lane,
                )
            )
        return news

    def _send(self, messages: Sequence[Message], trace: str | None) -> None:
        for message in messages:
            ready = outgoing_of(self.subject, message, trace)
            if ready.id in self.sent:
                continue
            self.sent.add(ready.id)
            self._new_sent.append(ready.id)
            self.dirty = True
            self._post(ready)

    def _post(self, message: Outgoing) -> None:
        lane = message.lane
        mark = None if lane in self._shared else self._marks.setdefault(lane, message.id)
        self.entries.append(Entry(self.subject, message, mark=mark))

    def write(self, at: datetime) -> UpdateOne | InsertOne[Row]:
        """The one conditional write. ``at`` is infrastructure time, from which the relay's leases run.

        The first is an insert, for less than an upsert costs (ADR 0009); a known subject is a duplicate key there too.
        """
        return self._update(at) if self.version else InsertOne(self.born(at))

    def _update(self, at: datetime) -> UpdateOne:
        fields: Row = dict(self._set)
        gone: Row = {**self._unset, "woken_at": "", "woken_by": ""}
        push: Row = {}
        least: Row = {}
        if self.next_wake is None:
            gone["next_wake"] = ""
        else:
            fields["next_wake"] = self.next_wake
        for name, items in (("facts", self._new_facts), ("answers", self._new_answers), ("sent", self._new_sent)):
            if items:
                push[name] = {"$each": items}
        for lane in Lane:
            rows = [outbox_row(entry.message, at) for entry in self.entries if entry.message.lane is lane]
            if rows:
                push[OUTBOX[lane]] = {"$each": rows}
                least[SINCE[lane]] = at
                if lane in self._marks:
                    fields[MARK[lane]] = self._marks[lane]
                else:
                    gone[MARK[lane]] = ""
        update: Row = {"$set": {**fields, "v": self.version + 1, "own": self._sequence}, "$unset": gone}
        if push:
            update["$push"] = push
        if least:
            update["$min"] = least
        # An upsert, so that a document of another version is a duplicate key instead of nothing.
        return UpdateOne({"_id": self.subject, "v": self.version}, update, upsert=True)

    def born(self, at: datetime) -> Row:
        """The whole row of a document that is inserted; documents born in groups (rule 9) add to it."""
        row: Row = {"_id": self.subject, "v": 1, "own": self._sequence, "facts": self._new_facts, "row": self.row}
        if "retry_at" in self._set:
            row["retry_at"] = self._set["retry_at"]
        for name, items in (("answers", self._new_answers), ("sent", self._new_sent), ("private", self.private)):
            if items:
                row[name] = items
        if self.next_wake is not None:
            row["next_wake"] = self.next_wake
        for lane in Lane:
            waiting = [outbox_row(entry.message, at) for entry in self.entries if entry.message.lane is lane]
            if waiting:
                row[OUTBOX[lane]], row[SINCE[lane]], row[MARK[lane]] = waiting, at, self._marks[lane]
        return row


def outbox_row(message: Outgoing, at: datetime) -> Row:
    """An outbox entry as stored. Facts are published from ``facts``, so their body is not stored twice."""
    row: Row = {"i": message.id, "x": message.exchange, "k": message.routing_key, "s": message.stream}
    row["until"] = at + LEASES[message.lane]
    if message.stream != FACT_STREAM:
        row["b"] = message.body.decode()
    return row


def outgoing(row: Row, lane: Lane, bodies: Mapping[str, str]) -> Outgoing:
    """The message of a stored entry; ``bodies`` maps fact ids to their stored text."""
    body = row["b"] if "b" in row else bodies[row["i"]]
    return Outgoing(
        id=row["i"], exchange=row["x"], routing_key=row["k"], body=body.encode(), stream=row["s"], lane=lane
    )


def _traceparent() -> str | None:
    trace = tracing.current()
    return trace.traceparent if trace is not None else None


Step = Callable[[Document], Change | None]
"""A use case as the group commit runs it: pure, and run again on a fresh document when another save was first."""
