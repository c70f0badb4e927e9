"""The table of queues: facts of both lanes, units' commands, and the queues of units that read over HTTP."""

import asyncio
from collections.abc import Iterable

from chassis.bus import Consumer, Delivery, Handler
from chassis.documents import Documents
from contracts.codec import decode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealRegistered
from contracts.events.unit_file import UnitFileStored
from contracts.topology import UNIT_COMMANDS, facts_queue, unit_queue
from contracts.words import Lane, Service
from dispatcher.unit_feed import UnitFeed
from dispatcher.unit_files import StoredUnitFiles
from dispatcher.use_cases.link_orders import OrderLinks
from dispatcher.use_cases.note_trace import TraceWriter
from dispatcher.use_cases.obey_queue import QueueCommands


def consumers(
    orders: Documents,
    commands: QueueCommands,
    links: OrderLinks,
    traces: TraceWriter,
    feed: UnitFeed,
    files: StoredUnitFiles,
    units_over_http: Iterable[str],
) -> tuple[Consumer, ...]:
    """Every consumer of the service."""
    taking = _facts(orders, commands, links, traces, files)
    return (
        *(
            Consumer(service=Service.DISPATCHER, queue=facts_queue(Service.DISPATCHER, lane), lane=lane, handler=taking)
            for lane in Lane
        ),
        Consumer(service=Service.DISPATCHER, queue=UNIT_COMMANDS, lane=Lane.ORDINARY, handler=commands.take),
        *(
            Consumer(service=Service.DISPATCHER, queue=unit_queue(unit), lane=Lane.ORDINARY, handler=feed.take)
            for unit in units_over_http
        ),
    )


def waits(fact: Fact[Event]) -> bool:
    """Whether nothing leaves because of this fact, or only a date or an urge, which may be half a second later."""
    return isinstance(fact.data, AppealRegistered) or fact.source is Service.SLA_MONITOR


_FILE = f'"{UnitFileStored.NAME}"'.encode()
_REGISTERED = f'"{AppealRegistered.NAME}"'.encode()


def _facts(
    orders: Documents, commands: QueueCommands, links: OrderLinks, traces: TraceWriter, files: StoredUnitFiles
) -> Handler:
    async def take(delivery: Delivery) -> None:
        if _FILE in delivery.body and isinstance(stored := decode(delivery.body).data, UnitFileStored):
            await files.add(stored)
            await commands.look_for_file(stored.attachment_id)
            return
        # Every fact comes by here; only what may be a registration is read a second time.
        if _REGISTERED in delivery.body:
            document, _ = await asyncio.gather(orders.take(delivery), traces.note(decode(delivery.body)))
        else:
            document = await orders.take(delivery)
        await links.look(document)
        await commands.look_at_waiting(document.subject)

    return take
