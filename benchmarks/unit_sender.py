"""Citizens' appeals at a steady rate, each about the service of one unit, unit after unit."""

import asyncio
import itertools
import sys
import time
from datetime import UTC, datetime, timedelta

import httpx

from benchmarks.matters import matter
from benchmarks.six_processes import SixProcesses
from contracts.words import Role, Service

AT_ONCE = 64
"""Requests under way."""
_serial = itertools.count(1)
_signed = itertools.count(1)


def say(text: str) -> None:
    """Progress."""
    print(text, file=sys.stderr, flush=True)


class Sender:
    """``numbers``: of the appeals that were taken."""

    def __init__(self, platform: SixProcesses, units: tuple[str, ...]) -> None:
        self._platform = platform
        self._units = itertools.cycle(units)
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self._http = httpx.AsyncClient(timeout=60, limits=limits)
        # Who waits in the client's own pool is looked through at every answer, which takes the platform's processors.
        self._room = asyncio.Semaphore(AT_ONCE)
        self.numbers: list[str] = []

    async def send(self, rate: float, seconds: float) -> float:
        """So many a second, not waiting for answers to send the next; how long it took until all were taken."""
        await self._sign_off()
        began, under_way = time.perf_counter(), set[asyncio.Task[None]]()
        for at in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, began + at / rate - time.perf_counter()))
            task = asyncio.create_task(self._one(next(self._units)))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)
        return time.perf_counter() - began

    async def leave(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def _one(self, unit: str) -> None:
        serial = next(_serial)
        body = {
            "channel": "phone",
            "message_id": f"u-{serial}",
            "text": matter(serial),
            "caller": {"name": "来电人", "phone": f"0375-2{serial:06d}"},
            "place": {"text": f"新华路{serial}号"},
            "subject_unit": unit,
        }
        headers = {**self._token(Role.AGENT), "Idempotency-Key": f"units-{serial}"}
        url = f"{self._platform.urls[Service.INTAKE]}/appeals"
        async with self._room:
            answer = (await self._http.post(url, json=body, headers=headers)).raise_for_status().json()
        self.numbers.append(answer["number"])

    async def _sign_off(self) -> None:
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        body = {"name": f"bench-{next(_signed)}", "topics": ["*"], "confidence": 0.0, "valid_until": until}
        headers = {**self._token(Role.DUTY_OFFICER), "Idempotency-Key": f"sign-{body['name']}"}
        url = f"{self._platform.urls[Service.DISPATCHER]}/sign-offs"
        (await self._http.post(url, json=body, headers=headers)).raise_for_status()

    def _token(self, role: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._platform.issuer.issue(role)}"}
