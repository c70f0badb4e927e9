"""What this service consumes: the facts of both lanes."""

from chassis.bus import Consumer, Handler
from contracts.topology import facts_queue
from contracts.words import Lane, Service


def consumers(take: Handler) -> tuple[Consumer, ...]:
    """The table: queue, lane, handler."""
    return tuple(
        Consumer(service=Service.REVISIT, queue=facts_queue(Service.REVISIT, lane), lane=lane, handler=take)
        for lane in Lane
    )
