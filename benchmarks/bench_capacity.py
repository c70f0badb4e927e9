"""What one appeal's whole life costs: the figures that the capacity table in ``docs/operating.md`` rests on.

Run ``python -m benchmarks.bench_capacity [--appeals 200] [--write]`` with AMQP_URL and MONGO_URL on a quiet machine.
``--write`` puts them into ``benchmarks/measured.toml``; ``python -m checks.capacity --write`` makes the table of them.
"""

import argparse
import asyncio
import datetime
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bson
import pymongo

from benchmarks.bench_lifecycle import WARM_UP, live, say
from benchmarks.exposition import Samples, total
from benchmarks.recorded_facts import Recorder
from benchmarks.six_processes import SixProcesses, running, virtual_host
from contracts.words import Service

FILE = Path(__file__).with_name("measured.toml")
PATIENCE = 300.0


def stored(platform: SixProcesses) -> dict[str, int]:
    """Bytes of all documents in each service's database, as BSON: not compressed, without indexes."""
    found: dict[str, int] = {}
    with pymongo.MongoClient[Any](platform.mongo_url) as client:
        for service in Service:
            database = client[f"{platform.prefix}_{service.replace('-', '_')}"]
            names = [name for name in database.list_collection_names() if not name.startswith("system.")]
            found[service] = sum(len(bson.encode(row)) for name in names for row in database[name].find())
    return found


async def _measure(platform: SixProcesses, appeals: int) -> tuple[dict[str, Any], dict[str, int], float]:
    recorder = Recorder(platform.amqp_url)
    await recorder.start()
    empty = stored(platform)
    found = await live(platform, appeals, PATIENCE)
    facts = await recorder.facts()
    full = stored(platform)
    lives = WARM_UP + appeals
    grown = {service: round((full[service] - empty[service]) / lives) for service in full}
    return found, grown, sum(len(fact.body) for fact in facts) / len(facts)


def lines(found: Mapping[str, Any], grown: Mapping[str, int], message: float, appeals: int) -> str:
    """The file."""
    cost: dict[Service, Samples] = found["cost"]

    def each(name: str) -> dict[str, float]:
        return {str(service): round(total(one, name) / appeals, 2) for service, one in cost.items()}

    trips, writes = each("hotline_store_round_trips_total"), each("hotline_store_writes_total")
    publishes, deliveries = each("hotline_published_total"), each("hotline_handled_total")
    cpu = {name: round(1000 * used / appeals, 1) for name, used in found["cpu"].items() if name != "players"}
    memory = {name: round(used) for name, used in found["memory"].items() if name in set(Service)}
    tables = {
        "processor_ms of each part": ("processor_ms", cpu),
        "resident_mb of each process": ("resident_mb", memory),
        "messages handled by each service": ("deliveries", deliveries),
        "bytes of documents kept by each service, as BSON": ("stored_bytes", grown),
    }
    text = [
        "# What one appeal's whole life costs. Written by `python -m benchmarks.bench_capacity --write`.",
        f'measured = "{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"',
        f'machine = "{os.cpu_count()} processors, load of 15 minutes {os.getloadavg()[2]:.1f}"',
        f"appeals = {appeals}",
        f"lives_a_second = {appeals / found['seconds']:.2f}",
        f"round_trips = {sum(trips.values()):.1f}",
        f"writes = {sum(writes.values()):.1f}",
        f"publishes = {sum(publishes.values()):.1f}",
        f"message_bytes = {message:.0f}",
    ]
    for title, (name, values) in tables.items():
        text += ["", f"# {title}", f"[{name}]", *(f"{key} = {value}" for key, value in values.items())]
    return "\n".join(text) + "\n"


def main() -> None:
    """Measure; print, or write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appeals", type=int, default=200)
    parser.add_argument("--write", action="store_true", help=f"into {FILE.name}")
    asked = parser.parse_args()
    amqp_url, mongo_url = os.environ.get("AMQP_URL"), os.environ.get("MONGO_URL")
    if not amqp_url or not mongo_url:
        parser.error("it needs AMQP_URL and MONGO_URL")
    with virtual_host(amqp_url) as vhost, running(vhost, mongo_url) as platform:
        text = lines(*asyncio.run(_measure(platform, asked.appeals)), asked.appeals)
    if asked.write:
        FILE.write_text(text, encoding="utf-8")
        say(f"written: {FILE.name}; now python -m checks.capacity --write")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
