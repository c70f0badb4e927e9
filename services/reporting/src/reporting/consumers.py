"""What this service consumes: everything, on both lanes."""

from chassis.bus import Consumer, Handler
from contracts.topology import facts_queue
from contracts.words import Lane, Service

PREFETCH = 250
"""Rows are inserted in groups of what is in hand."""


def consumers(take: Handler) -> tuple[Consumer, ...]:
    """The table: queue, lane, handler."""
    return tuple(
        Consumer(
            service=Service.REPORTING,
            queue=facts_queue(Service.REPORTING, lane),
            lane=lane,
            handler=take,
            prefetch=PREFETCH,
        )
        for lane in Lane
    )
