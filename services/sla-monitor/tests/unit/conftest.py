"""One appeal's facts, told as a story: each source counts its own sequence."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from contracts.decision import Decision
from contracts.envelope import Fact, decision_id
from contracts.events import Event, appeal, work_order
from contracts.words import AppealType, AssignmentMode, Channel, Service, UnitPart, Urgency
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.domain.obligation import Obligation
from sla_monitor.domain.obligations import obligations
from sla_monitor.domain.reactions import react

NUMBER = "410400202603020000017"


def beijing(text: str) -> datetime:
    """``2026-03-02 09:00`` in Beijing as UTC."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@dataclass
class Story:
    """Facts of one appeal, and the monitor's own once it has been asked."""

    facts: list[Fact[Event]] = field(default_factory=list)

    def tell(self, at: str | datetime, event: Event, *, by: str = "") -> "Story":
        """Add a fact at a Beijing time (or an instant)."""
        time = beijing(at) if isinstance(at, str) else at
        sequence = 1 + sum(1 for fact in self.facts if fact.source is event.SOURCE)
        name = f"{event.SOURCE}-{sequence}"
        self.facts.append(Fact(id=name, source=event.SOURCE, subject="s", sequence=sequence, time=time, data=event))
        return self

    def begin(self, at: str, type: AppealType = AppealType.COMPLAINT, **verdict: object) -> "Story":
        """Registered and classified."""
        self.tell(
            at,
            appeal.AppealRegistered(
                number=NUMBER, jurisdiction="410400", area="410400", channel=Channel.PHONE, text_masked="x"
            ),
        )
        values: dict[str, object] = {
            "topic": "water.supply.outage",
            "units": (),
            "urgency": Urgency.NORMAL,
            "hazard": False,
            "emergency_lines": (),
            "work_order_follows": True,
        }
        return self.tell(at, appeal.AppealClassified(type=type, **{**values, **verdict}))  # type: ignore[arg-type]

    def dispatch(self, at: str, unit: str = "water-group", round: int = 1, **values: object) -> "Story":
        """To a unit's queue."""
        given: dict[str, object] = {
            "part": UnitPart.LEAD,
            "mode": AssignmentMode.FORWARD,
            "urgency": Urgency.NORMAL,
            "signed_by": "officer",
        }
        return self.tell(at, work_order.Dispatched(unit=unit, round=round, **{**given, **values}))  # type: ignore[arg-type]

    def act(self, at: str, event: type[Event], unit: str = "water-group", round: int = 1, **values: object) -> "Story":
        """Something a unit or the centre did about a unit's order; missing texts are filled in."""
        texts = {
            "by": "someone", "ground": "g", "reason": "r", "public_text": "p", "signer": "s", "method": "phone",
            "result": "ok", "number": 1, "text": "t", "reasons": (), "urge": "", "supervision": "",
        }  # fmt: skip
        names = event.__dataclass_fields__  # type: ignore[attr-defined]
        filled = {name: value for name, value in texts.items() if name in names}
        return self.tell(at, event(**{**filled, "unit": unit, "round": round, **values}))  # type: ignore[call-arg]

    def owed(self, now: str) -> dict[str, Obligation]:
        """Obligations by id."""
        found = obligations(self.facts, shipped_policies(), shipped_calendar(), beijing(now))
        return {one.deadline: one for one in found}

    def decide(self, now: str | datetime) -> list[Decision]:
        """React once; what is decided becomes facts."""
        at = beijing(now) if isinstance(now, str) else now
        reaction = react(self.facts, shipped_policies(), shipped_calendar(), at)
        self.keep(reaction.decisions)
        return list(reaction.decisions)

    def keep(self, decisions: tuple[Decision, ...]) -> None:
        """Make decisions facts, as the store does."""
        for decision in decisions:
            self.tell(decision.time, decision.event)
            last = self.facts.pop()
            self.facts.append(
                Fact(
                    id=decision_id("s", decision.event.NAME, decision.key),
                    source=Service.SLA_MONITOR,
                    subject="s",
                    sequence=last.sequence,
                    time=last.time,
                    data=last.data,
                )
            )

    def watch(self, start: str, until: str) -> list[tuple[datetime, Decision]]:
        """React at ``start`` and at every wake-up up to ``until``."""
        now, end = beijing(start), beijing(until)
        seen: list[tuple[datetime, Decision]] = []
        while True:
            reaction = react(self.facts, shipped_policies(), shipped_calendar(), now)
            seen += [(now, decision) for decision in reaction.decisions]
            self.keep(reaction.decisions)
            if reaction.next_wake is None or reaction.next_wake > end:
                return seen
            assert reaction.next_wake > now
            now = reaction.next_wake


@pytest.fixture
def story() -> Story:
    """An empty story."""
    return Story()


@pytest.fixture(scope="session")
def new_story() -> type[Story]:
    """For property tests, which need a fresh story for every example."""
    return Story
