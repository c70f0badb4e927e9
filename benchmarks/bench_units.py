"""Member units on their own queues: many users on a real RabbitMQ, appeals at a steady rate, proof from both ends.

Run ``python -m benchmarks.bench_units [--units 200] [--rate 30] [--minutes 5] [--json]`` with MONGO_URL, then, on a
fresh database server, the same with ``--away 50000 --beside FIRST.json``: one unit is away with so many messages in its
queue, and the others' times are set beside those of the first run. Both begin on a young database, for one that grows
has slower minutes: spells that followed each other on one differed more by age than by anything else. The broker is a
node of this run alone. In the end the unit that was away comes back and reads all.

Nothing lost, nothing doubled: the ids that the dispatcher's documents say were sent are the ids that the units'
programs got, each once. (Where a confirm comes too late the relay sends again under the same id, and units know it by
that; on a machine at rest there is none.) Times run from ``appeal.classified`` (its own instant) to the arrival in the
unit's program.
"""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Any

import aio_pika
import pymongo

from benchmarks.six_processes import SixProcesses, running
from benchmarks.unit_sender import Sender, say
from benchmarks.unit_town import Got, book, depths, enrol, receiving, waiting, write_units
from chassis.testing.rabbitmq_node import RabbitNode
from contracts.topology import unit_queue
from contracts.words import Service

AIM_CHANGE = 0.20
"""The others' p99 may grow so much while one unit is away."""
SETTLE_SECONDS = 120.0
LOOK_SECONDS = 5.0
"""Between two looks at the queues' depths: to list 230 queues takes the broker 40 ms."""
ORDER = "assignment"
OLD = "old"
"""Id of what lies in the queue of the unit that is away."""


def percentile(values: list[float], share: float) -> float:
    """Nearest rank; not a number without values."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


async def fill(url: str, unit: str, count: int) -> None:
    """Lay so many messages into a unit's queue, confirmed, as if it had been away for long."""
    async with await aio_pika.connect(url) as connection:
        exchange = await (await connection.channel()).get_exchange("assignments")
        body = json.dumps({"id": OLD, "subject": OLD, "type": OLD, "text": "无" * 150}).encode()
        room = asyncio.Semaphore(500)

        async def one(at: int) -> None:
            async with room:
                message = aio_pika.Message(body, message_id=f"old-{at}", delivery_mode=2)
                await exchange.publish(message, unit_queue(unit))

        for first in range(0, count, 5_000):
            await asyncio.gather(*(one(at) for at in range(first, min(first + 5_000, count))))


async def spell(
    platform: SixProcesses, node: RabbitNode, vhost: str, units: Collection[str], rate: float, seconds: float
) -> dict[str, Any]:
    """Appeals at this rate for so long, then until nothing moves; what it took."""
    sender = Sender(platform, tuple(units))
    try:
        cpu, began = platform.cpu(), time.time()
        deepest: list[int] = []

        async def watch() -> None:
            while True:
                deepest.append((await asyncio.to_thread(waiting, node, vhost))[0])
                await asyncio.sleep(LOOK_SECONDS)

        watching = asyncio.create_task(watch())
        taken = await sender.send(rate, seconds)
        watching.cancel()
        used = {name: value - cpu.get(name, 0.0) for name, value in platform.cpu().items()}
        await _settled(node, vhost)
    finally:
        await sender.leave()
    half = len(deepest) // 2
    return {
        "began": began,
        "numbers": sender.numbers,
        "seconds": taken,
        "cpu": used,
        "queues_first_half": max(deepest[:half], default=0),
        "queues_second_half": max(deepest[half:], default=0),
    }


async def _settled(node: RabbitNode, vhost: str) -> None:
    """Until the services' queues have been empty for three looks."""
    deadline, calm = time.monotonic() + SETTLE_SECONDS, 0
    while calm < 3:
        ours, _ = await asyncio.to_thread(waiting, node, vhost)
        calm = calm + 1 if ours == 0 else 0
        if time.monotonic() > deadline:
            raise TimeoutError(f"{ours} messages are still in the services' queues")
        await asyncio.sleep(1.5)


