"""The monitor's consumer table: every fact it folds comes through the same door."""

from chassis.bus import Consumer, Handler
from contracts.topology import facts_queue
from contracts.words import Lane, Service


def consumers(take: Handler) -> tuple[Consumer, ...]:
    """One row per lane."""
    service = Service.SLA_MONITOR
    return tuple(Consumer(service=service, queue=facts_queue(service, lane), lane=lane, handler=take) for lane in Lane)
