"""The storm around the lane: ordinary appeals that wait on the broker, and more that arrive over HTTP meanwhile."""

import asyncio
import http.client
import itertools
import json
import multiprocessing
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Event as Stop
from typing import Any
from urllib.parse import urlsplit

import aio_pika

from benchmarks.matters import matter
from chassis.issuer import DevelopmentIssuer
from contracts.codec import encode
from contracts.envelope import Fact
from contracts.events.appeal import AppealRegistered, Place
from contracts.topology import facts_exchange, facts_queue
from contracts.words import Channel, Lane, Role, Service

AT_ONCE = 32
"""Ordinary requests under way at intake's door."""
UNCONFIRMED = 200
JSON = {"Content-Type": "application/json"}
LOOK_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Storm:
    """What to keep up: so many facts waiting for the classifier, and so many requests a second arriving meanwhile.

    ``arriving``: 0 for none, infinite for callers who come again as soon as they were answered.
    """

    amqp_url: str
    intake_url: str
    issuer_folder: Any
    waiting: int
    arriving: float


class Backlog:
    """Registrations laid into the exchange as intake would publish them, and how many wait for the classifier."""

    def __init__(self, amqp_url: str) -> None:
        self._url = amqp_url
        self._count = itertools.count(1)
        self._run = secrets.token_hex(4)

    async def waiting(self) -> int:
        """Facts that lie ready in the classifier's ordinary queue."""
        async with await aio_pika.connect(self._url) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(facts_queue(Service.CLASSIFIER, Lane.ORDINARY), passive=True)
            return queue.declaration_result.message_count or 0

    async def add(self, count: int) -> None:
        """Publish so many more, confirmed."""
        async with await aio_pika.connect(self._url) as connection:
            channel = await connection.channel(on_return_raises=True)
            exchange = await channel.get_exchange(facts_exchange(Lane.ORDINARY), ensure=False)
            left = iter(range(count))

            async def one_after_another() -> None:
                for _ in left:
                    fact = self._fact()
                    message = aio_pika.Message(encode(fact), message_id=fact.id, delivery_mode=2)
                    await exchange.publish(message, fact.type)

            await asyncio.gather(*(one_after_another() for _ in range(UNCONFIRMED)))

    def _fact(self) -> Fact[AppealRegistered]:
        serial = next(self._count)
        subject = f"storm-{self._run}-{serial}"
        return Fact(
            id=f"{subject}:1",
            source=Service.INTAKE,
            subject=subject,
            sequence=1,
            time=datetime.now(UTC),
            data=AppealRegistered(
                number=subject,
                jurisdiction="410400",
                area="410400",
                channel=Channel.PHONE,
                text_masked=matter(serial),
                place=Place(text=f"新华路{serial}号"),
            ),
        )


class Flood:
    """A process of its own that keeps the storm up until it is told to stop; counts what intake accepted."""

    def __init__(self, storm: Storm) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop = context.Event()
        self._accepted = context.Value("i", 0)
        self._process = context.Process(target=_flood, args=(storm, self._stop, self._accepted), daemon=True)
        self._began = 0.0

    def __enter__(self) -> "Flood":
        self._process.start()
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._process.join(60)

    def rate(self) -> float:
        """Accepted appeals a second since it began."""
        return float(self._accepted.value) / (time.perf_counter() - self._began)


def _flood(storm: Storm, stop: Stop, accepted: Any) -> None:
    asyncio.run(_keep_up(storm, stop, accepted))


async def _keep_up(storm: Storm, stop: Stop, accepted: Any) -> None:
    serials = itertools.count(1)
    run = secrets.token_hex(4)
    token = DevelopmentIssuer(storm.issuer_folder).issue(Role.AGENT)
    began = time.monotonic()

    def arrive() -> None:
        # Python's plain client in threads: what sends takes the platform's processors.
        connection = http.client.HTTPConnection(urlsplit(storm.intake_url).netloc, timeout=60)
        while not stop.is_set():
            serial = next(serials)
            # At a given rate the appeals come when they come, whether or not earlier ones were answered.
            time.sleep(max(0.0, began + serial / storm.arriving - time.monotonic()))
            body = {
                "channel": "phone",
                "message_id": f"{run}-{serial}",
                "text": matter(serial),
                "caller": {"name": "来电人", "phone": f"0375-2{serial:06d}"},
                "place": {"text": f"新华路{serial}号"},
            }
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"{run}-{serial}"}
            try:
                connection.request("POST", "/appeals", json.dumps(body).encode(), headers | JSON)
                answer = connection.getresponse()
                answer.read()
            except (http.client.HTTPException, OSError):
                connection.close()
                continue
            if answer.status == http.client.CREATED:
                with accepted.get_lock():
                    accepted.value += 1
            else:
                time.sleep(0.2)

    async def refill() -> None:
        backlog = Backlog(storm.amqp_url)
        while not stop.is_set():
            missing = storm.waiting - await backlog.waiting()
            if missing > 0:
                await backlog.add(missing)
            await asyncio.sleep(LOOK_SECONDS)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        loop = asyncio.get_running_loop()
        callers = [loop.run_in_executor(threads, arrive) for _ in range(AT_ONCE if storm.arriving else 0)]
        await asyncio.gather(refill(), *callers)
