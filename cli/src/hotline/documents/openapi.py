"""OpenAPI of the six services, asked of the services themselves as they would be hosted."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from chassis.activity import Activity
from chassis.clock import SystemClock
from chassis.crypto import MasterKey
from chassis.hosting import Hosted
from chassis.ids import SystemIds
from chassis.limits import Capacity
from chassis.local_bus import LocalBus
from chassis.metrics import Metrics
from chassis.mongo import Store, connect
from chassis.openapi import describe
from chassis.presence import Presence
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings
from chassis.web import verifier_of
from contracts.words import Service
from hotline.embedded import SERVICES, database_of

_NOBODY_LISTENS = "mongodb://127.0.0.1:9/?directConnection=true"
"""Describing a door needs no store: the driver connects at the first question, and none is asked."""


@asynccontextmanager
async def applications(folder: Path) -> AsyncIterator[dict[Service, FastAPI]]:
    """Every service's application, put together and not started. Keys are made in ``folder``."""
    settings = ServiceSettings(data_dir=folder, amqp_url=None, mongo_url=None)
    async with connect(_NOBODY_LISTENS, time_limit_ms=100) as client:
        yield {service: _application(service, settings, client) for service in SERVICES}


def _application(service: Service, settings: ServiceSettings, client: Any) -> FastAPI:
    metrics = Metrics(service)
    store = Store(client, database_of(settings, service), metrics)
    runtime = Runtime(
        service=service,
        settings=settings,
        store=store,
        bus=LocalBus(),
        clock=SystemClock(),
        ids=SystemIds(),
        metrics=metrics,
        activity=Activity(),
        keys=MasterKey.load_or_create(settings.master_key_file),
        presence=Presence(store, "documents"),
    )
    return Hosted(runtime, SERVICES[service]).app(verifier_of(settings), Capacity())


async def openapi() -> dict[Service, dict[str, Any]]:
    """The OpenAPI 3.1 document of each service."""
    with tempfile.TemporaryDirectory() as folder:
        async with applications(Path(folder)) as made:
            return {service: describe(app) for service, app in made.items()}
