"""Member units' own programs, many in one process: each a connection with its own user, reading its own queue.

Run as ``python -m benchmarks.unit_receivers FILE``; one line of JSON on standard input: ``{unit: AMQP url}``. Every
message becomes one line in FILE: unit, message id, subject, type, ``work_order_seq`` or 0, instant of arrival (seconds
since the epoch), and 1 where the broker says that it was delivered before. Ends when standard input is closed.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any, TextIO

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

PREFETCH = 50
CONNECTING = 16


async def _receive(unit: str, url: str, book: TextIO, room: asyncio.Semaphore) -> Any:
    async with room:
        connection = await aio_pika.connect(url)
        channel = await connection.channel()
        await channel.set_qos(prefetch_count=PREFETCH)
        queue = await channel.get_queue(f"assignments.{unit}", ensure=False)

    async def take(message: AbstractIncomingMessage) -> None:
        at = time.time()
        body = json.loads(message.body)
        words = (unit, body["id"], body["subject"], body["type"], body.get("work_order_seq") or 0, f"{at:.6f}")
        book.write("\t".join(map(str, (*words, int(bool(message.redelivered))))) + "\n")
        await message.ack()

    await queue.consume(take)
    return connection


async def main(file: Path) -> None:
    """Receive until told to stop."""
    loop = asyncio.get_running_loop()
    addresses: dict[str, str] = json.loads(await asyncio.to_thread(sys.stdin.readline))
    with file.open("w", encoding="utf-8") as book:
        room = asyncio.Semaphore(CONNECTING)
        connections = await asyncio.gather(*(_receive(unit, url, book, room) for unit, url in addresses.items()))
        print("ready", flush=True)
        await loop.run_in_executor(None, sys.stdin.read)
        await asyncio.gather(*(connection.close() for connection in connections))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