def journalled(platform: SixProcesses) -> tuple[dict[str, str], dict[str, float]]:
    """By the journal: the subject of each number, and when each was classified first, in seconds since the epoch."""
    subjects: dict[str, str] = {}
    since: dict[str, float] = {}
    with pymongo.MongoClient[dict[str, Any]](platform.mongo_url) as client:
        journal = client[f"{platform.prefix}_{Service.REPORTING}"].journal
        for row in journal.find({"type": {"$in": ["appeal.registered", "appeal.classified"]}}, {"body": 1}):
            fact = json.loads(row["body"])
            if fact["type"] == "appeal.registered":
                subjects[fact["data"]["number"]] = fact["subject"]
                continue
            at = datetime.fromisoformat(fact["time"]).timestamp()
            since[fact["subject"]] = min(at, since.get(fact["subject"], at))
    return subjects, since


def sent(platform: SixProcesses, units: Collection[str]) -> set[str]:
    """Ids of every message that the dispatcher's documents say was sent about an order that these units had."""
    with pymongo.MongoClient[dict[str, Any]](platform.mongo_url) as client:
        orders = client[f"{platform.prefix}_{Service.DISPATCHER}"].orders
        return {
            one for row in orders.find({"row.had": {"$in": list(units)}}, {"sent": 1}) for one in row.get("sent", ())
        }


def timing(got: list[Got], since: dict[str, float], subjects: Collection[str], without: str) -> dict[str, Any]:
    """p50 and p99 in milliseconds from classified to the unit's program, of orders of these subjects."""
    wanted = set(subjects)
    took = [
        1000 * (one.at - since[one.subject])
        for one in got
        if one.type == ORDER and one.subject in wanted and one.unit != without and one.subject in since
    ]
    return {"orders": len(took), "p50_ms": round(percentile(took, 0.5), 1), "p99_ms": round(percentile(took, 0.99), 1)}


def proof(got: list[Got], ids: set[str]) -> dict[str, Any]:
    """Both ends against each other."""
    times = Counter(one.id for one in got)
    again = Counter(one.id for one in got if one.redelivered)
    order: dict[tuple[str, str], list[int]] = defaultdict(list)
    seen: set[str] = set()
    for one in got:
        # As the department kit does: what came again under its id is no second message.
        if one.seq and one.id not in seen:
            order[one.unit, one.subject].append(one.seq)
        seen.add(one.id)
    return {
        "sent": len(ids),
        "got": len(times),
        "lost": len(ids - set(times)),
        "of_nobody": len(set(times) - ids),
        "sent_twice_under_one_id": sum(1 for name, count in times.items() if count - again[name] > 1),
        "redelivered_by_the_broker": sum(again.values()),
        "out_of_order": sum(1 for seqs in order.values() if seqs != sorted(seqs)),
    }


def came_back(node: RabbitNode, vhost: str, unit: str) -> float:
    """Wait until the unit has read all that waited for it; the seconds it took. Raises ``TimeoutError``."""
    began = time.monotonic()
    while depths(node, vhost).get(unit_queue(unit)):
        if time.monotonic() - began > SETTLE_SECONDS:
            raise TimeoutError("the unit that came back does not read what waited for it")
        time.sleep(1)
    return time.monotonic() - began


