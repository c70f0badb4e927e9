"""One service in 1, 2 and 4 replicas, in turn: how fast it works off a crowd, or for intake how fast it registers.

Run ``python -m benchmarks.bench_scaling [--appeals 80] [--replicas 1 2 4] [--services …] [--json]`` with AMQP_URL and
MONGO_URL. First the whole platform takes ``--appeals`` appeals through their lives and every fact is kept. Then, for
each figure, that many replicas of one service stand alone on empty queues and an empty database, get all facts they
read at once, and their rate is taken from the first publish until the last is handled. Intake is asked over HTTP
instead. About ten minutes on two quiet cores; every figure is printed as it comes. ``docs/scaling.md`` reads them.
"""

import argparse
import asyncio
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from benchmarks.lifecycle_players import Players
from benchmarks.process_table import cpu_seconds, listener, machine_seconds
from benchmarks.recorded_facts import Fact, Recorder, crowd, emptied, publish, read_by
from benchmarks.replicas import InTurn, Replicas
from benchmarks.six_processes import SixProcesses, running, virtual_host
from chassis.issuer import DevelopmentIssuer
from contracts.words import Service

PATIENCE = 180.0
"""Seconds until one figure is given up."""
BUSY = 0.85
"""Of a processor, or of all: from here on it is called the limit."""
ENOUGH, COPIES = 800, 9
"""Messages that a figure should rest on, and how often the recorded ones are copied for it."""
REGISTRATIONS = 5
"""Times the appeals that intake is asked to register: one is quick."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one service in so many replicas did. Shares are fractions of one processor, or of the work."""

    service: str
    replicas: int
    messages: int
    per_second: float
    cpu_ms_each: float
    busy_each: list[float]
    shares: list[float]
    database_busy: float
    broker_busy: float
    machine_busy: float
    others_busy: float
    stale_per_100: float
    tried_again: int

    @property
    def limit(self) -> str:
        """What was used up."""
        if max(self.busy_each) >= BUSY:
            return "one processor a replica"
        if self.machine_busy >= BUSY:
            return "all processors of this machine"
        if self.machine_busy + self.others_busy >= BUSY:
            return f"other work on this machine ({self.others_busy:.0%})"
        if self.database_busy >= BUSY:
            return "the database's processor"
        return "waiting: synced commits, confirms"


class Parts:
    """The servers on this machine: what they use of its processors."""

    def __init__(self, amqp_url: str, mongo_url: str) -> None:
        self._pids = {name: _server(url) for name, url in (("broker", amqp_url), ("database", mongo_url))}

    def cpu(self, name: str) -> float:
        """Processor seconds until now; 0 for a server elsewhere."""
        pid = self._pids[name]
        return cpu_seconds(pid) if pid is not None else 0.0


def _server(url: str) -> int | None:
    parts = urlsplit(url)
    return listener(parts.port or 0) if parts.hostname in ("127.0.0.1", "localhost") else None


class Stopwatch:
    """Time and processor time of replicas, servers and this process, from its making until ``figure``."""

    def __init__(self, replicas: Replicas, parts: Parts) -> None:
        self._replicas, self._parts = replicas, parts
        self._handled, self._stale = replicas.handled(), replicas.stale()
        self._used, self._machine, self._began = self._now(), machine_seconds(), time.perf_counter()

    def figure(self, done: int, shares: Sequence[float] = ()) -> Figure:
        """Stop. ``done``: messages or registrations; ``shares``: of each replica, else as the counters say."""
        seconds = time.perf_counter() - self._began
        used = [after - before for after, before in zip(self._now(), self._used, strict=True)]
        all_used = machine_seconds() - self._machine
        processors = os.cpu_count() or 1
        *each, database, broker, _ = used
        handled = [a - b for a, b in zip(self._replicas.handled(), self._handled, strict=True)]
        counted = shares or handled
        return Figure(
            service=self._replicas.service,
            replicas=len(each),
            messages=done,
            per_second=round(done / seconds, 1),
            cpu_ms_each=round(1000 * sum(each) / done, 2),
            busy_each=[round(one / seconds, 2) for one in each],
            shares=[round(one / (sum(counted) or 1), 2) for one in counted],
            database_busy=round(database / seconds, 2),
            broker_busy=round(broker / seconds, 2),
            machine_busy=round(sum(used) / seconds / processors, 2),
            others_busy=round(max(0.0, all_used - sum(used)) / seconds / processors, 2),
            stale_per_100=round(100 * (self._replicas.stale() - self._stale) / done, 1),
            tried_again=max(0, round(sum(handled)) - done),
        )

    def _now(self) -> list[float]:
        return [
            *self._replicas.cpu(),
            self._parts.cpu("database"),
            self._parts.cpu("broker"),
            cpu_seconds(os.getpid()),
        ]


async def recorded(amqp_url: str, mongo_url: str, appeals: int) -> list[Fact]:
    """Every fact of so many whole lives."""
    with running(amqp_url, mongo_url) as platform:
        recorder = Recorder(amqp_url)
        await recorder.start()
        players = Players(platform)
        try:
            await players.sign_off()
            await players.live(appeals, PATIENCE)
        finally:
            await players.leave()
        # What follows the last visit: closings, and deadlines that are met by them.
        await asyncio.sleep(3)
        return await recorder.facts()


