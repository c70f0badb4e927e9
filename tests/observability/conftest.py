"""The embedded platform on the machine's clock, with somebody at its door."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.issuer import DevelopmentIssuer
from contracts.words import Role
from hotline.embedded import Embedded, embedded

ORDINARY = "幸福小区3号楼从昨天早上开始停水，到现在一直没有恢复，请尽快派人处理"
EMERGENCY = "我家楼下商铺着火了，浓烟很大，楼上还有人被困，快来救火"


class Door:
    """Everybody who comes to the platform."""

    def __init__(self, platform: Embedded, folder: Path) -> None:
        self.platform = platform
        self._issuer = DevelopmentIssuer(folder)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(platform.app), base_url="http://test")

    def headers(self, role: Role, **more: Any) -> dict[str, str]:
        """A token, and a key of its own for a command."""
        token = self._issuer.issue(role, **more)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_hex(8)}

    async def register(self, text: str, **headers: str) -> dict[str, Any]:
        """One appeal by telephone."""
        body = {
            "channel": "phone",
            "message_id": secrets.token_hex(8),
            "text": text,
            "caller": {"phone": "13812345678"},
        }
        answer = await self.http.post("/appeals", json=body, headers={**self.headers(Role.AGENT), **headers})
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def metrics(self) -> str:
        """What Prometheus would read."""
        return (await self.http.get("/metrics")).text


async def eventually(look: Callable[[], Awaitable[Any]], what: str, seconds: float = 60) -> Any:
    """The first true answer of ``look``. Fails after ``seconds``."""
    try:
        async with asyncio.timeout(seconds):
            while not (found := await look()):
                await asyncio.sleep(0.1)
            return found
    except TimeoutError:
        pytest.fail(f"not within {seconds} s: {what}")


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    """At the door of a running platform."""
    async with embedded(tmp_path) as platform:
        made = Door(platform, tmp_path)
        yield made
        await made.http.aclose()
