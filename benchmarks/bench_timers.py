"""What timers cost: a poll among many open deadlines, a burst of due ones, and a monitor that is killed in the middle.

Run ``python benchmarks/bench_timers.py [--many 100000] [--few 10000] [--due 5000] [--json]``. The store is
``MONGO_URL``, else the embedded one. Exit code 1 when a poll among the many costs more than 1.5 times one among the
few, or when a timer was missed or fired twice.
"""

import argparse
import asyncio
import json
import os
import secrets
import statistics
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from chassis.activity import Activity
from chassis.clock import SystemClock, VirtualClock
from chassis.documents import Documents
from chassis.embedded_mongo import SecantusServer
from chassis.local_bus import LocalBus
from chassis.metrics import Metrics
from chassis.mongo import Row, Store, UpdateOne, connect
from chassis.presence import Presence
from contracts.codec import decode, encode
from contracts.envelope import Fact
from contracts.events import Event, appeal
from contracts.events.deadline import DeadlineBreached
from contracts.words import AppealType, Channel, Service, Urgency
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.domain.tables_in_force import Tables
from sla_monitor.rules import MonitorRules
from sla_monitor.store import CASES, INDEXES

LIMIT = 1.5
POLLS = 60
POLLED = 10
"""Deadlines due at each poll, as many among the many as among the few."""
CHUNK = 1_000
STARTED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DUE = datetime(2026, 3, 5, 9, 31, tzinfo=UTC)
"""Contact, three working days after acceptance, with a minute's grace."""
DIES = "dies"
"""The monitor that is killed."""
UNFIRED: Row = {"next_wake": {"$lte": DUE}}
CLAIMED: Row = {**UNFIRED, "woken_by": DIES}


def monitor(store: Store, clock: SystemClock | VirtualClock, presence: Presence) -> Documents:
    """The monitor's documents, as ``sla_monitor.main`` makes them, without a bus behind."""
    rules = MonitorRules(Tables(shipped_calendar("410400"), shipped_policies()))
    return Documents(
        store,
        CASES,
        rules,
        bus=LocalBus(partial=True),
        clock=clock,
        metrics=Metrics(Service.SLA_MONITOR),
        activity=Activity(),
        presence=presence,
    )


def case(name: str, wake: datetime) -> Row:
    """A document with an accepted, classified appeal whose dates were set, to be looked at again at ``wake``."""
    events: tuple[Event, ...] = (
        appeal.AppealRegistered(
            number=f"n{name}", jurisdiction="410400", area="410400", channel=Channel.PHONE, text_masked="x"
        ),
        appeal.AppealClassified(
            type=AppealType.COMPLAINT,
            topic="water.supply.outage",
            units=(),
            urgency=Urgency.NORMAL,
            hazard=False,
            emergency_lines=(),
            work_order_follows=True,
        ),
    )
    facts = [
        Fact(id=f"{name}-{event.SOURCE}", source=event.SOURCE, subject=name, sequence=1, time=STARTED, data=event)
        for event in events
    ]
    stored = [{"i": fact.id, "b": encode(fact).decode()} for fact in facts]
    return {"v": 1, "own": 0, "facts": stored, "row": {"number": f"n{name}"}, "next_wake": wake}


async def fill(store: Store, count: int, wake: datetime, prefix: str) -> float:
    """Insert ``count`` cases; returns documents a second."""
    began = perf_counter()
    for first in range(0, count, CHUNK):
        names = (f"{prefix}{nth:08d}" for nth in range(first, min(count, first + CHUNK)))
        rows = [{"_id": name, **case(name, wake)} for name in names]
        await store.call("insert", store.collection(CASES).insert_many(rows, ordered=False), writes=len(rows))
    return count / (perf_counter() - began)


async def drop(store: Store) -> None:
    """Nothing stays on a server that is not this run's own; an embedded one goes with its folder, much sooner."""
    if os.environ.get("MONGO_URL"):
        await store.database.client.drop_database(store.database.name)


async def rewrite(store: Store, count: int) -> float:
    """Change each of the cases once, in bulk and by nothing but its name: changes a second, the bare write limit."""
    cases = store.collection(CASES)
    began = perf_counter()
    for first in range(0, count, CHUNK):
        names = (f"d{nth:08d}" for nth in range(first, min(count, first + CHUNK)))
        await store.bulk(cases, [UpdateOne({"_id": name}, {"$set": {"bare": True}}) for name in names])
    return count / (perf_counter() - began)


