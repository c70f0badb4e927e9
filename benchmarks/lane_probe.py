"""One emergency after another through the platform, and after each the same hops over the bare broker."""

import asyncio
import itertools
import json
import multiprocessing
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event as Stop
from typing import Any

import aio_pika
import httpx
from aio_pika.abc import AbstractExchange, AbstractIncomingMessage

from chassis.issuer import DevelopmentIssuer
from contracts.topology import line_queue
from contracts.words import Role

LINE = "119"
FIRES = (
    "新华路{}号楼下着火了,火很大,快来人",
    "建设路{}号厨房着火,浓烟往外冒,里面还有老人",
    "中兴路{}号仓库烧起来了,现在越烧越大,马上派消防车",
    "光明路{}号楼道全是浓烟,有人被困在屋里出不来",
)
PATIENCE = 60.0
"""Seconds until a hand-over is given up."""
PAUSE = 0.25
"""Seconds between two emergencies."""


@dataclass(slots=True)
class Times:
    """Milliseconds of each try. ``accepted``: from intake's answer to the line's queue; ``sent``: from our request."""

    accepted: list[float] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)


class Probe:
    """The caller and the line in one process, so that both read one clock."""

    def __init__(self, http: httpx.AsyncClient, token: str, bare_in: AbstractExchange, bare_key: str) -> None:
        self._http = http
        self._token = token
        self._bare_in = bare_in
        self._bare_key = bare_key
        self._serials = itertools.count(1)
        self._run = secrets.token_hex(4)
        self._arrived: dict[str, float] = {}
        self._bell = asyncio.Event()

    async def line_reads(self, message: AbstractIncomingMessage) -> None:
        """The line's own consumer. A second page of a case is not its arrival."""
        now = time.perf_counter()
        body = json.loads(message.body)
        if body["type"] == "handover" and body["page"] == 1:
            self._ring(body["reference"], now)
        await message.ack()

    async def bare_reads(self, message: AbstractIncomingMessage) -> None:
        """The end of the bare hops."""
        self._ring(str(message.message_id), time.perf_counter())
        await message.ack()

    async def measure(self, tries: int) -> Times:
        """Take turns: an emergency, then the bare hops. Raises ``TimeoutError`` when one does not arrive."""
        times = Times()
        for _ in range(tries):
            sent, accepted, reference = await self._call()
            arrived = await self._wait(reference)
            times.sent.append(1000 * (arrived - sent))
            times.accepted.append(1000 * max(arrived - accepted, 0.0))
            await asyncio.sleep(PAUSE / 2)
            began = time.perf_counter()
            await self._bare(f"bare-{self._run}-{next(self._serials)}")
            times.bare.append(1000 * (time.perf_counter() - began))
            await asyncio.sleep(PAUSE / 2)
        return times

    async def _call(self) -> tuple[float, float, str]:
        serial = next(self._serials)
        body = {
            "channel": "phone",
            "message_id": f"fire-{self._run}-{serial}",
            "text": FIRES[serial % len(FIRES)].format(serial),
            "caller": {"name": "来电人", "phone": f"0375-3{serial:06d}"},
            "place": {"text": f"新华路{serial}号"},
        }
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": f"fire-{self._run}-{serial}"}
        sent = time.perf_counter()
        answer = await self._http.post("/appeals", json=body, headers=headers)
        accepted = time.perf_counter()
        return sent, accepted, f"EM{answer.raise_for_status().json()['number']}-{LINE}"

    async def _bare(self, message_id: str) -> None:
        message = aio_pika.Message(b"x" * 1_000, message_id=message_id, delivery_mode=2)
        # Not awaited before the arrival: the hop ends where the line has it, as it does for the platform.
        publishing = asyncio.ensure_future(self._bare_in.publish(message, self._bare_key))
        await self._wait(message_id)
        await publishing

    def _ring(self, name: str, now: float) -> None:
        self._arrived[name] = now
        self._bell.set()

    async def _wait(self, name: str) -> float:
        async with asyncio.timeout(PATIENCE):
            while name not in self._arrived:
                self._bell.clear()
                await self._bell.wait()
        return self._arrived.pop(name)


@asynccontextmanager
async def probing(amqp_url: str, intake_url: str, folder: Any) -> AsyncIterator[Probe]:
    """A probe on connections of its own, with the bare hops' middle in a process of its own."""
    names = (f"lane.bare.{secrets.token_hex(3)}.a", f"lane.bare.{secrets.token_hex(3)}.b")
    async with (
        await aio_pika.connect(amqp_url) as connection,
        httpx.AsyncClient(base_url=intake_url, timeout=60) as http,
    ):
        channel = await connection.channel(on_return_raises=True)
        await channel.set_qos(prefetch_count=16)
        first, last = [
            await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"}) for name in names
        ]
        line = await channel.get_queue(line_queue(LINE), ensure=False)
        probe = Probe(http, DevelopmentIssuer(folder).issue(Role.AGENT), channel.default_exchange, first.name)
        await line.consume(probe.line_reads)
        await last.consume(probe.bare_reads)
        context = multiprocessing.get_context("spawn")
        stop, ready = context.Event(), context.Event()
        middle = context.Process(target=_middle, args=(amqp_url, *names, ready, stop), daemon=True)
        middle.start()
        try:
            await asyncio.to_thread(ready.wait, 60)
            yield probe
        finally:
            stop.set()
            await asyncio.to_thread(middle.join, 30)
            for name in names:
                await channel.queue_delete(name)


def _middle(amqp_url: str, source: str, target: str, ready: Stop, stop: Stop) -> None:
    asyncio.run(_pass_on(amqp_url, source, target, ready, stop))


async def _pass_on(amqp_url: str, source: str, target: str, ready: Stop, stop: Stop) -> None:
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel(on_return_raises=True)
        await channel.set_qos(prefetch_count=16)
        queue = await channel.get_queue(source, ensure=False)

        async def on(message: AbstractIncomingMessage) -> None:
            onward = aio_pika.Message(message.body, message_id=message.message_id, delivery_mode=2)
            await channel.default_exchange.publish(onward, target)
            await message.ack()

        await queue.consume(on)
        ready.set()
        await asyncio.to_thread(stop.wait)