async def drained(replicas: Replicas, parts: Parts, amqp_url: str, facts: Sequence[Fact]) -> Figure:
    """The rate at which the replicas handle all facts that their service reads."""
    mine = crowd(read_by(replicas.service, facts), ENOUGH, COPIES)
    watch = Stopwatch(replicas, parts)
    before = sum(replicas.handled())
    async with asyncio.timeout(PATIENCE):
        await publish(amqp_url, replicas.service, mine)
        while sum(await asyncio.to_thread(replicas.handled)) - before < len(mine):  # noqa: ASYNC110 - other processes
            await asyncio.sleep(0.1)
    return watch.figure(len(mine))


async def registered(replicas: Replicas, parts: Parts, folder: Path, appeals: int) -> Figure:
    """The rate at which replicas of intake take appeals over HTTP, each in its turn."""
    platform = _Door(InTurn(replicas.service, replicas.urls), DevelopmentIssuer(folder))
    players = Players(cast("SixProcesses", platform))
    watch = Stopwatch(replicas, parts)
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(players.register(index) for index in range(appeals)))
        return watch.figure(appeals, shares=[1.0] * len(replicas.urls))
    finally:
        await players.leave()


@dataclass(frozen=True, slots=True)
class _Door:
    """What players need of a platform."""

    urls: dict[Service, str]
    issuer: DevelopmentIssuer


def measured(
    amqp_url: str, mongo_url: str, service: Service, count: int, facts: Sequence[Fact], appeals: int
) -> Figure:
    """One figure, on empty queues and an empty database."""
    asyncio.run(emptied(amqp_url))
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        DevelopmentIssuer(data)
        settings = {"AMQP_URL": amqp_url, "MONGO_URL": mongo_url, "DATA_DIR": str(data)}
        replicas = Replicas(service, count, settings, Path(folder))
        try:
            replicas.wait()
            parts = Parts(amqp_url, mongo_url)
            if service is Service.INTAKE:
                return asyncio.run(registered(replicas, parts, data, REGISTRATIONS * appeals))
            return asyncio.run(drained(replicas, parts, amqp_url, facts))
        finally:
            replicas.stop()


HEAD = ("service", "replicas", "a second", "CPU ms each", "busy a replica", "shares", "database", "broker", "machine")


def row(figure: Figure) -> list[str]:
    """One line of the table, for people."""
    return [
        figure.service,
        str(figure.replicas),
        f"{figure.per_second:.0f}",
        f"{figure.cpu_ms_each:.1f}",
        _span(figure.busy_each),
        _span(figure.shares),
        f"{figure.database_busy:.0%}",
        f"{figure.broker_busy:.0%}",
        f"{figure.machine_busy:.0%}",
        f"{figure.stale_per_100:.1f}",
        str(figure.tried_again),
        figure.limit,
    ]


def _span(values: Sequence[float]) -> str:
    low, high = f"{min(values):.0%}", f"{max(values):.0%}"
    return low if low == high else f"{low} to {high}"


def table(figures: Sequence[Figure], failed: Sequence[str]) -> str:
    """Markdown, as ``docs/scaling.md`` keeps it."""
    head = [*HEAD, "stale saves of 100", "tried again", "limited by"]
    lines = [head, ["---"] * len(head), *(row(figure) for figure in figures)]
    return "\n".join([*("| " + " | ".join(line) + " |" for line in lines), *failed])


def main() -> None:
    """Measure and print. A figure that cannot be taken is named, and the others go on; the exit code is then 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appeals", type=int, default=80, help="whole lives that are recorded (default 80)")
    parser.add_argument("--replicas", type=int, nargs="+", default=[1, 2, 4])
    names = [str(service) for service in Service]
    parser.add_argument("--services", nargs="+", choices=names, default=names)
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    asked = parser.parse_args()
    amqp_url, mongo_url = os.environ.get("AMQP_URL"), os.environ.get("MONGO_URL")
    if not amqp_url or not mongo_url:
        parser.error("it needs AMQP_URL and MONGO_URL")
    began = time.perf_counter()

    def say(text: str) -> None:
        print(f"{time.perf_counter() - began:6.0f} s  {text}", file=sys.stderr, flush=True)

    figures: list[Figure] = []
    failed: list[str] = []
    # One virtual host for all: making and deleting one with its queues takes a busy broker minutes.
    with virtual_host(amqp_url) as vhost:
        facts: list[Fact] = []
        if set(asked.services) - {Service.INTAKE}:
            say(f"the platform takes {asked.appeals} appeals through their lives")
            facts = asyncio.run(recorded(vhost, mongo_url, asked.appeals))
            say(f"{len(facts)} facts are kept")
        for name, count in itertools.product(asked.services, asked.replicas):
            try:
                figure = measured(vhost, mongo_url, Service(name), count, facts, asked.appeals)
            except Exception as error:
                failed.append(f"{name} in {count}: {type(error).__name__} {error}")
                say(failed[-1])
                continue
            figures.append(figure)
            say("  ".join(row(figure)))
    say(f"load of the last 15 minutes {os.getloadavg()[2]:.1f}, {os.cpu_count()} processors")
    if asked.json:
        print(json.dumps(_all(figures, failed, asked.appeals)))
    else:
        print(table(figures, failed))
    sys.exit(bool(failed))


def _all(figures: Sequence[Figure], failed: Sequence[str], appeals: int) -> dict[str, Any]:
    return {
        "appeals": appeals,
        "processors": os.cpu_count(),
        "load_15_minutes": round(os.getloadavg()[2], 1),
        "figures": [{**asdict(figure), "limit": figure.limit} for figure in figures],
        "failed": list(failed),
    }


if __name__ == "__main__":
    main()
