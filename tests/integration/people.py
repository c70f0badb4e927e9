"""People at the platform's doors: a token each, and a load balancer's habit of going on to the next replica."""

import asyncio
import itertools
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
from running_platform import Platform

from contracts.words import Role, Service

PATIENCE = 150.0
"""Seconds until a person gives up on a door."""

_SERVICES = {
    "appeals": Service.INTAKE,
    "attachments": Service.INTAKE,
    "numbers": Service.INTAKE,
    "triage": Service.CLASSIFIER,
    "emergencies": Service.CLASSIFIER,
    "guidance-sign-offs": Service.CLASSIFIER,
    "classification": Service.CLASSIFIER,
    "units": Service.DISPATCHER,
    "work-orders": Service.DISPATCHER,
    "sign-offs": Service.DISPATCHER,
    "deadlines": Service.SLA_MONITOR,
    "visits": Service.REVISIT,
    "audits": Service.REVISIT,
    "journal": Service.REPORTING,
    "figures": Service.REPORTING,
    "reconciliation": Service.REPORTING,
}
_PASSING = {502, 503, 504}


def service_of(path: str) -> Service:
    """Which service stands behind a path, as the gateway's table says."""
    parts = path.strip("/").split("/")
    if parts[0] in ("heads", "parking"):
        return Service(parts[1])
    if parts[0] == "lines":
        return Service.INTAKE if parts[-1] == "key" else Service.CLASSIFIER
    return _SERVICES[parts[0]]


class Refused(Exception):
    """The platform said no."""

    def __init__(self, response: httpx.Response) -> None:
        super().__init__(
            f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text}"
        )
        self.status = response.status_code


class Person:
    """Somebody with a token. A command keeps its id over every try, whichever replica takes it."""

    def __init__(self, town: "Town", name: str, token: str) -> None:
        self._town = town
        self._name = name
        self._headers = {"Authorization": f"Bearer {token}"}
        self._count = itertools.count(1)

    async def read(self, path: str, **query: str | int | float) -> Any:
        """GET as JSON. Raises ``Refused``."""
        return _body(await self._ask("GET", path, params=query))

    async def download(self, path: str, **query: str) -> str:
        """GET as text. Raises ``Refused``."""
        response = await self._ask("GET", path, params=query)
        if not response.is_success:
            raise Refused(response)
        return response.text

    async def all(self, path: str, **query: str | int | float) -> list[Any]:
        """Every item of a list, page by page."""
        items: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.read(path, **query, **cursor)
            items += page["items"]
            if not page["next"]:
                return items
            cursor = {"cursor": page["next"]}

    async def tell(self, path: str, body: Mapping[str, Any], key: str | None = None) -> Any:
        """POST a command. Raises ``Refused``."""
        command = key or f"{self._name}-{self._town.run}-{next(self._count)}"
        return _body(await self._ask("POST", path, json=dict(body), headers={"Idempotency-Key": command}))

    async def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """PUT. Raises ``Refused``."""
        return _body(await self._ask("PUT", path, json=dict(body)))

    async def _ask(self, method: str, path: str, headers: Mapping[str, str] = {}, **more: Any) -> httpx.Response:
        deadline, pause = time.monotonic() + PATIENCE, 0.05
        while True:
            url = self._town.next_replica(service_of(path)) + path
            try:
                response = await self._town.http.request(method, url, headers={**self._headers, **headers}, **more)
                if response.status_code not in _PASSING or time.monotonic() > deadline:
                    return response
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            await asyncio.sleep(pause)
            pause = min(2 * pause, 0.5)


class Town:
    """Everybody, for one test."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.run = secrets.token_hex(4)
        self.began = datetime.now(UTC)
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=50)
        self.http = httpx.AsyncClient(timeout=httpx.Timeout(20.0, connect=2.0), limits=limits, verify=False)
        self._turn = itertools.count()
        self._people: dict[tuple[str, ...], Person] = {}

    def next_replica(self, service: Service) -> str:
        """The replicas take turns."""
        replicas = self.platform.replicas[service]
        return replicas[next(self._turn) % len(replicas)].url

    def person(self, role: Role, *, unit: str | None = None, line: str | None = None) -> Person:
        """The person of this role, unit or line."""
        key = (role, unit or "", line or "")
        if key not in self._people:
            name = "-".join(part for part in key if part)
            token = self.platform.issuer.issue(role, unit=unit, line=line, user=name)
            self._people[key] = Person(self, name, token)
        return self._people[key]

    def unit(self, unit: str) -> Person:
        """A handler of a member unit."""
        return self.person(Role.UNIT_HANDLER, unit=unit)

    async def leave(self) -> None:
        """Everybody hangs up."""
        await self.http.aclose()


def _body(response: httpx.Response) -> Any:
    if not response.is_success:
        raise Refused(response)
    return response.json() if response.content else {}
