"""Full lifecycles a second on six processes, a real RabbitMQ and MONGO_URL, beside the bare limit of the same run.

Run ``python -m benchmarks.bench_lifecycle [--appeals 200] [--profile] [--json]`` with AMQP_URL and MONGO_URL. A
lifecycle is: register, classify, dispatch, confirm, contact, reply, approve, visit, close, and its journal. The limit
is the same number of confirmed publishes, deliveries and batched writes with nothing of ours in between.
"""

import argparse
import asyncio
import json
import os
import resource
import sys
import time
from typing import Any

import pymongo

from benchmarks.bare_limit import Bare, Work, measure
from benchmarks.exposition import Samples, total
from benchmarks.lifecycle_players import Players
from benchmarks.process_table import cpu_seconds
from benchmarks.six_processes import SixProcesses, running, virtual_host
from contracts.words import Service

WARM_UP = 20
"""Appeals before the clock starts: pools are open and code is warm, as in a service that has run for a minute."""
ROUND_TRIPS_LIMIT = 40
AIM = 0.5
"""Of the bare limit."""
CALM = 3
"""Equal readings of the counters, half a second apart, that mean nothing is under way any more."""


def closed(platform: SixProcesses) -> int:
    """Appeals whose closing is in the journal."""
    with pymongo.MongoClient[dict[str, Any]](platform.mongo_url) as client:
        journal = client[f"{platform.prefix}_{Service.REPORTING}"].journal
        return journal.count_documents({"type": "appeal.closed"})


