"""The consumer table: facts of both lanes, the lines' commands, and the queues of lines that are served over HTTP."""

from collections.abc import Mapping

from chassis.bus import Consumer, Handler
from chassis.documents import Documents
from contracts.topology import LINE_COMMANDS, facts_queue, line_queue
from contracts.words import Lane, Service

SIDE_BY_SIDE = {Lane.ORDINARY: 3, Lane.EMERGENCY: 64}
"""Judging a text is work for the processor: with few at once an emergency's next step waits for few others."""


def consumers(documents: Documents, hear_line: Handler, served: Mapping[str, Handler]) -> tuple[Consumer, ...]:
    """``served`` maps a line to the handler of its queue. The emergency lane has consumers of its own (rule 5)."""
    facts = (
        Consumer(
            service=Service.CLASSIFIER,
            queue=facts_queue(Service.CLASSIFIER, lane),
            lane=lane,
            handler=documents.take,
            prefetch=SIDE_BY_SIDE[lane],
        )
        for lane in Lane
    )
    commands = Consumer(
        service=Service.CLASSIFIER, queue=LINE_COMMANDS, lane=Lane.EMERGENCY, handler=hear_line, prefetch=16
    )
    lines = (
        Consumer(service=Service.CLASSIFIER, queue=line_queue(line), lane=Lane.EMERGENCY, handler=handler, prefetch=16)
        for line, handler in served.items()
    )
    return (*facts, commands, *lines)
