"""Runs one service as its own process: ``hotline-intake`` and its five siblings."""

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import uvicorn
import uvloop
from fastapi import FastAPI

from chassis import garbage, spans
from chassis.activity import Activity
from chassis.amqp.amqp_bus import AmqpBus
from chassis.clock import SystemClock
from chassis.handled import counted
from chassis.hosting import Hosted
from chassis.ids import SystemIds
from chassis.limits import Capacity
from chassis.logging import configure
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from chassis.presence import Presence
from chassis.runtime import Build, Runtime
from chassis.secret_files import load_secrets
from chassis.server import server
from chassis.settings import ServiceSettings, load, refuse
from contracts.words import Service


def process_name(service: Service) -> str:
    """How this process is named in leases: unique among replicas, and new with each start.

    A container that starts again has its host's name and process id of before, and must not hold what that one held.
    """
    return f"{service}@{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


def serve(service: Service, build: Build, settings: ServiceSettings | None = None) -> None:
    """Run until SIGTERM. Raises ``SystemExit(2)`` after one line per wrong setting."""
    settings = settings or load(ServiceSettings)
    configure(service, settings.log_level)
    spans.install_from_environment()
    garbage.collect_seldom()
    uvloop.run(_serve(service, build, settings))


async def _serve(service: Service, build: Build, settings: ServiceSettings) -> None:
    if settings.amqp_url is None or settings.mongo_url is None:
        refuse(("AMQP_URL and MONGO_URL: both are needed to run one service; `hotline up --embedded` needs neither",))
    keys, verifier = load_secrets(settings)
    async with connect(settings.mongo_url.get_secret_value()) as client:
        metrics = Metrics(service)
        activity = Activity()
        bus = AmqpBus(
            settings.amqp_url.get_secret_value(),
            service,
            handled=counted({service: metrics}),
        )
        store = Store(client, f"{settings.database_prefix}_{service.replace('-', '_')}", metrics)
        runtime = Runtime(
            service=service,
            settings=settings,
            store=store,
            bus=bus,
            clock=SystemClock(),
            ids=SystemIds(),
            metrics=metrics,
            activity=activity,
            keys=keys,
            presence=Presence(store, process_name(service)),
        )
        hosted = Hosted(runtime, build)
        garbage.collect_seldom()

        failed: list[BaseException] = []

        def give_up(error: BaseException) -> None:
            # A start that can never succeed (a queue declared by somebody else) ends the process with one clear line.
            print(f"cannot start: {str(error) or type(error).__name__}", file=sys.stderr)
            failed.append(error)
            serving.should_exit = True

        @asynccontextmanager
        async def lifespan(_: FastAPI) -> AsyncIterator[None]:
            starting = asyncio.create_task(_start(hosted, bus, settings.declare_topology, give_up))
            try:
                yield
            finally:
                starting.cancel()
                await asyncio.gather(starting, return_exceptions=True)
                await bus.stop()
                await hosted.finish()

        capacity = Capacity(settings.http_ordinary_slots, settings.http_reserved_slots)
        app = hosted.app(verifier, capacity, lifespan)
        serving = server(app, settings.http_host, settings.http_port)
        await _listening(serving, settings)
    if failed:
        raise SystemExit(1)


async def _listening(serving: uvicorn.Server, settings: ServiceSettings) -> None:
    try:
        family = socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET
        address = (settings.http_host, settings.http_port)
        with socket.create_server(address, family=family, backlog=serving.config.backlog) as listener:
            await serving.serve(sockets=[listener])
    except OSError as error:
        if serving.started:
            raise
        refuse((f"HTTP_HOST and HTTP_PORT: {os.strerror(error.errno or 0)}; choose a free port of this machine",))


async def _start(hosted: Hosted, bus: AmqpBus, declare: bool, give_up: Callable[[BaseException], None]) -> None:
    try:
        await hosted.prepare()
        if declare:
            await bus.declare(hosted.built.declares)
        await bus.start()
    except asyncio.CancelledError:
        raise
    except BaseException as error:
        give_up(error)
