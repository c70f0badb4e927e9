"""One service in 1, 2 and 4 replicas, in turn: how fast it works off a backlog, or for intake how fast it registers.

Run ``python -m benchmarks.bench_scaling [--appeals 500] [--replicas 1 2 4] [--services …] [--json]`` with AMQP_URL and
MONGO_URL. The service under test is stopped while the others fill its queues; then so many replicas of it start
together, and their rate is taken from the moment when all consume until the queues are empty. ``docs/scaling.md`` reads
the figures.
"""

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aio_pika
import httpx

from benchmarks.exposition import samples, total
from benchmarks.lifecycle_players import Players
from benchmarks.process_table import cpu_seconds
from benchmarks.six_processes import SixProcesses, virtual_host
from chassis.testing.ports import free_port
from contracts.topology import facts_queue
from contracts.words import Lane, Service

HANDLED = "hotline_handled_total"
PATIENCE = 300.0


class InTurn(dict[Service, str]):
    """Addresses by service, as a load balancer gives them: each replica in its turn."""

    def __init__(self, urls: dict[Service, str], service: Service, replicas: list[str]) -> None:
        super().__init__(urls)
        self._service = service
        self._turn = itertools.cycle(replicas)

    def __getitem__(self, service: Service) -> str:
        return next(self._turn) if service == self._service else super().__getitem__(service)


class Replicas:
    """Processes of one service on the fleet's broker and databases."""

    def __init__(self, fleet: "Fleet", service: Service, count: int) -> None:
        self._running: list[subprocess.Popen[bytes]] = []
        self.urls: list[str] = []
        for _ in range(count):
            port = free_port()
            environment = {
                **os.environ,
                "AMQP_URL": fleet.amqp_url,
                "MONGO_URL": fleet.mongo_url,
                "DATABASE_PREFIX": fleet.prefix,
                "DATA_DIR": str(fleet.data),
                "HTTP_PORT": str(port),
                "LOG_LEVEL": "ERROR",
            }
            command = [sys.executable, "-m", f"{service.replace('-', '_')}.main"]
            self._running.append(subprocess.Popen(command, env=environment))
            self.urls.append(f"http://127.0.0.1:{port}")

    async def ready(self) -> None:
        """Until every replica does its own next step."""
        async with httpx.AsyncClient(timeout=5) as http:
            for url in self.urls:
                async with asyncio.timeout(PATIENCE):
                    while not await _answers(http, url):  # noqa: ASYNC110 - another process
                        await asyncio.sleep(0.05)

    def handled(self) -> list[float]:
        """Messages handled by each replica until now."""
        return [total(samples(httpx.get(f"{url}/metrics", timeout=30).text), HANDLED) for url in self.urls]

    def cpu(self) -> float:
        """Processor seconds of all of them until now."""
        return sum(cpu_seconds(process.pid) for process in self._running)

    def stop(self) -> None:
        """SIGTERM to all, and wait."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            process.wait(30)


class Fleet(SixProcesses):
    """The platform as processes that come and go one service at a time."""

    def __init__(self, amqp_url: str, mongo_url: str, folder: Path) -> None:
        super().__init__(amqp_url, mongo_url, folder)
        self.of: dict[Service, Replicas] = {}

    async def start_all(self) -> None:
        """One of each, ready."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.of = {service: Replicas(self, service, 1) for service in Service}
        self.urls = {service: replicas.urls[0] for service, replicas in self.of.items()}
        await asyncio.gather(*(replicas.ready() for replicas in self.of.values()))

    def leave_out(self, service: Service) -> None:
        """End this one; its queues fill."""
        self.of.pop(service).stop()

    def stop(self) -> None:
        """End all and drop the databases."""
        for replicas in self.of.values():
            replicas.stop()
        super().stop()


async def _answers(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(f"{url}/readyz")).is_success
    except httpx.TransportError:
        return False


async def backlog(platform: Fleet, service: Service) -> int:
    """Messages that wait in the service's queues, both lanes."""
    async with await aio_pika.connect(platform.amqp_url) as connection:
        channel = await connection.channel()
        waiting = [await channel.declare_queue(facts_queue(service, lane), passive=True) for lane in Lane]
        return sum(queue.declaration_result.message_count or 0 for queue in waiting)


