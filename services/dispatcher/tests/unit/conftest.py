"""Makes facts of every source for the pure rules."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.decision import Decision
from contracts.envelope import Fact, decision_id
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.words import AppealType, Channel, Service, Urgency

START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")


class Told:
    """Facts about one appeal, in the order in which they were told; each source counts for itself."""

    def __init__(self) -> None:
        self.facts: list[Fact[Event]] = []
        self.now = START

    def tell(self, event: Event, after: timedelta = timedelta(minutes=1)) -> "Told":
        """Somebody's fact."""
        self.now += after
        self._add(event, self.now, None)
        return self

    def decide(self, decisions: tuple[Decision, ...]) -> bool:
        """Keep the dispatcher's own decisions; whether one was new."""
        known = {fact.id for fact in self.facts}
        new = [d for d in decisions if decision_id("s", d.event.NAME, d.key) not in known]
        for decision in new:
            self._add(decision.event, decision.time, decision.key)
        return bool(new)

    def _add(self, event: Event, at: datetime, key: tuple[str, ...] | None) -> None:
        sequence = sum(1 for fact in self.facts if fact.source is event.SOURCE) + 1
        name = decision_id("s", event.NAME, key) if key is not None else f"{event.SOURCE}-{sequence}"
        fact: Fact[Event] = Fact(
            id=name, source=Service(event.SOURCE), subject="s", sequence=sequence, time=at, data=event
        )
        self.facts.append(fact)

    def registered(self, text: str = "小区停水两天了", **more: Any) -> "Told":
        """Intake's first fact."""
        told: dict[str, Any] = {"number": "1", "jurisdiction": "410400", "area": "410400", "channel": Channel.PHONE}
        return self.tell(ap.AppealRegistered(text_masked=text, **{**told, **more}))

    def supplemented(self, text: str, *, repeat: bool = False) -> "Told":
        """Something the caller added."""
        return self.tell(ap.AppealSupplemented(text_masked=text, channel=Channel.PHONE, repeat=repeat))

    def judged(self, accusation: str | None = None, accused: str | None = None) -> "Told":
        """The classifier's word on the latest addition."""
        added = [fact.id for fact in self.facts if isinstance(fact.data, ap.AppealSupplemented)][-1]
        return self.tell(ap.SupplementJudged(supplement=added, accusation=accusation, accused_unit=accused))

    def classified(self, **more: Any) -> "Told":
        """The verdict."""
        told: dict[str, Any] = {
            "type": AppealType.COMPLAINT,
            "topic": "water.supply.outage",
            "units": (ap.UnitScore(unit="water-group", score=0.9),),
            "urgency": Urgency.NORMAL,
            "hazard": False,
            "emergency_lines": (),
            "work_order_follows": True,
        }
        return self.tell(ap.AppealClassified(**{**told, **more}))


@pytest.fixture
def told() -> Told:
    """Nothing told yet."""
    return Told()
