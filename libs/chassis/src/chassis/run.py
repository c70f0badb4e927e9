"""Runs one service as its own process: ``hotline-intake`` and its five siblings."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from chassis.activity import Activity
from chassis.amqp.amqp_bus import AmqpBus
from chassis.clock import SystemClock
from chassis.crypto import MasterKey
from chassis.handled import counted
from chassis.hosting import Hosted
from chassis.ids import SystemIds
from chassis.limits import Capacity
from chassis.logging import configure
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from chassis.runtime import Build, Runtime
from chassis.server import server
from chassis.settings import ServiceSettings, load, refuse
from chassis.web import verifier_of
from contracts.words import Service


def owner_name(service: Service) -> str:
    """How this process is named in leases: unique among replicas."""
    return f"{service}@{socket.gethostname()}:{os.getpid()}"


def serve(service: Service, build: Build, settings: ServiceSettings | None = None) -> None:
    """Run until SIGTERM. Raises ``SystemExit(2)`` after one line per wrong setting."""
    settings = settings or load(ServiceSettings)
    configure(service, settings.log_level)
    asyncio.run(_serve(service, build, settings))


async def _serve(service: Service, build: Build, settings: ServiceSettings) -> None:
    if settings.amqp_url is None or settings.mongo_url is None:
        refuse(("AMQP_URL and MONGO_URL: both are needed to run one service; `hotline up --embedded` needs neither",))
    async with connect(settings.mongo_url.get_secret_value()) as client:
        metrics = Metrics(service)
        activity = Activity()
        bus = AmqpBus(
            settings.amqp_url.get_secret_value(),
            service,
            handled=counted({service: metrics}),
        )
        runtime = Runtime(
            service=service,
            settings=settings,
            store=Store(client, f"{settings.database_prefix}_{service.replace('-', '_')}", metrics),
            bus=bus,
            clock=SystemClock(),
            ids=SystemIds(),
            metrics=metrics,
            activity=activity,
            keys=MasterKey.load_or_create(settings.master_key_file),
            owner=owner_name(service),
        )
        hosted = Hosted(runtime, build)

        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            starting = asyncio.create_task(_start(hosted, bus, settings.declare_topology))
            try:
                yield
            finally:
                starting.cancel()
                await asyncio.gather(starting, return_exceptions=True)
                await bus.stop()
                await hosted.finish()

        capacity = Capacity(settings.http_ordinary_slots, settings.http_reserved_slots)
        app = hosted.app(verifier_of(settings), capacity, lifespan)
        await server(app, settings.http_host, settings.http_port).serve()


async def _start(hosted: Hosted, bus: AmqpBus, declare: bool) -> None:
    try:
        await hosted.prepare()
        if declare:
            await bus.declare(hosted.built.declares)
        await bus.start()
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        # A start that can never succeed (a queue declared by somebody else) ends the process with one clear line.
        print(f"cannot start: {str(error) or type(error).__name__}", file=sys.stderr)
        os.kill(os.getpid(), signal.SIGTERM)
