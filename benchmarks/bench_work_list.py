"""A member unit's work list with very many orders: milliseconds a page over HTTP, beside the database's own.

Run ``python -m benchmarks.bench_work_list [--orders 100000] [--open 100000] [--pages 200] [--json]``. With MONGO_URL on
that server, else on the embedded one. The dispatcher runs in this process behind its HTTP door; one order is made
through the service and its document is laid into the database again and again under other numbers and due dates.

Limit: the first rows read by the driver alone, without the marks that cut a list (ADR 0015). The Rust server sorts
all that an index finds instead of stopping at the limit. Exit code 1 when a kind of page misses the aim.
"""

import argparse
import asyncio
import contextlib
import copy
import json
import os
import random
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from benchmarks.bench_units import percentile
from chassis.activity import Activity
from chassis.bus import Outgoing
from chassis.clock import SystemClock
from chassis.crypto import MasterKey
from chassis.embedded_mongo import SecantusServer
from chassis.hosting import Hosted
from chassis.ids import SystemIds
from chassis.issuer import DevelopmentIssuer
from chassis.limits import Capacity
from chassis.local_bus import LocalBus
from chassis.metrics import Metrics
from chassis.mongo import Collection, Store, connect
from chassis.presence import Presence
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings
from chassis.tokens import KeyFile, TokenVerifier
from contracts.codec import encode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.topology import facts_exchange
from contracts.words import AppealType, Channel, Role, Service, Urgency
from dispatcher.domain.shelves import shelved
from dispatcher.main import build

UNIT = "water-group"
AIM_MS = 50.0
PAGE = 50
BATCH = 500
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@contextlib.contextmanager
def database(folder: Path) -> Iterator[str]:
    """MONGO_URL, else an embedded server of this run alone."""
    if url := os.environ.get("MONGO_URL"):
        yield url
        return
    with SecantusServer(folder / "store", cache="512M") as server:
        yield server.url


@contextlib.asynccontextmanager
async def dispatcher(url: str, folder: Path) -> AsyncIterator[tuple[Hosted, httpx.AsyncClient, Collection]]:
    """The service behind its HTTP door, on a database that is gone after the block."""
    name = f"bench_{secrets.token_hex(4)}"
    settings = ServiceSettings(data_dir=folder)
    async with connect(url, time_limit_ms=300_000) as client:
        metrics = Metrics(Service.DISPATCHER)
        store = Store(client, name, metrics)
        runtime = Runtime(
            service=Service.DISPATCHER,
            settings=settings,
            store=store,
            bus=LocalBus(partial=True),
            clock=SystemClock(),
            ids=SystemIds(),
            metrics=metrics,
            activity=Activity(),
            keys=MasterKey.load_or_create(settings.master_key_file),
            presence=Presence(store, "bench"),
        )
        hosted = Hosted(runtime, build)
        issuer = DevelopmentIssuer(folder)
        verifier = TokenVerifier(KeyFile(issuer.jwks_file), "hotline-development", "hotline12345")
        await hosted.prepare()
        bus = runtime.bus
        assert isinstance(bus, LocalBus)
        await bus.declare(hosted.built.declares)
        await bus.start()
        token = {"Authorization": f"Bearer {issuer.issue(Role.UNIT_HANDLER, unit=UNIT)}"}
        door = httpx.ASGITransport(hosted.app(verifier, Capacity()))
        async with httpx.AsyncClient(transport=door, base_url="http://bench", headers=token, timeout=120) as http:
            yield hosted, http, store.collection("orders")
        await bus.stop()
        await hosted.finish()
        if os.environ.get("MONGO_URL"):  # an embedded server goes with its folder, much sooner than it drops
            await client.drop_database(name)