async def poll_cost(url: str, counts: tuple[int, ...]) -> list[dict[str, float]]:
    """Milliseconds (median) of a poll among so many open deadlines: none due, and ``POLLED`` due; and how they filled.

    The stores stand beside each other and are polled in turns, so that whatever else the machine does meets them all.
    """
    name = f"bench_{secrets.token_hex(4)}"
    names = [f"{name}_{nth}" for nth in range(len(counts))]
    async with connect(url, time_limit_ms=60_000) as client:
        stores = [Store(client, each, Metrics(Service.SLA_MONITOR)) for each in names]
        filled = []
        for store, count in zip(stores, counts, strict=True):
            await store.ensure(INDEXES)
            filled.append(await fill(store, count, datetime(2030, 1, 1, tzinfo=UTC), "w"))
        monitors = [monitor(store, VirtualClock(DUE), Presence(store, "poller")) for store in stores]
        idle: list[list[float]] = [[] for _ in counts]
        busy: list[list[float]] = [[] for _ in counts]
        for turn in range(POLLS):
            for nth, documents in enumerate(monitors):
                idle[nth].append(await _poll(documents, 0))
                await fill(stores[nth], POLLED, DUE, f"d{turn:04d}-")
                busy[nth].append(await _poll(documents, POLLED))
        for documents in monitors:
            await documents.stop()
        for store in stores:
            await drop(store)
    return [
        {"idle_ms": statistics.median(idle[nth]), "due_ms": statistics.median(busy[nth]), "filled": filled[nth]}
        for nth in range(len(counts))
    ]


async def _poll(documents: Documents, due: int) -> float:
    began = perf_counter()
    fired = await documents.wakes.fire()
    took = (perf_counter() - began) * 1e3
    if fired != due:
        raise RuntimeError(f"{fired} timers fired where {due} were due")
    return took


async def burst(url: str, count: int) -> dict[str, float]:
    """``count`` deadlines due at once: seconds until all fired, rate, and the bare write limit beside it."""
    name = f"bench_{secrets.token_hex(4)}"
    async with connect(url, time_limit_ms=60_000) as client:
        store = Store(client, name, Metrics(Service.SLA_MONITOR))
        await store.ensure(INDEXES)
        await fill(store, count, DUE, "d")
        bare = await rewrite(store, count)
        documents = monitor(store, VirtualClock(DUE), Presence(store, "one"))
        began = perf_counter()
        while await documents.wakes.fire():
            pass
        took = perf_counter() - began
        await documents.stop()
        missed, double = await _check(store, count)
        await drop(store)
    return {"seconds": took, "rate": count / took, "bare_writes": bare, "missed": missed, "double": double}


async def _check(store: Store, count: int) -> tuple[int, int]:
    """Cases whose breach was never decided, and decisions that were made twice."""
    fired = double = 0
    after = ""
    while True:
        found = await store.find(
            store.collection(CASES), {"_id": {"$gt": after}}, fields={"facts": 1}, sort=[("_id", 1)], limit=CHUNK
        )
        for row in found:
            facts = [decode(item["b"].encode()) for item in row["facts"]]
            own = [fact for fact in facts if fact.source is Service.SLA_MONITOR]
            deadlines = Counter(fact.data.deadline for fact in own if isinstance(fact.data, DeadlineBreached))
            fired += bool(deadlines)
            double += sum(times - 1 for times in deadlines.values()) + len(own) - len({fact.sequence for fact in own})
        if len(found) < CHUNK:
            return count - fired, double
        after = found[-1]["_id"]


