"""Citizens' appeals at a steady rate, each about the service of one unit, unit after unit."""

import asyncio
import http.client
import itertools
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

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
    """``numbers``: of the appeals that were taken.

    One agent's token for all, and Python's plain HTTP client in threads: what sends takes the platform's processors.
    """

    def __init__(self, platform: SixProcesses, units: tuple[str, ...]) -> None:
        self._platform = platform
        self._units = itertools.cycle(units)
        self._intake = urlsplit(platform.urls[Service.INTAKE]).netloc
        self._threads = ThreadPoolExecutor(AT_ONCE)
        self._own = threading.local()
        self._headers = {**self._token(Role.AGENT), "Content-Type": "application/json"}
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
        await asyncio.to_thread(self._threads.shutdown)

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
        headers = {**self._headers, "Idempotency-Key": f"units-{serial}"}
        sent = json.dumps(body, ensure_ascii=False).encode()
        self.numbers.append(await asyncio.get_running_loop().run_in_executor(self._threads, self._post, sent, headers))

    def _post(self, body: bytes, headers: dict[str, str]) -> str:
        """The number that intake gives; on this thread's own connection."""
        connection: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = self._own.connection = http.client.HTTPConnection(self._intake, timeout=60)
        connection.request("POST", "/appeals", body, headers)
        answer = connection.getresponse()
        told = answer.read()
        if answer.status != http.client.CREATED:
            raise RuntimeError(f"intake answered {answer.status}: {told[:300]!r}")
        return str(json.loads(told)["number"])

    async def _sign_off(self) -> None:
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        body = {"name": f"bench-{next(_signed)}", "topics": ["*"], "confidence": 0.0, "valid_until": until}
        headers = {**self._token(Role.DUTY_OFFICER), "Idempotency-Key": f"sign-{body['name']}"}
        url = f"{self._platform.urls[Service.DISPATCHER]}/sign-offs"
        async with httpx.AsyncClient() as client:
            (await client.post(url, json=body, headers=headers)).raise_for_status()

    def _token(self, role: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._platform.issuer.issue(role)}"}