async def _journalled(platform: SixProcesses, count: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while (found := await asyncio.to_thread(closed, platform)) < count:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{found} of {count} closings are in the journal")
        await asyncio.sleep(0.1)


async def _calm(platform: SixProcesses) -> dict[Service, Samples]:
    """The counters once nothing moves: what follows a closing (deadlines, rollups) belongs to the lifecycle too."""
    equal, known = 0, -1.0
    while True:
        counted = await asyncio.to_thread(platform.counted)
        moved = sum(
            total(one, "hotline_handled_total") + total(one, "hotline_published_total") for one in counted.values()
        )
        equal, known = (equal + 1 if moved == known else 0), moved
        if equal >= CALM:
            return counted
        await asyncio.sleep(0.5)


async def live(platform: SixProcesses, appeals: int, patience: float) -> dict[str, Any]:
    """Warm up, take the time of ``appeals`` lifecycles, and say what each cost."""
    players = Players(platform)
    try:
        await players.sign_off()
        say(f"warming up with {WARM_UP} appeals")
        await players.live(WARM_UP, patience)
        await _journalled(platform, WARM_UP, patience)
        counted, cpu, own = await _calm(platform), platform.cpu(), cpu_seconds(os.getpid())
        say(f"{appeals} appeals")
        began = time.perf_counter()
        await players.live(appeals, patience)
        await _journalled(platform, WARM_UP + appeals, patience)
        seconds = time.perf_counter() - began
        used = {name: value - cpu[name] for name, value in platform.cpu().items()}
        used["players"] = cpu_seconds(os.getpid()) - own
        after = await _calm(platform)
    finally:
        await players.leave()
    cost = {
        service: {key: value - counted[service].get(key, 0.0) for key, value in one.items()}
        for service, one in after.items()
    }
    servers = [platform.pids[name] for name in ("broker", "database") if name in platform.pids]
    return {"seconds": seconds, "cost": cost, "cpu": used, "memory": platform.memory(), "servers": servers}


def _barely(work: Work, amqp_url: str, mongo_url: str, servers: list[int]) -> tuple[Bare, float]:
    """The bare run, and the processor seconds it took of its processes and the servers."""

    def used() -> float:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return ended.ru_utime + ended.ru_stime + sum(map(cpu_seconds, servers))

    before = used()
    return measure(work, amqp_url, mongo_url), used() - before


def report(found: dict[str, Any], appeals: int, bare: Bare, bare_cpu: float, work: Work) -> dict[str, Any]:
    """The figures, all by lifecycle unless the name says otherwise."""
    cost: dict[Service, Samples] = found["cost"]

    def each(name: str) -> dict[str, float]:
        return {str(service): round(total(one, name) / appeals, 2) for service, one in cost.items()}

    handling = [
        (label, value)
        for one in cost.values()
        for (name, label), value in one.items()
        if name == "hotline_handling_seconds_sum"
    ]
    slowest = sorted(handling, key=lambda item: -item[1])[:12]
    trips, writes = each("hotline_store_round_trips_total"), each("hotline_store_writes_total")
    speed, limit = appeals / found["seconds"], appeals / bare.whole
    return {
        "appeals": appeals,
        "seconds": round(found["seconds"], 2),
        "lifecycles_per_second": round(speed, 2),
        "limit_lifecycles_per_second": round(limit, 2),
        "ratio": round(speed / limit, 3),
        "aim": AIM,
        "limit_seconds": {name: round(getattr(bare, name), 2) for name in ("publishing", "delivering", "writing")},
        "cpu_ms": round(1000 * sum(found["cpu"].values()) / appeals, 1),
        "limit_cpu_ms": round(1000 * bare_cpu / appeals, 1),
        "publishes": round(work.publishes / appeals, 2),
        "deliveries": round(work.deliveries / appeals, 2),
        "writes": round(work.writes / appeals, 2),
        "round_trips": round(sum(trips.values()), 2),
        "round_trips_limit": ROUND_TRIPS_LIMIT,
        "stale_saves": round(sum(each("hotline_stale_saves_total").values()), 2),
        "round_trips_of": trips,
        "writes_of": writes,
        "publishes_of": each("hotline_published_total"),
        "deliveries_of": each("hotline_handled_total"),
        "cpu_ms_of": {name: round(1000 * value / appeals, 2) for name, value in found["cpu"].items()},
        "resident_mb_of": {name: round(value) for name, value in found["memory"].items()},
        "handling_ms_of_queue": {name: round(1000 * value / appeals, 2) for name, value in slowest},
        "calls_of": {str(service): _calls(one, appeals) for service, one in cost.items()},
        "processors": os.cpu_count(),
        "load_15_minutes": round(os.getloadavg()[2], 1),
    }


def _calls(cost: Samples, appeals: int) -> dict[str, list[float]]:
    """By kind of call to the database: round trips and documents written, a lifecycle."""
    trips, writes = "hotline_store_round_trips_total", "hotline_store_writes_total"
    kinds = sorted({label for name, label in cost if name == trips})
    return {kind: [round(cost.get((name, kind), 0.0) / appeals, 2) for name in (trips, writes)] for kind in kinds}


def show(figures: dict[str, Any], profile: bool) -> None:
    """For people."""
    print(
        f"{figures['appeals']} lifecycles in {figures['seconds']} s: {figures['lifecycles_per_second']} a second\n"
        f"bare limit {figures['limit_lifecycles_per_second']} a second; ratio {figures['ratio']} (aim {AIM})\n"
        f"a lifecycle: {figures['publishes']} publishes, {figures['deliveries']} deliveries, "
        f"{figures['writes']} writes, {figures['round_trips']} round trips (limit {ROUND_TRIPS_LIMIT}), "
        f"{figures['stale_saves']} stale saves\n"
        f"bare seconds: {figures['limit_seconds']}\n"
        f"processor milliseconds a lifecycle: {figures['cpu_ms']}, bare {figures['limit_cpu_ms']}\n"
        f"{figures['processors']} processors, load of the last 15 minutes {figures['load_15_minutes']}"
    )
    columns = ("cpu_ms_of", "resident_mb_of", "round_trips_of", "writes_of", "publishes_of", "deliveries_of")
    print(f"{'a lifecycle':14}" + "".join(f"{name.removesuffix('_of'):>15}" for name in columns))
    for name in figures["cpu_ms_of"]:
        print(f"{name:14}" + "".join(f"{figures[column].get(name, ''):>15}" for column in columns))
    if profile:
        print("milliseconds in handlers by queue, a lifecycle (waiting for the store included)")
        for queue, value in figures["handling_ms_of_queue"].items():
            print(f"{queue:44}{value:10.2f}")
        print("calls to the database by service and kind, a lifecycle: round trips, documents written")
        for service, calls in figures["calls_of"].items():
            said = ", ".join(f"{kind} {trips} / {writes}" for kind, (trips, writes) in calls.items() if trips)
            print(f"{service:14}{said}")


def say(text: str) -> None:
    """Progress."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appeals", type=int, default=200, help="how many at once (default 200)")
    parser.add_argument("--patience", type=float, default=180.0, help="seconds until a run is given up")
    parser.add_argument("--profile", action="store_true", help="also the handlers' time by queue")
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    asked = parser.parse_args()
    amqp_url, mongo_url = os.environ.get("AMQP_URL"), os.environ.get("MONGO_URL")
    if not amqp_url or not mongo_url:
        parser.error("the whole way needs AMQP_URL and MONGO_URL")
    with virtual_host(amqp_url) as vhost:
        with running(vhost, mongo_url) as platform:
            found = asyncio.run(live(platform, asked.appeals, asked.patience))
        parts = ("hotline_published_total", "hotline_handled_total", "hotline_store_writes_total")
        work = Work(*(round(sum(total(one, name) for one in found["cost"].values())) for name in parts))
        say(f"the bare limit: {work}")
        bare, bare_cpu = _barely(work, vhost, mongo_url, found["servers"])
        figures = report(found, asked.appeals, bare, bare_cpu, work)
    if asked.json:
        print(json.dumps(figures, ensure_ascii=False))
    else:
        show(figures, asked.profile)


if __name__ == "__main__":
    main()
