"""How a player reaches the platform: HTTP with a token of its own, through the application or a socket."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp

from chassis.issuer import DevelopmentIssuer
from contracts.words import Role

PATIENCE = 120.0
"""Seconds of real time until a player gives up on an answer."""


class Refused(Exception):
    """The platform said no; the text is its problem title."""

    def __init__(self, status: int, title: str) -> None:
        super().__init__(f"{status} {title}")
        self.status = status


class Door:
    """A person's or unit's way in. Every command has an id of its own, sent again unchanged when no answer came."""

    def __init__(self, app: ASGIApp | str, issuer: DevelopmentIssuer, name: str, role: Role, **claims: str) -> None:
        self.name = name
        self._count = 0
        token = issuer.issue(role, user=name, hours=48, **claims)
        transport = None if isinstance(app, str) else httpx.ASGITransport(app=app)
        self._client = httpx.AsyncClient(
            base_url=app if isinstance(app, str) else "http://platform",
            transport=transport,
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE,
        )

    async def read(self, path: str, **query: str | int) -> dict[str, Any]:
        """GET as JSON. Raises ``Refused``."""
        return self._checked(await self._client.get(path, params=query))

    async def pages(self, path: str, **query: str | int) -> AsyncIterator[dict[str, Any]]:
        """Every item of a list, page after page."""
        while True:
            page = await self.read(path, **query)
            for item in page["items"]:
                yield item
            if page.get("next") is None:
                return
            query["cursor"] = page["next"]

    async def tell(self, path: str, body: Mapping[str, Any], key: str | None = None) -> dict[str, Any]:
        """POST a command and return its answer. Raises ``Refused``."""
        self._count += 1
        headers = {"Idempotency-Key": key or f"{self.name}-{self._count}"}
        for pause in (0.05, 0.2, 1.0, 5.0, None):
            try:
                response = await self._client.post(path, json=dict(body), headers=headers)
            except httpx.TransportError:
                # No answer: perhaps done, perhaps not. The same key again is safe either way.
                if pause is None:
                    raise
            else:
                if response.status_code != 503 or pause is None:
                    return self._checked(response)
            await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def put(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """PUT. Raises ``Refused``."""
        self._count += 1
        headers = {"Idempotency-Key": f"{self.name}-{self._count}"}
        return self._checked(await self._client.put(path, json=dict(body), headers=headers))

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    def _checked(self, response: httpx.Response) -> dict[str, Any]:
        try:
            body: dict[str, Any] = response.json() if response.content else {}
        except ValueError:
            body = {}
        if not response.is_success:
            raise Refused(response.status_code, str(body.get("title") or body.get("code") or "no reason given"))
        return body
