"""The revisit service behind its doors."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from chassis.mongo import Store
from chassis.testing.service_rig import ServiceRig, running
from contracts.words import Role, Service
from revisit.main import build


class Rig(ServiceRig):
    """One running revisit service."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(Service.REVISIT, build, store, folder)

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
    async with running(Rig, Service.REVISIT, mongo_url, tmp_path) as rig:
        yield rig
