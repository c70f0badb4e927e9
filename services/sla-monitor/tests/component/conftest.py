"""The monitor behind its doors: HTTP and facts in process, a virtual clock and a real store."""

import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.hosting import Hosted
from chassis.local_bus import LocalBus
from chassis.mongo import Store
from chassis.testing.service_rig import ServiceRig, running
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import work_order as wo
from contracts.words import AppealType, AssignmentMode, Channel, Role, Service, UnitPart, Urgency
from sla_monitor.main import build
from sla_monitor.sweeper import Sweeper

UNIT = "water-group"
NAMES = {UNIT: "水务集团"}


def beijing(text: str) -> datetime:
    """``2026-03-02 09:00`` in Beijing as UTC."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


class Monitor(ServiceRig):
    """Running monitors on one database: the first serves HTTP and hears facts, ``siblings`` share its timers."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(Service.SLA_MONITOR, build, store, folder)
        self.siblings: list[Hosted] = []
        self._sequences: dict[tuple[str, Service], int] = {}

    @property
    def monitors(self) -> list[Hosted]:
        """All of them."""
        return [self.hosted, *self.siblings]

    async def join(self, store: Store) -> None:
        """Another monitor, which does not hear facts: one process has one consumer of a queue."""
        sibling = self.replica(store, LocalBus(partial=True))
        await sibling.prepare()
        self.siblings.append(sibling)

    async def start(self) -> None:
        """Let messages through; tests say when a sweep runs."""
        await super().start()
        await self.sweeper.stop()

    async def close(self) -> None:
        """Stop in order."""
        await super().close()
        for sibling in self.siblings:
            await sibling.finish()

    @property
    def cases(self) -> Any:
        """The documents of the first monitor."""
        return self.hosted.built.documents[0]

    @property
    def sweeper(self) -> Sweeper:
        """The first monitor's sweeper."""
        return next(part for part in self.hosted.built.parts if isinstance(part, Sweeper))

    def types(self, subject: str, prefix: str = "") -> list[str]:
        """The types of the facts that were published about an appeal, in sequence, each once."""
        mine = {fact.id: fact for fact in self.heard if fact.subject == subject and fact.type.startswith(prefix)}
        return [fact.type for fact in sorted(mine.values(), key=lambda fact: fact.sequence)]

    async def tell(self, subject: str, event: Event) -> None:
        """Publish a fact of another service at the current business time."""
        source = event.SOURCE
        sequence = self._sequences[subject, source] = self._sequences.get((subject, source), 0) + 1
        fact: Fact[Event] = Fact(
            id=f"{subject}-{source}-{sequence}",
            source=source,
            subject=subject,
            sequence=sequence,
            time=self.clock.now(),
            data=event,
        )
        await self.publish(fact)

    async def order(self, subject: str, unit: str = UNIT) -> str:
        """An appeal that was registered, classified and dispatched now; returns its number."""
        number = f"410400{int.from_bytes(subject.encode(), 'big') % 10**15:015d}"
        await self.tell(
            subject,
            ap.AppealRegistered(
                number=number, jurisdiction="410400", area="410400", channel=Channel.PHONE, text_masked="小区停水"
            ),
        )
        await self.tell(
            subject,
            ap.AppealClassified(
                type=AppealType.COMPLAINT,
                topic="water.supply.outage",
                units=(),
                urgency=Urgency.NORMAL,
                hazard=False,
                emergency_lines=(),
                work_order_follows=True,
            ),
        )
        await self.dispatch(subject, unit)
        return number

    async def dispatch(self, subject: str, unit: str = UNIT) -> None:
        """To a unit's queue."""
        await self.tell(
            subject,
            wo.Dispatched(
                unit=unit,
                part=UnitPart.LEAD,
                round=1,
                mode=AssignmentMode.FORWARD,
                urgency=Urgency.NORMAL,
                signed_by="officer",
                unit_name=NAMES.get(unit, ""),
            ),
        )

    async def until(self, text: str) -> None:
        """Let business time pass up to a Beijing time, waking what is due at each instant."""
        end = beijing(text)
        while (wake := await self.cases.wakes.next_wake()) is not None and wake <= end:
            self.clock.advance_to(max(wake, self.clock.now()))
            await self.cases.wakes.fire()
            await self.quiet()
        self.clock.advance_to(end)

    async def get(self, path: str, role: Role = Role.SUPERVISOR, **more: Any) -> httpx.Response:
        """Ask."""
        return await self.http.get(path, headers={**self.token(role), **more.pop("headers", {})}, **more)

    async def post(
        self, path: str, body: dict[str, Any], role: Role = Role.SUPERVISOR, key: str | None = None
    ) -> httpx.Response:
        """A command."""
        headers = {**self.token(role), "Idempotency-Key": key or secrets.token_hex(8)}
        answer = await self.http.post(path, json=body, headers=headers)
        await self.quiet()
        return answer

    async def row(self, number: str) -> dict[str, Any]:
        """What the board knows of an appeal."""
        rows = await self.cases.rows({"row.number": number}, limit=1)
        found: dict[str, Any] = rows[0]["row"]
        return found


@pytest.fixture
async def monitor(mongo_url: str, tmp_path: Path) -> AsyncIterator[Monitor]:
    """One running monitor on a database of its own."""
    async with running(Monitor, Service.SLA_MONITOR, mongo_url, tmp_path) as one:
        yield one


@pytest.fixture
async def two_monitors(monitor: Monitor) -> Monitor:
    """Two running monitors on one database."""
    await monitor.join(monitor.store)
    return monitor
