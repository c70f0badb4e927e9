"""The table of queues: facts of both lanes, units' commands, and the queues of units that read over HTTP."""

from collections.abc import Iterable

from chassis.bus import Consumer, Delivery, Handler
from chassis.documents import Documents
from contracts.topology import UNIT_COMMANDS, facts_queue, unit_queue
from contracts.words import Lane, Service
from dispatcher.unit_feed import UnitFeed
from dispatcher.use_cases.link_orders import OrderLinks
from dispatcher.use_cases.obey_queue import QueueCommands


def consumers(
    orders: Documents, commands: QueueCommands, links: OrderLinks, feed: UnitFeed, units_over_http: Iterable[str]
) -> tuple[Consumer, ...]:
    """Every consumer of the service."""
    taking = _facts(orders, commands, links)
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


def _facts(orders: Documents, commands: QueueCommands, links: OrderLinks) -> Handler:
    async def take(delivery: Delivery) -> None:
        document = await orders.take(delivery)
        await links.look(document)
        await commands.look_at_waiting(document.subject)

    return take
