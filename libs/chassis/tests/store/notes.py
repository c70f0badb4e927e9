"""A small service for tests of the store: what is registered gets one order, what is withdrawn a recall."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from chassis.bus import Outgoing
from contracts.codec import encode
from contracts.decision import Decision, Message, Reaction
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealRegistered, AppealSupplemented, AppealWithdrawn
from contracts.events.work_order import Dispatched, Recalled
from contracts.words import AssignmentMode, Channel, Lane, Service, UnitPart, Urgency

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


class Rules:
    """Dispatches what is registered, recalls what is withdrawn, and looks again after an hour."""

    service = Service.DISPATCHER

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        decisions: list[Decision] = []
        messages: list[Message] = []
        for fact in facts:
            if isinstance(fact.data, AppealRegistered):
                decisions.append(Decision(event=dispatched(), time=fact.time, key=("water", "1")))
                messages.append(assignment(fact.time))
            if isinstance(fact.data, AppealWithdrawn):
                recalled = Recalled(unit="water-group", round=1, reason="withdrawn")
                decisions.append(Decision(event=recalled, time=fact.time, key=("water", "1")))
        open_ = not any(isinstance(fact.data, AppealWithdrawn) for fact in facts)
        wake = NOW + timedelta(hours=1) if open_ and now < NOW + timedelta(hours=1) else None
        return Reaction(decisions=tuple(decisions), messages=tuple(messages), next_wake=wake)

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        return {"facts": len(facts)}


def dispatched() -> Dispatched:
    return Dispatched(
        unit="water-group",
        part=UnitPart.LEAD,
        round=1,
        mode=AssignmentMode.FORWARD,
        urgency=Urgency.NORMAL,
        signed_by="duty",
    )


def assignment(time: datetime) -> Message:
    return Message(
        exchange="assignments",
        routing_key="assignments.water-group",
        stream="unit.water-group",
        key=("1",),
        body={"type": "assignment"},
        time=time,
    )


def registered(subject: str) -> Fact[Event]:
    data = AppealRegistered(
        number=subject, jurisdiction="410400", area="410400", channel=Channel.SMS, text_masked="路灯坏了"
    )
    return fact(subject, 1, data)


def supplemented(subject: str, sequence: int) -> Fact[Event]:
    return fact(subject, sequence, AppealSupplemented(text_masked="又坏了", channel=Channel.SMS))


def withdrawn(subject: str, sequence: int) -> Fact[Event]:
    return fact(subject, sequence, AppealWithdrawn())


def fact(subject: str, sequence: int, data: Event) -> Fact[Event]:
    return Fact(
        id=f"{subject}-{sequence}", source=Service.INTAKE, subject=subject, sequence=sequence, time=NOW, data=data
    )


def body(of: Fact[Event]) -> bytes:
    return encode(of)


class Press:
    """A publisher that keeps what it was given; ``fails`` are raised first, one per publish."""

    def __init__(self) -> None:
        self.bundles = False
        self.published: list[Outgoing] = []
        self.fails: list[Exception] = []
        self.stopped = asyncio.Event()
        self.stopped.set()

    async def publish(self, message: Outgoing) -> None:
        await self.stopped.wait()
        if self.fails:
            raise self.fails.pop(0)
        self.published.append(message)

    async def close(self) -> None:
        return None


class Presses:
    """The part of a bus that documents need."""

    def __init__(self) -> None:
        self.of = {lane: Press() for lane in Lane}

    def publisher(self, lane: Lane) -> Press:
        return self.of[lane]
