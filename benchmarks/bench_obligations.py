"""How long the deadlines of one appeal take, beside the limits: 30 facts 200 µs, a due date across a year 20 µs.

Run ``python benchmarks/bench_obligations.py [--json]``. Exit code 1 when a limit is missed.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from time import process_time

from contracts.envelope import Fact, decision_id
from contracts.events import Event, appeal, work_order
from contracts.words import AppealType, AssignmentMode, Channel, Service, UnitPart, Urgency
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.domain.obligations import obligations
from sla_monitor.domain.reactions import react

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
CALENDAR, POLICIES = shipped_calendar(), shipped_policies()
LIMITS = {"obligations, 30 facts": 200.0, "due across a year, working days": 20.0, "due across a year, hours": 20.0}


def story() -> Iterator[tuple[float, Event]]:
    """An order that is confirmed, contacted, extended, replied late, urged, and reviewed; hours after acceptance."""
    unit, by = "water-group", "x"
    yield (
        0,
        appeal.AppealRegistered(
            number="41040020260302000001", jurisdiction="410400", area="410400", channel=Channel.PHONE, text_masked="x"
        ),
    )
    yield (
        0.01,
        appeal.AppealClassified(
            type=AppealType.COMPLAINT,
            topic="water.supply.outage",
            units=(),
            urgency=Urgency.NORMAL,
            hazard=False,
            emergency_lines=(),
            work_order_follows=True,
        ),
    )
    yield (
        0.1,
        work_order.Dispatched(
            unit=unit,
            part=UnitPart.LEAD,
            round=1,
            mode=AssignmentMode.FORWARD,
            urgency=Urgency.NORMAL,
            signed_by=by,
        ),
    )
    yield 1, work_order.Received(unit=unit, round=1, by=by)
    yield 24, work_order.Contacted(unit=unit, round=1, by=by, method="phone", result="ok")
    yield 48, work_order.ExtensionRequested(unit=unit, round=1, number=1, working_days=2, reason="r", by=by)
    yield 49, work_order.ExtensionDecided(unit=unit, round=1, number=1, granted=True, working_days=2, by=by)
    yield 50, work_order.InterimReplied(unit=unit, round=1, public_text="p", by=by)
    yield 240, work_order.Replied(unit=unit, round=1, number=1, public_text="p", signer="s", by=by)
    yield 241, work_order.SentBack(unit=unit, round=1, number=1, by=by, reasons=("thin",))
    yield 260, work_order.InterimReplied(unit=unit, round=1, public_text="p", by=by)
    yield 300, work_order.Replied(unit=unit, round=1, number=2, public_text="p", signer="s", by=by)
    yield 301, work_order.Approved(unit=unit, round=1, number=2, by=by)


def facts_of(events: Iterator[tuple[float, Event]], count: int) -> list[Fact[Event]]:
    """The story as facts, with what the monitor itself said on the way, ``count`` in all."""
    found: list[Fact[Event]] = []
    counts: dict[Service, int] = {}

    def keep(event: Event, at: datetime, name: str) -> None:
        counts[event.SOURCE] = counts.get(event.SOURCE, 0) + 1
        found.append(
            Fact(id=name, source=event.SOURCE, subject="s", sequence=counts[event.SOURCE], time=at, data=event)
        )

    for hours, event in events:
        at = START + timedelta(hours=hours)
        keep(event, at, f"{event.NAME}-{hours}")
        for decision in react(found, POLICIES, CALENDAR, at).decisions:
            keep(decision.event, decision.time, decision_id("s", decision.event.NAME, decision.key))
    if len(found) < count:
        raise SystemExit(f"the story has {len(found)} facts only")
    return found[:count]


def micros(work: Callable[[], object], times: int = 200) -> float:
    """Best of seven rounds, in microseconds of processor time a call."""
    rounds = []
    for _ in range(7):
        start = process_time()
        for _ in range(times):
            work()
        rounds.append((process_time() - start) / times * 1e6)
    return min(rounds)


def main() -> None:
    """Measure and print beside the limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    as_json = parser.parse_args().json
    facts = facts_of(story(), 30)
    now = START + timedelta(hours=302)
    found = {
        "obligations, 30 facts": micros(lambda: obligations(facts, POLICIES, CALENDAR, now)),
        "react, 30 facts, nothing new": micros(lambda: react(facts, POLICIES, CALENDAR, now)),
        "due across a year, working days": micros(lambda: CALENDAR.add_working_days(START, 250)),
        "due across a year, hours": micros(lambda: CALENDAR.add_working_time(START, timedelta(hours=1750))),
    }
    if as_json:
        print(json.dumps({name: {"micros": value, "limit": LIMITS.get(name)} for name, value in found.items()}))
    else:
        for name, value in found.items():
            limit = f"limit {LIMITS[name]:.0f} µs" if name in LIMITS else ""
            print(f"{name:40} {value:8.1f} µs   {limit}")
    sys.exit(any(found[name] > limit for name, limit in LIMITS.items()))


if __name__ == "__main__":
    main()
