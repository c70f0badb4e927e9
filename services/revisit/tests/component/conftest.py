"""The revisit service behind its doors: facts by the local bus, commands over HTTP, on a virtual clock."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from chassis.activity import Activity
from chassis.bus import Consumer, Delivery, Outgoing
from chassis.clock import VirtualClock
from chassis.crypto import MasterKey
from chassis.hosting import Hosted
from chassis.ids import SeededIds
from chassis.issuer import DevelopmentIssuer
from chassis.local_bus import LocalBus
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from chassis.pages.shell import PageShell
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings
from chassis.tokens import KeyFile, TokenVerifier
from chassis.web import build_app
from contracts.codec import decode, encode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.topology import facts_exchange, facts_queue
from contracts.words import Lane, Role, Service
from revisit.main import build

START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")


class Rig:
    """One running service. ``heard`` holds the facts it published."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.clock = VirtualClock(START)
        self.activity = Activity()
        self.bus = LocalBus(partial=True)
        self.heard: list[Fact[Event]] = []
        metrics = Metrics(Service.REVISIT)
        settings = ServiceSettings(data_dir=folder)
        runtime = Runtime(
            service=Service.REVISIT,
            settings=settings,
            store=store,
            bus=self.bus,
            clock=self.clock,
            ids=SeededIds(1),
            metrics=metrics,
            activity=self.activity,
            keys=MasterKey.load_or_create(settings.master_key_file),
            owner="test",
            virtual_time=True,
        )
        self.hosted = Hosted(runtime, build)
        for lane in Lane:
            queue = facts_queue(Service.REPORTING, lane)
            self.bus.mount(Consumer(service=Service.REPORTING, queue=queue, lane=lane, handler=self._hear))
        self.issuer = DevelopmentIssuer(folder)
        verifier = TokenVerifier(KeyFile(self.issuer.jwks_file), "hotline-development", "hotline12345")
        built = self.hosted.built
        self.app = build_app(
            Service.REVISIT,
            list(self.hosted.routers),
            verifier=verifier,
            activity=self.activity,
            pages=PageShell(self.clock.now, built.templates, built.catalogues),
        )
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test")

    async def _hear(self, delivery: Delivery) -> None:
        fact = decode(delivery.body)
        if fact.source is Service.REVISIT and fact.id not in {known.id for known in self.heard}:
            self.heard.append(fact)

    def said(self) -> list[str]:
        """The types of the facts this service published, in order."""
        return [fact.type for fact in self.heard]

    async def tell(self, *facts: Fact[Event]) -> None:
        """Publish facts of other services."""
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

    def token(self, role: Role, user: str | None = None) -> dict[str, str]:
        """The header of somebody with this role."""
        return {"Authorization": f"Bearer {self.issuer.issue(role, user=user)}"}

    async def post(self, path: str, body: object, role: Role, key: str | None = None) -> httpx.Response:
        """Post under an idempotency key and wait until all is quiet."""
        headers = {**self.token(role), "Idempotency-Key": key or secrets.token_hex(8)}
        answer = await self.http.post(path, json=body, headers=headers)
        await self.quiet()
        return answer

    async def get(self, path: str, role: Role) -> httpx.Response:
        """Get as somebody with this role."""
        return await self.http.get(path, headers=self.token(role))


@pytest.fixture
async def rig(mongo_url: str, tmp_path: Path) -> AsyncIterator[Rig]:
    """A running revisit service on a database of its own."""
    async with connect(mongo_url) as client:
        name = f"revisit_{secrets.token_hex(6)}"
        rig = Rig(Store(client, name, Metrics(Service.REVISIT)), tmp_path)
        await rig.hosted.prepare()
        await rig.bus.start()
        yield rig
        await rig.http.aclose()
        await rig.bus.stop()
        await rig.hosted.finish()
        await client.drop_database(name)
