"""The monitor behind its doors: HTTP and facts in process, a virtual clock and a real store."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.activity import Activity
from chassis.bus import Consumer, Delivery, Outgoing
from chassis.clock import VirtualClock
from chassis.crypto import MasterKey
from chassis.hosting import Hosted
from chassis.ids import SystemIds
from chassis.issuer import DevelopmentIssuer
from chassis.limits import Capacity
from chassis.local_bus import LocalBus
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings
from chassis.tokens import KeyFile, TokenVerifier
from contracts.codec import decode, encode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import work_order as wo
from contracts.topology import facts_exchange, facts_queue
from contracts.words import AppealType, AssignmentMode, Channel, Lane, Role, Service, UnitPart, Urgency
from sla_monitor.main import build
from sla_monitor.sweeper import Sweeper

UNIT = "water-group"
NAMES = {UNIT: "水务集团"}


def beijing(text: str) -> datetime:
    """``2026-03-02 09:00`` in Beijing as UTC."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


class Monitor:
    """Running monitors on one database: the first serves HTTP, more of them share its timers."""

    def __init__(self, stores: list[Store], folder: Path) -> None:
        self.clock = VirtualClock(beijing("2026-03-02 09:00"))
        self.activity = Activity()
        self.bus = LocalBus(partial=True)
        self.heard: list[Fact[Event]] = []
        self.copies = 0
        self._sequences: dict[tuple[str, Service], int] = {}
        settings = ServiceSettings(data_dir=folder)
        self.monitors: list[Hosted] = []
        for store in stores:
            # Only the first hears the bus: two consumers of one queue in one process would be one too many.
            bus = self.bus if not self.monitors else LocalBus(partial=True)
            runtime = Runtime(
                service=Service.SLA_MONITOR,
                settings=settings,
                store=store,
                bus=bus,
                clock=self.clock,
                ids=SystemIds(),
                metrics=Metrics(Service.SLA_MONITOR),
                activity=self.activity,
                keys=MasterKey.load_or_create(settings.master_key_file),
                owner=secrets.token_hex(4),
                virtual_time=True,
            )
            self.monitors.append(Hosted(runtime, build))
        self.hosted = self.monitors[0]
        for lane in Lane:
            queue = facts_queue(Service.REPORTING, lane)
            self.bus.mount(Consumer(service=Service.REPORTING, queue=queue, lane=lane, handler=self._hear))
        self.issuer = DevelopmentIssuer(folder)
        verifier = TokenVerifier(KeyFile(self.issuer.jwks_file), "hotline-development", "hotline12345")
        self.app = self.hosted.app(verifier, Capacity())
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test")

    async def _hear(self, delivery: Delivery) -> None:
        fact = decode(delivery.body)
        if fact.source is Service.SLA_MONITOR:
            self.heard.append(fact)

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
        message = Outgoing(
            id=fact.id,
            exchange=facts_exchange(fact.lane),
            routing_key=fact.type,
            body=encode(fact),
            stream="test",
            lane=fact.lane,
        )
        await self.bus.publisher(fact.lane).publish(message)
        await self.quiet()

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

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        seen = -1
        while self.activity.running or seen != self.activity.ever:
            seen = self.activity.ever
            await asyncio.sleep(0.01)

    async def until(self, text: str) -> None:
        """Let business time pass up to a Beijing time, waking what is due at each instant."""
        end = beijing(text)
        while (wake := await self.cases.wakes.next_wake()) is not None and wake <= end:
            self.clock.advance_to(max(wake, self.clock.now()))
            await self.cases.wakes.fire()
            await self.quiet()
        self.clock.advance_to(end)

    def token(self, role: Role, **more: Any) -> dict[str, str]:
        """The header of somebody with this role."""
        return {"Authorization": f"Bearer {self.issuer.issue(role, **more)}"}

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


async def _running(mongo_url: str, folder: Path, count: int) -> AsyncIterator[Monitor]:
    name = f"sla_{secrets.token_hex(6)}"
    async with connect(mongo_url) as client:
        stores = [Store(client, name, Metrics(Service.SLA_MONITOR)) for _ in range(count)]
        monitor = Monitor(stores, folder)
        for hosted in monitor.monitors:
            await hosted.prepare()
        await monitor.sweeper.stop()  # tests say when a sweep runs
        await monitor.bus.declare(monitor.hosted.built.declares)
        await monitor.bus.start()
        yield monitor
        await monitor.http.aclose()
        await monitor.bus.stop()
        for hosted in monitor.monitors:
            await hosted.finish()
        await client.drop_database(name)


@pytest.fixture
async def monitor(mongo_url: str, tmp_path: Path) -> AsyncIterator[Monitor]:
    """One running monitor on a database of its own."""
    async for one in _running(mongo_url, tmp_path, 1):
        yield one


@pytest.fixture
async def two_monitors(mongo_url: str, tmp_path: Path) -> AsyncIterator[Monitor]:
    """Two running monitors on one database."""
    async for one in _running(mongo_url, tmp_path, 2):
        yield one