async def drained(platform: Fleet, service: Service, count: int, appeals: int) -> dict[str, Any]:
    """The rate at which ``count`` replicas work off what the others left for them."""
    players = Players(platform)
    try:
        await players.sign_off()
        platform.leave_out(service)
        await asyncio.gather(*(players.register(index) for index in range(appeals)))
        waiting = await _steady(platform, service)
        replicas = Replicas(platform, service, count)
        try:
            await replicas.ready()
            began, before, cpu = time.perf_counter(), replicas.handled(), replicas.cpu()
            left = await backlog(platform, service)
            async with asyncio.timeout(PATIENCE):
                while await backlog(platform, service):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(0.05)
            seconds = time.perf_counter() - began
            shares = [after - earlier for after, earlier in zip(replicas.handled(), before, strict=True)]
            used = replicas.cpu() - cpu
        finally:
            replicas.stop()
    finally:
        await players.leave()
    done = sum(shares)
    return {
        "waiting": waiting,
        "left_when_all_consumed": left,
        "per_second": round(done / seconds, 1),
        "shares": shares,
        "cpu_ms_each": round(1000 * used / done, 2) if done else None,
    }


async def registered(platform: Fleet, count: int, appeals: int) -> dict[str, Any]:
    """The rate at which ``count`` replicas of intake take appeals."""
    platform.leave_out(Service.INTAKE)
    replicas = Replicas(platform, Service.INTAKE, count)
    players = Players(platform)
    try:
        await replicas.ready()
        platform.urls = InTurn(platform.urls, Service.INTAKE, replicas.urls)
        began, cpu = time.perf_counter(), replicas.cpu()
        await asyncio.gather(*(players.register(index) for index in range(appeals)))
        seconds = time.perf_counter() - began
        used = replicas.cpu() - cpu
    finally:
        await players.leave()
        replicas.stop()
    return {"per_second": round(appeals / seconds, 1), "cpu_ms_each": round(1000 * used / appeals, 2)}


async def _steady(platform: Fleet, service: Service) -> int:
    """What waits, once it grows no more."""
    known, equal = -1, 0
    while equal < 4:
        found = await backlog(platform, service)
        known, equal = found, equal + 1 if found == known else 0
        await asyncio.sleep(0.5)
    return known


async def measured(fleet: Fleet, service: Service, count: int, appeals: int) -> dict[str, Any]:
    """One figure on a platform of its own."""
    try:
        await fleet.start_all()
        if service is Service.INTAKE:
            return await registered(fleet, count, appeals)
        return await drained(fleet, service, count, appeals)
    finally:
        fleet.stop()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appeals", type=int, default=500)
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument(
        "--services", nargs="+", choices=[str(one) for one in Service], default=[str(s) for s in Service]
    )
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    asked = parser.parse_args()
    amqp_url, mongo_url = os.environ.get("AMQP_URL"), os.environ.get("MONGO_URL")
    if not amqp_url or not mongo_url:
        parser.error("it needs AMQP_URL and MONGO_URL")
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for name, count in itertools.product(asked.services, asked.replicas):
        service = Service(name)
        print(f"{service} in {count} …", file=sys.stderr, flush=True)
        # A platform of its own for every figure: no backlog of one run lies in the next.
        with virtual_host(amqp_url) as vhost, tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
            found.setdefault(name, {})[count] = asyncio.run(
                measured(Fleet(vhost, mongo_url, Path(folder)), service, count, asked.appeals)
            )
    figures = {
        "appeals": asked.appeals,
        "processors": os.cpu_count(),
        "load_15_minutes": os.getloadavg()[2],
        "of": found,
    }
    if asked.json:
        print(json.dumps(figures))
        return
    print(f"{asked.appeals} appeals; {os.cpu_count()} processors; load of 15 minutes {os.getloadavg()[2]:.1f}")
    print(f"{'service':14}{'replicas':>9}{'a second':>10}{'CPU ms each':>13}  shares")
    for name, rows in found.items():
        for count, row in rows.items():
            print(f"{name:14}{count:>9}{row['per_second']:>10}{row['cpu_ms_each'] or '-':>13}  {row.get('shares', '')}")


if __name__ == "__main__":
    main()
