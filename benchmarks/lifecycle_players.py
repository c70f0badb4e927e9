"""Everybody who takes an appeal from registration to closing over HTTP, as fast as the platform lets them."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from benchmarks.matters import matter
from benchmarks.six_processes import SixProcesses
from contracts.words import Role, Service
from dispatcher.shipped_tables import tables

HANDLING: tuple[dict[str, Any], ...] = (
    {"type": "confirm_receipt"},
    {"type": "record_contact", "method": "phone", "result": "已与来电人联系,约定今天上门"},
    {"type": "reply", "public_text": "已派人到现场处理,问题已经解决", "signer": "值班科长", "measures": "现场处置"},
)
APPROVED = {"approve": True, "checklist": [point.id for point in tables().checklist]}
SATISFIED = {"method": "phone", "satisfaction": "SATISFIED", "solved": True, "result_true": True}
DECIDED = {"type": "HELP", "topic": "roads.light.out", "unit": "urban-management", "work_order_follows": True}
"""What the triage officer says of what the machine was unsure about."""
AT_ONCE = 32
"""Requests under way at one desk."""
LOOK_SECONDS = 0.2
"""Between two looks at a list that had nothing new."""
PAUSES = (0.1, 0.5, 2.0)
"""Seconds before asking again when no answer came."""
CONFLICT = 409


class Players:
    """One of each role. ``done`` counts what they did."""

    def __init__(self, platform: SixProcesses) -> None:
        self._platform = platform
        limits = httpx.Limits(max_connections=128, max_keepalive_connections=128)
        self._http = httpx.AsyncClient(timeout=60, limits=limits)
        self._count = itertools.count(1)
        self._tokens: dict[tuple[Role, str | None], str] = {}
        self._seen: set[tuple[str, str]] = set()
        self._room: dict[str, asyncio.Semaphore] = {}
        self._under_way: set[asyncio.Task[None]] = set()
        self.done: Counter[str] = Counter()

    async def sign_off(self) -> None:
        """The duty officer lets the machine forward what it is sure of."""
        until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        forwarding = {"name": "值班长长期签批", "topics": ["*"], "confidence": 0.5, "valid_until": until}
        await self._tell(Service.DISPATCHER, "/sign-offs", forwarding, Role.DUTY_OFFICER)

    async def live(self, appeals: int, seconds: float) -> float:
        """Take ``appeals`` appeals through their lives; seconds until the last visit was answered.

        Raises ``TimeoutError`` naming how far everybody came.
        """
        began = time.perf_counter()
        before = self.done["visit"]
        desks = [
            self._desk(Service.DISPATCHER, "/work-orders", {"state": "DISPATCHED"}, Role.DUTY_OFFICER, self._handle),
            self._desk(Service.DISPATCHER, "/work-orders", {"desk": "review"}, Role.DUTY_OFFICER, self._approve),
            self._desk(Service.DISPATCHER, "/work-orders", {"desk": "signature"}, Role.DUTY_OFFICER, self._sign),
            self._desk(Service.CLASSIFIER, "/triage", {}, Role.TRIAGE_OFFICER, self._decide),
            self._desk(Service.REVISIT, "/visits", {"state": "due"}, Role.REVISIT_AGENT, self._visit),
        ]
        work = [asyncio.ensure_future(desk) for desk in desks]
        work += [asyncio.ensure_future(self.register(index)) for index in range(appeals)]
        try:
            while self.done["visit"] - before < appeals:
                for task in work:
                    if task.done():
                        task.result()
                if time.perf_counter() - began > seconds:
                    raise TimeoutError(f"not all closed after {seconds:.0f} s; done: {dict(self.done)}")
                await asyncio.sleep(0.02)
            return time.perf_counter() - began
        finally:
            ending = [*work, *self._under_way]
            self._under_way.clear()
            for task in ending:
                task.cancel()
            await asyncio.gather(*ending, return_exceptions=True)

    async def leave(self) -> None:
        """Hang up."""
        await self._http.aclose()

    async def register(self, index: int) -> None:
        """One more appeal, by phone."""
        serial = next(self._count)
        body = {
            "channel": "phone",
            "message_id": f"m-{serial}",
            "text": matter(serial),
            "caller": {"name": "来电人", "phone": f"0375-2{serial:06d}"},
            "place": {"text": f"新华路{serial}号"},
        }
        async with self._limit("register"):
            await self._tell(Service.INTAKE, "/appeals", body, Role.AGENT)
        self.done["register"] += 1

    async def _desk(
        self,
        service: Service,
        path: str,
        query: dict[str, str],
        role: Role,
        act: Callable[[Mapping[str, Any]], Awaitable[None]],
    ) -> None:
        desk = act.__name__.strip("_")
        under_way = self._under_way
        while True:
            items = (await self._read(service, path, {**query, "limit": "100"}, role))["items"]
            new = [item for item in items if (desk, item.get("visit", item["subject"])) not in self._seen]
            for item in new:
                self._seen.add((desk, item.get("visit", item["subject"])))
                task = asyncio.ensure_future(self._once(desk, act, item))
                under_way.add(task)
            for task in [task for task in under_way if task.done()]:
                under_way.discard(task)
                task.result()
            await asyncio.sleep(LOOK_SECONDS)

    async def _once(self, desk: str, act: Callable[[Mapping[str, Any]], Awaitable[None]], item: Any) -> None:
        async with self._limit(desk):
            await act(item)
        self.done[desk] += 1

    async def _handle(self, item: Mapping[str, Any]) -> None:
        unit = item["unit"]
        for command in HANDLING:
            body = {"work_order": item["subject"], **command}
            await self._tell(Service.DISPATCHER, f"/units/{unit}/commands", body, Role.UNIT_HANDLER, unit)

    async def _approve(self, item: Mapping[str, Any]) -> None:
        await self._tell(Service.DISPATCHER, f"/work-orders/{item['subject']}/review", APPROVED, Role.REVIEWER)

    async def _decide(self, item: Mapping[str, Any]) -> None:
        path = f"/triage/{item['subject']}/decision"
        await self._tell(Service.CLASSIFIER, path, DECIDED, Role.TRIAGE_OFFICER)

    async def _sign(self, item: Mapping[str, Any]) -> None:
        known = item["proposed_unit"] and item["proposed_unit"] != "hotline-center"
        body = {} if known else {"unit": "urban-management"}
        await self._tell(Service.DISPATCHER, f"/work-orders/{item['subject']}/signature", body, Role.DUTY_OFFICER)

    async def _visit(self, item: Mapping[str, Any]) -> None:
        await self._tell(Service.REVISIT, f"/visits/{item['visit']}/answer", SATISFIED, Role.REVISIT_AGENT)

    async def _read(self, service: Service, path: str, query: dict[str, str], role: Role) -> Any:
        url = self._platform.urls[service] + path
        response = await self._ask("GET", url, params=query, headers=self._headers(role))
        return response.raise_for_status().json()

    async def _tell(
        self, service: Service, path: str, body: Mapping[str, Any], role: Role, unit: str | None = None
    ) -> None:
        headers = {**self._headers(role, unit), "Idempotency-Key": f"bench-{next(self._count)}"}
        response = await self._ask("POST", self._platform.urls[service] + path, json=dict(body), headers=headers)
        # A list is read before somebody else's step; what still waits is listed again.
        if response.status_code != CONFLICT and not response.is_success:
            raise RuntimeError(f"{path}: {response.status_code} {response.text}")

    async def _ask(self, method: str, url: str, **more: Any) -> httpx.Response:
        """Once more with the same key when a kept connection was closed just then."""
        for pause in PAUSES:
            try:
                return await self._http.request(method, url, **more)
            except httpx.TransportError:
                await asyncio.sleep(pause)
        return await self._http.request(method, url, **more)

    def _headers(self, role: Role, unit: str | None = None) -> dict[str, str]:
        if (role, unit) not in self._tokens:
            self._tokens[role, unit] = self._platform.issuer.issue(role, unit=unit)
        return {"Authorization": f"Bearer {self._tokens[role, unit]}"}

    def _limit(self, desk: str) -> asyncio.Semaphore:
        return self._room.setdefault(desk, asyncio.Semaphore(AT_ONCE))
