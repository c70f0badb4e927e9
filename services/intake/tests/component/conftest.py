"""Intake behind its doors: HTTP in process, facts by the local bus, a virtual clock and a real store."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime
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
from contracts.topology import EMERGENCY_LINES, facts_exchange, facts_queue, line_queue
from contracts.words import Lane, Role, Service
from intake.main import build

START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")


class Intake:
    """One running replica. ``heard`` holds the facts it published, ``lines`` what each line's queue got."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.clock = VirtualClock(START)
        self.activity = Activity()
        self.bus = LocalBus(partial=True)
        self.heard: list[Fact[Event]] = []
        self.lines: dict[str, list[bytes]] = {line: [] for line in EMERGENCY_LINES}
        metrics = Metrics(Service.INTAKE)
        settings = ServiceSettings(data_dir=folder)
        self.keys = MasterKey.load_or_create(settings.master_key_file)
        runtime = Runtime(
            service=Service.INTAKE,
            settings=settings,
            store=store,
            bus=self.bus,
            clock=self.clock,
            ids=SystemIds(),
            metrics=metrics,
            activity=self.activity,
            keys=self.keys,
            owner=secrets.token_hex(4),
            virtual_time=True,
        )
        self.hosted = Hosted(runtime, build)
        for lane in Lane:
            queue = facts_queue(Service.REPORTING, lane)
            self.bus.mount(Consumer(service=Service.REPORTING, queue=queue, lane=lane, handler=self._hear))
        for line in EMERGENCY_LINES:
            self.bus.mount(
                Consumer(
                    service=Service.CLASSIFIER, queue=line_queue(line), lane=Lane.EMERGENCY, handler=self._line(line)
                )
            )
        self.issuer = DevelopmentIssuer(folder)
        verifier = TokenVerifier(KeyFile(self.issuer.jwks_file), "hotline-development", "hotline12345")
        self.app = self.hosted.app(verifier, Capacity())
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://test")

    async def _hear(self, delivery: Delivery) -> None:
        fact = decode(delivery.body)
        if fact.source is Service.INTAKE and fact.id not in {known.id for known in self.heard}:
            self.heard.append(fact)

    def _line(self, line: str) -> Callable[[Delivery], Awaitable[None]]:
        async def keep(delivery: Delivery) -> None:
            self.lines[line].append(delivery.body)

        return keep

    def data(self, name: str) -> list[Any]:
        """The data of the facts of this type that were published."""
        return [fact.data for fact in self.heard if fact.type == name]

    async def tell(self, *facts: Fact[Any]) -> None:
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

    def token(self, role: Role, **more: str) -> dict[str, str]:
        """The header of somebody with this role."""
        return {"Authorization": f"Bearer {self.issuer.issue(role, **more)}"}

    async def appeal(self, text: str = "解放路路灯坏了", key: str | None = None, **body: Any) -> httpx.Response:
        """Register an appeal as an agent; the key is the message id too unless they are given."""
        key = key or secrets.token_hex(8)
        sent = {"channel": "phone", "message_id": key, "text": text, "caller": {"phone": "13812345678"}, **body}
        return await self.http.post("/appeals", json=sent, headers={**self.token(Role.AGENT), "Idempotency-Key": key})

    async def post(self, path: str, body: object, headers: dict[str, str], key: str | None = None) -> httpx.Response:
        """Post under an idempotency key and wait until all is quiet."""
        answer = await self.http.post(
            path, json=body, headers={**headers, "Idempotency-Key": key or secrets.token_hex(8)}
        )
        await self.quiet()
        return answer


@pytest.fixture
async def replicas(mongo_url: str, tmp_path: Path) -> AsyncIterator[Callable[[], Awaitable[Intake]]]:
    """Starts replicas of intake on one database and key file."""
    name = f"intake_{secrets.token_hex(6)}"
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(connect(mongo_url))
        stack.push_async_callback(client.drop_database, name)

        async def start() -> Intake:
            intake = Intake(Store(client, name, Metrics(Service.INTAKE)), tmp_path)
            await intake.hosted.prepare()
            await intake.bus.start()

            async def end() -> None:
                await intake.http.aclose()
                await intake.bus.stop()
                await intake.hosted.finish()

            stack.push_async_callback(end)
            return intake

        yield start


@pytest.fixture
async def intake(replicas: Callable[[], Awaitable[Intake]]) -> Intake:
    """One running intake on a database of its own."""
    return await replicas()