def report(
    platform: SixProcesses, one: dict[str, Any], got: list[Got], units: Collection[str], without: str
) -> dict[str, Any]:
    """The figures. ``without``: a unit whose times are left out, in both conditions the same."""
    subjects, since = journalled(platform)
    appeals, used = len(one["numbers"]), one["cpu"]
    busy, rate = sum(used.values()) / one["seconds"], appeals / one["seconds"]
    return {
        "appeals": appeals,
        "appeals_per_second": round(rate, 1),
        **timing(got, since, [subjects[number] for number in one["numbers"]], without),
        "proof": proof(got, sent(platform, units)),
        "deepest_queues": [one["queues_first_half"], one["queues_second_half"]],
        "cpu_ms_per_appeal": {name: round(1000 * value / appeals, 1) for name, value in used.items()},
        "cpu_ms_per_appeal_in_all": round(1000 * sum(used.values()) / appeals, 1),
        "processors_busy": round(busy, 2),
        "processors_for_100_a_second": round(100 * busy / rate, 1),
        "resident_mb": {name: round(value) for name, value in platform.memory().items()},
        "processors": os.cpu_count(),
        "load_15_minutes": round(os.getloadavg()[2], 1),
    }


def compared(figures: dict[str, Any], beside: Path | None) -> dict[str, Any]:
    """With the change of p99 against an earlier run's JSON."""
    if beside is None:
        return figures
    earlier = json.loads(beside.read_text(encoding="utf-8"))
    change = round(figures["p99_ms"] / earlier["p99_ms"] - 1, 3)
    return {**figures, "p99_ms_beside": earlier["p99_ms"], "p99_change": change, "aim_change": AIM_CHANGE}


def show(figures: dict[str, Any]) -> None:
    """For people."""
    for name, value in figures.items():
        print(f"{name:30}{value}")


def measure(asked: argparse.Namespace, mongo_url: str, folder: Path) -> dict[str, Any]:
    """The whole of it on a broker of its own."""
    node = RabbitNode(folder / "broker", statistics_ms=5000)
    node.start()
    try:
        vhost = node.add_vhost()
        units = write_units(folder / "units.toml", asked.units)
        os.environ["UNITS_FILE"] = str(folder / "units.toml")
        with running(node.url(vhost=vhost), mongo_url) as platform:
            say(f"enrolling {len(units)} units")
            addresses = enrol(node, vhost, units)
            seconds, unit = 60 * asked.minutes, units[0]
            others = {name: url for name, url in addresses.items() if name != unit}
            with contextlib.ExitStack() as programs:
                programs.enter_context(receiving(others, folder / "others"))
                if asked.away:
                    asyncio.run(fill(node.url(vhost=vhost), unit, asked.away))
                else:
                    programs.enter_context(receiving({unit: addresses[unit]}, folder / "unit"))
                who = f"one unit is away with {asked.away} messages in its queue" if asked.away else "every unit reads"
                say(f"{asked.rate} appeals a second for {seconds:.0f} s, {who}")
                one = asyncio.run(spell(platform, node, vhost, units, asked.rate, seconds))
                if asked.away:
                    programs.enter_context(receiving({unit: addresses[unit]}, folder / "unit"))
                    say(f"it came back and read all in {came_back(node, vhost, unit):.0f} s")
            got = [line for name in ("others", "unit") for line in book(folder / name) if line.id != OLD]
            return report(platform, one, got, units, unit)
    finally:
        node.stop()


def main() -> None:
    """Measure and print; exit code 1 when anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--rate", type=float, default=30.0, help="appeals a second")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long appeals arrive")
    parser.add_argument("--away", type=int, default=0, metavar="MESSAGES", help="one unit is away; so many wait for it")
    parser.add_argument("--beside", type=Path, metavar="JSON", help="an earlier run's --json output to compare with")
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    asked = parser.parse_args()
    mongo_url = os.environ.get("MONGO_URL")
    if not mongo_url:
        parser.error("needs MONGO_URL")
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        figures = compared(measure(asked, mongo_url, Path(folder)), asked.beside)
    if asked.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        show(figures)
    wrong = figures["proof"]
    sys.exit(bool(wrong["lost"] or wrong["sent_twice_under_one_id"] or wrong["of_nobody"]))


if __name__ == "__main__":
    main()
