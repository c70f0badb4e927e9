"""One service behind its doors for component tests: facts by the local bus, commands over HTTP, a virtual clock.

A service's ``conftest.py`` subclasses it with the words of that service.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from chassis.activity import Activity
from chassis.bus import Consumer, Delivery, Outgoing
from chassis.clock import VirtualClock
from chassis.crypto import MasterKey
from chassis.hosting import Hosted
from chassis.ids import SeededIds
from chassis.issuer import DevelopmentIssuer
from chassis.limits import Capacity
from chassis.local_bus import LocalBus
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from chassis.presence import Presence
from chassis.runtime import Build, Runtime
from chassis.settings import ServiceSettings
from chassis.tokens import KeyFile, TokenVerifier
from contracts.codec import decode, encode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.topology import facts_exchange, facts_queue
from contracts.words import Lane, Role, Service

START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")
"""A Monday at nine in Beijing."""


class ServiceRig:
    """One running service. ``heard`` holds the facts it published, each once."""

    def __init__(self, service: Service, build: Build, store: Store, folder: Path) -> None:
        self.service = service
        self.store = store
        self.clock = VirtualClock(START)
        self.activity = Activity()
        self.bus = LocalBus(partial=True)
        self.heard: list[Fact[Event]] = []
        self.settings = ServiceSettings(data_dir=folder)
        self.keys = MasterKey.load_or_create(self.settings.master_key_file)
        self._build = build
        self.hosted = self.replica(store, self.bus)
        if service is not Service.REPORTING:
            # The queue of whoever reads everything: what stands in it was published.
            for lane in Lane:
                queue = facts_queue(Service.REPORTING, lane)
                self.bus.mount(Consumer(service=Service.REPORTING, queue=queue, lane=lane, handler=self._hear))
        self.issuer = DevelopmentIssuer(folder)
        verifier = TokenVerifier(KeyFile(self.issuer.jwks_file), "hotline-development", "hotline12345")
        self.app = self.hosted.app(verifier, Capacity())
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test")

    def replica(self, store: Store, bus: LocalBus) -> Hosted:
        """One process of the service, not started: the rig's own, or a sibling on the same clock."""
        runtime = Runtime(
            service=self.service,
            settings=self.settings,
            store=store,
            bus=bus,
            clock=self.clock,
            ids=SeededIds(secrets.randbelow(1 << 30)),
            metrics=Metrics(self.service),
            activity=self.activity,
            keys=self.keys,
            presence=Presence(store, secrets.token_hex(4)),
            virtual_time=True,
        )
        return Hosted(runtime, self._build)

    async def _hear(self, delivery: Delivery) -> None:
        fact = decode(delivery.body)
        if fact.source is self.service and fact.id not in {known.id for known in self.heard}:
            self.heard.append(fact)

    def said(self) -> list[str]:
        """The types of the facts this service published, in order."""
        return [fact.type for fact in self.heard]

    def facts(self, name: str) -> list[Fact[Event]]:
        """The facts of one type this service published, in order."""
        return [fact for fact in self.heard if fact.type == name]

    async def publish(self, *facts: Fact[Any]) -> None:
        """Publish facts of other services and wait until all is quiet."""
        for fact in facts:
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

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        seen = -1
        while self.activity.running or seen != self.activity.ever:
            seen = self.activity.ever
            await asyncio.sleep(0.02)

    async def wake_at(self, instant: datetime) -> None:
        """Move business time and fire what is due."""
        self.clock.advance_to(instant)
        for documents in self.hosted.built.documents:
            await documents.wakes.fire()
        await self.quiet()

    def token(
        self, role: Role, *, user: str | None = None, unit: str | None = None, line: str | None = None
    ) -> dict[str, str]:
        """The header of somebody with this role."""
        return {"Authorization": f"Bearer {self.issuer.issue(role, user=user, unit=unit, line=line)}"}

    async def start(self) -> None:
        """Let messages through."""
        await self.hosted.prepare()
        await self.bus.declare(self.hosted.built.declares)
        await self.bus.start()

    async def close(self) -> None:
        """Stop in order."""
        await self.http.aclose()
        await self.bus.stop()
        await self.hosted.finish()


R = TypeVar("R", bound=ServiceRig)


@asynccontextmanager
async def running(make: Callable[[Store, Path], R], service: Service, mongo_url: str, folder: Path) -> AsyncIterator[R]:
    """What ``make`` makes of a database of its own and a folder, started."""
    async with connect(mongo_url) as client:
        name = f"{service.replace('-', '_')}_{secrets.token_hex(6)}"
        rig = make(Store(client, name, Metrics(service)), folder)
        await rig.start()
        yield rig
        await rig.close()
        await client.drop_database(name)
