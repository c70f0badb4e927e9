"""Intake behind its doors."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.bus import Consumer, Delivery
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from chassis.testing.service_rig import ServiceRig
from contracts.topology import EMERGENCY_LINES, line_queue
from contracts.words import Lane, Role, Service
from intake.main import build


class Intake(ServiceRig):
    """One running replica; ``lines`` holds what each line's queue got."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(Service.INTAKE, build, store, folder)
        self.lines: dict[str, list[bytes]] = {line: [] for line in EMERGENCY_LINES}
        for line, queue in ((line, line_queue(line)) for line in EMERGENCY_LINES):
            keep = self._line(line)
            self.bus.mount(Consumer(service=Service.CLASSIFIER, queue=queue, lane=Lane.EMERGENCY, handler=keep))

    def _line(self, line: str) -> Callable[[Delivery], Awaitable[None]]:
        async def keep(delivery: Delivery) -> None:
            self.lines[line].append(delivery.body)

        return keep

    def data(self, name: str) -> list[Any]:
        """The data of the facts of this type that were published."""
        return [fact.data for fact in self.heard if fact.type == name]

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
            await intake.start()
            stack.push_async_callback(intake.close)
            return intake

        yield start


@pytest.fixture
async def intake(replicas: Callable[[], Awaitable[Intake]]) -> Intake:
    """One running intake on a database of its own."""
    return await replicas()