async def one_order(hosted: Hosted, orders: Collection) -> dict[str, Any]:
    """The document of an order that came by the ordinary way, as it is stored."""
    registered = ap.AppealRegistered(
        number="410400202603020000010",
        jurisdiction="410400",
        area="410400",
        channel=Channel.PHONE,
        text_masked="幸福小区3号楼从昨天早上开始停水，到现在一直没有恢复，请尽快派人处理",
    )
    classified = ap.AppealClassified(
        type=AppealType.COMPLAINT,
        topic="water.supply.outage",
        units=(ap.UnitScore(unit=UNIT, score=0.9),),
        urgency=Urgency.NORMAL,
        hazard=False,
        emergency_lines=(),
        work_order_follows=True,
    )
    told: tuple[tuple[Service, Event], ...] = ((Service.INTAKE, registered), (Service.CLASSIFIER, classified))
    for source, event in told:
        fact: Fact[Event] = Fact(
            id=f"first-{source}", source=source, subject="first", sequence=1, time=START, data=event
        )
        exchange = facts_exchange(fact.lane)
        message = Outgoing(id=fact.id, exchange=exchange, routing_key=fact.type, body=encode(fact), stream="bench")
        await hosted.runtime.bus.publisher(fact.lane).publish(message)
    stored = await orders.find_one({"_id": "first"})
    assert stored is not None
    for gone in [name for name in stored if name.startswith("outbox") or name == "next_wake"]:
        del stored[gone]
    row = {"units": [UNIT], "had": [UNIT], "unit": UNIT, "state": "DISPATCHED", "open": True, "desks": []}
    stored["row"].update(row)
    return dict(stored)


async def lay(orders: Collection, like: dict[str, Any], count: int, open_: int) -> None:
    """So many orders like this one, the first ``open_`` of them open, due within a month, half of them received."""
    chance = random.Random(12345)
    for first in range(0, count, BATCH):
        batch = []
        for at in range(first, min(first + BATCH, count)):
            one = copy.copy(like)
            due = START + timedelta(seconds=chance.randrange(30 * 86_400))
            row = {"number": f"4104002026{at:010d}1", "due": due.isoformat(timespec="milliseconds"), "open": at < open_}
            one["_id"] = f"order-{at:08d}"
            own = {**like["row"], **row, "state": chance.choice(("DISPATCHED", "RECEIVED"))}
            one["row"] = {**own, **shelved(own, one["_id"])}
            batch.append(one)
        await orders.insert_many(batch, ordered=False)


async def timed(pages: int, ask: Callable[[], Coroutine[Any, Any, Any]]) -> list[float]:
    """Milliseconds of each of so many calls."""
    took = []
    for _ in range(pages):
        began = time.perf_counter()
        await ask()
        took.append(1000 * (time.perf_counter() - began))
    return took


async def measure(url: str, folder: Path, count: int, open_: int, pages: int) -> dict[str, Any]:
    """p50 and p95 of first pages, of pages further on, of pages by state, and of the driver's own reading."""
    async with dispatcher(url, folder) as (hosted, http, orders):
        like = await one_order(hosted, orders)
        say(f"laying {count} orders, {open_} of them open")
        await lay(orders, like, count, open_)
        cursor: list[str | None] = [None]

        async def page(**query: Any) -> Any:
            answer = await http.get(f"/units/{UNIT}/work-orders", params={"limit": PAGE, **query})
            return answer.raise_for_status().json()

        async def further() -> None:
            found = await page(**({"cursor": cursor[0]} if cursor[0] else {}))
            cursor[0] = found["next"]

        async def alone() -> None:
            where = {"row.unit": UNIT, "row.open": True}
            rows = orders.find(where, {"row": 1}).sort([("row.turn", 1)]).limit(PAGE + 1)
            await rows.to_list(None)

        say(f"{pages} pages of each kind")
        kinds = {
            "first_page": await timed(pages, page),
            "next_pages": await timed(pages, further),
            "by_state": await timed(pages, lambda: page(state="RECEIVED")),
            # Few of them: on a server that sorts before it stops each costs as much as the whole list.
            "limit_first_page": await timed(min(pages, 10), alone),
        }
    shown = {
        name: {"p50_ms": round(percentile(took, 0.5), 1), "p95_ms": round(percentile(took, 0.95), 1)}
        for name, took in kinds.items()
    }
    return {
        "orders": count,
        "open": open_,
        "aim_p95_ms": AIM_MS,
        **shown,
        "load_15_minutes": round(os.getloadavg()[2], 1),
    }


def say(text: str) -> None:
    """Progress."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--open", type=int, help="how many of them are open (default: all)")
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    asked = parser.parse_args()
    open_ = asked.orders if asked.open is None else asked.open
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder, database(Path(folder)) as url:
        figures = asyncio.run(measure(url, Path(folder), asked.orders, open_, asked.pages))
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:20}{value}")
    sys.exit(any(figures[name]["p95_ms"] > AIM_MS for name in ("first_page", "next_pages", "by_state")))


if __name__ == "__main__":
    main()
