"""The whole platform in one process: six services, the local bus, and SecantusDB as a child process on a folder."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import classifier.main
import dispatcher.main
import intake.main
import reporting.main
import revisit.main
import sla_monitor.main
from chassis.activity import Activity
from chassis.clock import BusinessClock, SystemClock
from chassis.crypto import MasterKey
from chassis.embedded_mongo import SecantusServer
from chassis.handled import counted
from chassis.hosting import Hosted
from chassis.ids import Ids, SystemIds
from chassis.limits import Capacity
from chassis.local_bus import LocalBus
from chassis.metrics import Collectors, Metrics
from chassis.mongo import Store, connect
from chassis.presence import Presence
from chassis.run import process_name
from chassis.runtime import Build, Runtime
from chassis.settings import ServiceSettings
from chassis.side_by_side import SideBySide
from chassis.web import verifier_of
from contracts.words import Service

SERVICES: dict[Service, Build] = {
    Service.INTAKE: intake.main.build,
    Service.CLASSIFIER: classifier.main.build,
    Service.DISPATCHER: dispatcher.main.build,
    Service.SLA_MONITOR: sla_monitor.main.build,
    Service.REVISIT: revisit.main.build,
    Service.REPORTING: reporting.main.build,
}


class Embedded:
    """A running embedded platform. ``app`` serves every service on one port."""

    def __init__(self, hosted: dict[Service, Hosted], bus: LocalBus, activity: Activity, app: SideBySide) -> None:
        self.hosted = hosted
        self.bus = bus
        self.activity = activity
        self.app = app

    def round_trips(self) -> int:
        """Calls to the database since the start, by all services."""
        return sum(hosted.runtime.store.round_trips for hosted in self.hosted.values())

    def writes(self) -> int:
        """Documents written since the start, by all services."""
        return sum(hosted.runtime.store.writes for hosted in self.hosted.values())


def database_of(settings: ServiceSettings, service: Service) -> str:
    """The name of a service's own database."""
    return f"{settings.database_prefix}_{service.replace('-', '_')}"


@asynccontextmanager
async def embedded(
    data_dir: Path,
    *,
    clock: BusinessClock | None = None,
    ids: Ids | None = None,
    bus: LocalBus | None = None,
) -> AsyncIterator[Embedded]:
    """Start everything on ``data_dir`` and stop it at the end.

    With a virtual ``clock`` nobody fires timers but the clock's keeper. ``bus`` stands in for the
    ordinary local bus (sabotage).
    """
    settings = ServiceSettings(data_dir=data_dir)
    await asyncio.to_thread(data_dir.mkdir, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        server = SecantusServer(data_dir / "mongo")
        url = await asyncio.to_thread(server.start)
        stack.push_async_callback(asyncio.to_thread, server.stop)
        client = await stack.enter_async_context(connect(url))
        collectors = Collectors()
        metrics = {service: Metrics(service, collectors) for service in Service}
        activity = Activity()
        local = bus or LocalBus(handled=counted(metrics))
        keys = MasterKey.load_or_create(settings.master_key_file)
        stores = {
            service: Store(client, database_of(settings, service), metrics[service], alone=True) for service in Service
        }
        hosted = {
            service: Hosted(
                Runtime(
                    service=service,
                    settings=settings,
                    store=stores[service],
                    bus=local,
                    clock=clock or SystemClock(),
                    ids=ids or SystemIds(),
                    metrics=metrics[service],
                    activity=activity,
                    keys=keys,
                    presence=Presence(stores[service], process_name(service)),
                    virtual_time=clock is not None,
                ),
                build,
            )
            for service, build in SERVICES.items()
        }
        verifier = verifier_of(settings)
        capacity = Capacity(settings.http_ordinary_slots, settings.http_reserved_slots)
        apps = [one.app(verifier, capacity) for one in hosted.values()]
        for one in hosted.values():
            await local.declare(one.built.declares)
        for one in hosted.values():
            await one.prepare()
            stack.push_async_callback(one.finish)
        await local.start()
        stack.push_async_callback(local.stop)
        yield Embedded(hosted, local, activity, SideBySide(apps))
