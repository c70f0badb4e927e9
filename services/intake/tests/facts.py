"""Facts of other services, as tests tell them."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as a
from contracts.events import deadline as d
from contracts.events import emergency as e
from contracts.events import revisit as r
from contracts.events import work_order as w
from contracts.words import (
    AppealType,
    AssignmentMode,
    Channel,
    Clock,
    DeadlineKind,
    Outcome,
    Satisfaction,
    Service,
    UnitPart,
    Urgency,
    VisitMethod,
)

START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")


class Teller:
    """Numbers the facts of each source, as the services do."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self._sequence = {source: count(1) for source in Service}

    def fact(self, data: Event, hours: float = 1) -> Fact[Any]:
        """The next fact of the event's source, so many hours after the start."""
        sequence = next(self._sequence[data.SOURCE])
        return Fact(
            id=f"{data.SOURCE}-{sequence}",
            source=data.SOURCE,
            subject=self.subject,
            sequence=sequence,
            time=START + timedelta(hours=hours),
            data=data,
            lane=data.LANE,
        )

    def registered(self, **more: Any) -> Fact[Any]:
        """Intake's own first fact."""
        data: dict[str, Any] = {"number": "410400202603020000013", "jurisdiction": "410400", "area": "410400"}
        data |= {"channel": Channel.PHONE, "text_masked": "解放路路灯坏了", **more}
        return self.fact(a.AppealRegistered(**data), 0)

    def classified(self) -> Fact[Any]:
        """A complaint for the lamp unit."""
        return self.fact(
            a.AppealClassified(
                type=AppealType.COMPLAINT,
                topic="street-lamps",
                units=(),
                urgency=Urgency.NORMAL,
                hazard=False,
                emergency_lines=(),
                work_order_follows=True,
            ),
            0.1,
        )

    def raised(self, line: str = "119") -> Fact[Any]:
        """An emergency."""
        return self.fact(e.EmergencyRaised(line=line, reference=f"ref-{line}", primary=True), 0.1)

    def dispatched(self, unit: str = "lamps", round_: int = 1) -> Fact[Any]:
        """To a unit."""
        return self.fact(
            w.Dispatched(
                unit=unit,
                part=UnitPart.LEAD,
                round=round_,
                mode=AssignmentMode.FORWARD,
                urgency=Urgency.NORMAL,
                signed_by="duty",
                unit_name="路灯所",
            ),
            0.2,
        )

    def replied(self, number: int = 1, text: str = "路灯已修复") -> Fact[Any]:
        """The unit's result."""
        data = w.Replied(unit="lamps", round=1, number=number, public_text=text, signer="head", by="h")
        return self.fact(data, 20 + number)

    def approved(self, number: int = 1) -> Fact[Any]:
        """The centre let it pass."""
        return self.fact(w.Approved(unit="lamps", round=1, number=number, by="reviewer"), 22 + number)

    def promised(self, days: int = 7) -> Fact[Any]:
        """The citizen's resolve date."""
        return self.fact(
            d.DeadlineSet(
                deadline="resolve-citizen",
                kind=DeadlineKind.RESOLVE,
                clock=Clock.CITIZEN,
                unit=None,
                round=1,
                number=1,
                due=START + timedelta(days=days),
                provisional=False,
                policy_version="1",
                calendar_version="1",
                steps=(d.Step(zh="五个工作日", en="five working days"),),
            ),
            0.1,
        )

    def breached(self) -> Fact[Any]:
        """It was missed."""
        return self.fact(d.DeadlineBreached(due=START + timedelta(days=7), **_resolve()), 168)

    def cleared(self) -> Fact[Any]:
        """It was not missed after all."""
        return self.fact(d.DeadlineCleared(reason="late fact", **_resolve()), 169)

    def scheduled(self) -> Fact[Any]:
        """A return visit."""
        data = r.RevisitScheduled(visit="v1", round=1, due=START + timedelta(days=2), method=VisitMethod.PHONE)
        return self.fact(data, 24)

    def closed(self) -> Fact[Any]:
        """The end."""
        return self.fact(a.AppealClosed(outcome=Outcome.RESOLVED, satisfaction=Satisfaction.SATISFIED), 30)


def _resolve() -> dict[str, Any]:
    return {
        "deadline": "resolve-citizen",
        "kind": DeadlineKind.RESOLVE,
        "clock": Clock.CITIZEN,
        "unit": None,
        "round": 1,
        "number": 1,
    }
