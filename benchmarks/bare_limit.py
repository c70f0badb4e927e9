"""The physical limit: the same number of publishes, deliveries and writes with nothing of ours in between.

A publisher, a consumer and a writer, a process each, as bare as the same client libraries allow: durable quorum queues,
persistent messages, a confirm for each publish, an acknowledgement for each delivery, writes in unordered bulks that
are on disk when they are answered.
"""

import asyncio
import multiprocessing
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any

import aio_pika
import pymongo

BODY = b"x" * 1_000
"""About the size of one of our facts."""
UNCONFIRMED = 256
PREFETCH = 200
BULK = 100
"""Operations in one bulk: what group commit gathers at its best."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a run of the platform cost, to be done again barely."""

    publishes: int
    deliveries: int
    writes: int


@dataclass(frozen=True, slots=True)
class Bare:
    """Seconds of each part when all three run at once, and of the whole."""

    publishing: float
    delivering: float
    writing: float
    whole: float


def measure(work: Work, amqp_url: str, mongo_url: str) -> Bare:
    """Do it. Takes seconds; blocks."""
    asyncio.run(_declare(amqp_url, _queues(work)))
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(4)
    told: Any = context.Queue()
    parts: list[tuple[str, Callable[..., None], str]] = [
        ("publishing", _publish, amqp_url),
        ("delivering", _consume, amqp_url),
        ("writing", _write, mongo_url),
    ]
    processes = [context.Process(target=_timed, args=(*part, work, start, told)) for part in parts]
    for process in processes:
        process.start()
    start.wait(120)
    began = time.perf_counter()
    found = dict(told.get(timeout=600) for _ in parts)
    whole = time.perf_counter() - began
    for process in processes:
        process.join()
    asyncio.run(_delete(amqp_url, _queues(work)))
    return Bare(**found, whole=whole)


def _timed(name: str, part: Callable[..., None], url: str, work: Work, start: Barrier, told: Any) -> None:
    began = 0.0

    def go() -> None:
        nonlocal began
        start.wait(120)
        began = time.perf_counter()

    part(url, work, go)
    told.put((name, time.perf_counter() - began))


def _queues(work: Work) -> int:
    """How many queues the widest message must reach."""
    return -(-work.deliveries // max(work.publishes, 1))


def _width(index: int, work: Work) -> int:
    """To how many queues the message ``index`` goes, so that the deliveries come out exactly."""
    return (index + 1) * work.deliveries // work.publishes - index * work.deliveries // work.publishes


async def _declare(url: str, queues: int) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange("bare", aio_pika.ExchangeType.DIRECT, durable=True)
        for number in range(1, queues + 1):
            queue = await channel.declare_queue(f"bare.{number}", durable=True, arguments={"x-queue-type": "quorum"})
            await queue.purge()
            for width in range(number, queues + 1):
                await queue.bind(exchange, str(width))


async def _delete(url: str, queues: int) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for number in range(1, queues + 1):
            await channel.queue_delete(f"bare.{number}")
        await channel.exchange_delete("bare")


def _publish(url: str, work: Work, go: Callable[[], None]) -> None:
    async def run() -> None:
        async with await aio_pika.connect(url) as connection:
            channel = await connection.channel(on_return_raises=True)
            exchange = await channel.get_exchange("bare", ensure=False)
            indexes = iter(range(work.publishes))

            async def one_after_another() -> None:
                for index in indexes:
                    message = aio_pika.Message(BODY, delivery_mode=2, message_id=str(index))
                    await exchange.publish(message, str(_width(index, work)))

            await asyncio.to_thread(go)
            await asyncio.gather(*(one_after_another() for _ in range(UNCONFIRMED)))

    asyncio.run(run())


def _consume(url: str, work: Work, go: Callable[[], None]) -> None:
    async def run() -> None:
        left = work.deliveries
        done = asyncio.Event()

        async def take(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            nonlocal left
            await message.ack()
            left -= 1
            if left <= 0:
                done.set()

        async with await aio_pika.connect(url) as connection:
            for number in range(1, _queues(work) + 1):
                channel = await connection.channel()
                await channel.set_qos(prefetch_count=PREFETCH)
                queue = await channel.get_queue(f"bare.{number}", ensure=False)
                await queue.consume(take)
            await asyncio.to_thread(go)
            await done.wait()

    asyncio.run(run())


def _write(url: str, work: Work, go: Callable[[], None]) -> None:
    async def run() -> None:
        name = f"bare_{secrets.token_hex(4)}"
        async with pymongo.AsyncMongoClient[dict[str, Any]](url, w="majority", journal=True) as client:
            rows = client[name]["rows"]
            await client.admin.command("ping")
            await asyncio.to_thread(go)
            for first in range(0, work.writes, BULK):
                size = min(BULK, work.writes - first)
                await rows.bulk_write(
                    [pymongo.InsertOne({"_id": first + n, "body": BODY}) for n in range(size)], ordered=False
                )
            await client.drop_database(name)

    asyncio.run(run())