async def killed(url: str, count: int) -> dict[str, float]:
    """Two monitors as processes, one killed (SIGKILL) in the middle: missed and doubly fired timers."""
    name = f"bench_{secrets.token_hex(4)}"
    async with connect(url, time_limit_ms=60_000) as client:
        store = Store(client, name, Metrics(Service.SLA_MONITOR))
        await store.ensure(INDEXES)
        await fill(store, count, DUE, "d")
        command = [sys.executable, __file__, "--watch", url, name]
        began = perf_counter()
        both = [await asyncio.create_subprocess_exec(*command, watcher) for watcher in (DIES, "lives")]
        try:
            left = await _wait(store, count // 2)
            both[0].kill()
            killed_at = perf_counter()
            held = len(await _due(store, CLAIMED))
            await _wait(store, 0, CLAIMED)
            taken_over = perf_counter() - killed_at
            await _wait(store, 0)
        finally:
            for process in both:
                if process.returncode is None:
                    process.kill()
                await process.wait()
        ended = perf_counter()
        missed, double = await _check(store, count)
        await drop(store)
    return {
        "seconds": ended - began,
        "left_at_kill": left,
        "held": held,
        "taken_over": taken_over,
        "missed": missed,
        "double": double,
    }


async def _due(store: Store, where: Row) -> list[Row]:
    return await store.find(store.collection(CASES), where, fields={"_id": 1})


async def _wait(store: Store, until: int, where: Row = UNFIRED) -> int:
    """Wait until at most ``until`` such cases are left; returns how many are."""
    while True:
        left = len(await _due(store, where))
        if left <= until:
            return left
        await asyncio.sleep(0.05)


async def watch(url: str, name: str, watcher: str) -> None:
    """One monitor's timers, until killed."""
    async with connect(url, time_limit_ms=60_000) as client:
        store = Store(client, name, Metrics(Service.SLA_MONITOR))
        presence = Presence(store, watcher)
        await presence.start()
        documents = monitor(store, VirtualClock(DUE), presence)
        while True:
            if not await documents.wakes.fire():
                await asyncio.sleep(0.1)


async def measure(url: str, many: int, few: int, due: int) -> dict[str, Any]:
    """All three."""
    slow, fast = await poll_cost(url, (many, few))
    return {
        "poll": {
            "many": many,
            "few": few,
            "due": POLLED,
            **{f"{kind}_many": slow[kind] for kind in ("idle_ms", "due_ms")},
            **{f"{kind}_few": fast[kind] for kind in ("idle_ms", "due_ms")},
            "idle_ratio": slow["idle_ms"] / fast["idle_ms"],
            "ratio": slow["due_ms"] / fast["due_ms"],
            "limit": LIMIT,
        },
        "filled_per_second": slow["filled"],
        "burst": {"due": due, **await burst(url, due)},
        "one_of_two_killed": {"due": due, **await killed(url, due)},
    }


def main() -> None:
    """Measure and print beside the limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=100_000, help="open deadlines of the large store")
    parser.add_argument("--few", type=int, default=10_000, help="open deadlines of the small store")
    parser.add_argument("--due", type=int, default=5_000, help="deadlines due at once")
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    parser.add_argument("--watch", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.watch:
        asyncio.run(watch(*given.watch))
        return
    with ExitStack() as stack:
        url = os.environ.get("MONGO_URL")
        if url is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(SecantusServer(folder / "store")).url
        found = asyncio.run(measure(url, given.many, given.few, given.due))
    if given.json:
        print(json.dumps(found))
    else:
        poll, due, dead = found["poll"], found["burst"], found["one_of_two_killed"]
        for kind, ratio, what in (("idle_ms", "idle_ratio", "nothing"), ("due_ms", "ratio", f"{POLLED}")):
            among = (f"{poll[f'{kind}_{size}']:.2f} ms among {poll[size]:,}" for size in ("many", "few"))
            print(f"poll with {what} due: {', '.join(among)}; ratio {poll[ratio]:.2f}   limit {LIMIT}")
        print(f"{due['due']:,} due at once: all fired after {due['seconds']:.1f} s, {due['rate']:.0f} a second")
        print(f"  bare write limit {due['bare_writes']:.0f} a second; missed {due['missed']}, double {due['double']}")
        print(f"one of two monitors killed with {dead['left_at_kill']:,} left: done after {dead['seconds']:.1f} s,")
        print(f"  the {dead['held']:,} it had claimed were the other's after {dead['taken_over']:.1f} s;")
        print(f"  missed {dead['missed']}, double {dead['double']}")
    wrong = [found[name][what] for name in ("burst", "one_of_two_killed") for what in ("missed", "double")]
    sys.exit(max(found["poll"]["ratio"], found["poll"]["idle_ratio"]) > LIMIT or any(wrong))


if __name__ == "__main__":
    main()
