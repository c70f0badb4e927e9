"""One service inside a process: its start in any order of the world around it, and its orderly end (rule 12)."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastapi import APIRouter, FastAPI

from chassis import heads_api, parking_api, refusals, spans
from chassis.health import Check, Health
from chassis.limits import Capacity
from chassis.mongo import Index, StoreAway
from chassis.pages.shell import PageShell
from chassis.parking import INDEXES as PARKING_INDEXES
from chassis.parking import Parking
from chassis.runtime import Build, Built, Runtime
from chassis.self_watch import self_watch
from chassis.store_watch import StoreWatch
from chassis.tokens import TokenVerifier
from chassis.traced_bus import TracedBus, continued
from chassis.web import Lifespan, build_app
from contracts.words import Service

log = logging.getLogger(__name__)


class Hosted:
    """A built service with its parking and its watch over the store."""

    def __init__(self, runtime: Runtime, build: Build) -> None:
        if spans.on():
            runtime = replace(runtime, bus=TracedBus(runtime.bus, runtime.service))
        self.runtime = runtime
        self.built: Built = build(runtime)
        self.parking = Parking(runtime.service, runtime.store, runtime.bus, runtime.keys, runtime.metrics)
        doors = self.built.watched_doors
        self.refusals = refusals.Refusals(runtime.store, doors) if doors else None
        self._watch = StoreWatch(runtime.store, runtime.bus)
        for consumer in (*self.built.consumers, self.parking.consumer()):
            watched = self._watch.watched(consumer)
            runtime.bus.mount(watched if spans.on() else continued(watched))
        self._own = self_watch(self.health(), self.parking, self.built.documents, runtime.metrics)
        self.prepared = False

    @property
    def routers(self) -> Sequence[APIRouter]:
        """The service's own routes, those of its parking, and its part in reconciliation."""
        documents = self.built.documents
        return (
            *self.built.routers,
            parking_api.router(self.parking, list(documents)),
            heads_api.router(self.runtime.service, documents),
            *((refusals.router(self.runtime.service, self.refusals),) if self.refusals is not None else ()),
        )

    def health(self) -> Health:
        """Ready: the store answers, and whoever consumes has its consumers attached. Lag only degrades."""
        checks: dict[str, Check] = {"store": self._store_ready}
        if self.runtime.service is not Service.INTAKE:
            # Intake takes appeals without a broker; its part of the timeline comes later.
            checks["consumers"] = self._consumers_ready
        return Health(self.runtime.service, checks, {"outbox": self._outbox_lag})

    def app(self, verifier: TokenVerifier, capacity: Capacity, lifespan: Lifespan | None = None) -> FastAPI:
        """The service's ASGI application."""
        built = self.built
        return build_app(
            self.runtime.service,
            self.routers,
            verifier=verifier,
            metrics=self.runtime.metrics,
            health=self.health(),
            activity=self.runtime.activity,
            capacity=capacity,
            lane_of=built.lane_of,
            larger_bodies=built.larger_bodies,
            uncounted=built.uncounted,
            pages=PageShell(self.runtime.clock.now, built.templates, built.catalogues),
            lifespan=lifespan,
            refusals=self.refusals,
        )

    async def prepare(self) -> None:
        """Wait for the store, logging once; then indexes, relays, timers and parts."""
        said = False
        while True:
            try:
                await self.runtime.store.require_replica_set()
                await self.runtime.store.ensure({**self.built.indexes, **PARKING_INDEXES, **self._refusal_indexes()})
                await self.runtime.presence.start()
                break
            except StoreAway as error:
                if not said:
                    log.warning("waiting for the store", extra={"why": str(error)})
                said = True
                await asyncio.sleep(1.0)
        for documents in self.built.documents:
            documents.start(timers=not self.runtime.virtual_time)
        for part in self.built.parts:
            await part.start()
        self.prepared = True
        if not self.runtime.virtual_time:
            await self._own.start()

    def _refusal_indexes(self) -> Mapping[str, Sequence[Index]]:
        return refusals.INDEXES if self.refusals is not None else {}

    async def finish(self) -> None:
        """Stop what was started; the bus is stopped before this, the store closed after it."""
        await self._own.stop()
        await self._watch.stop()
        for part in self.built.parts:
            await part.stop()
        for documents in self.built.documents:
            await documents.stop()
        await self.runtime.presence.stop()

    async def _store_ready(self) -> bool:
        return self.prepared and await self.runtime.store.answers()

    async def _consumers_ready(self) -> bool:
        return self.runtime.bus.attached()

    async def _outbox_lag(self) -> str | None:
        waiting = 0
        for documents in self.built.documents:
            waiting += await documents.unpublished()
        return f"{waiting} documents hold unpublished messages" if waiting > 100 else None
