"""Breaks the platform on purpose, to show that the reconciliation notices."""

import json
import random
from dataclasses import replace
from enum import StrEnum

from chassis.bus import Consumer, Delivery, Handler
from chassis.local_bus import LocalBus
from contracts.topology import facts_queue
from contracts.words import Lane, Service

JOURNAL = frozenset(facts_queue(Service.REPORTING, lane) for lane in Lane)


class Sabotage(StrEnum):
    """``lose`` drops one confirmed event before the journal; ``double`` delivers one effect twice."""

    LOSE = "lose"
    DOUBLE = "double"


class SabotagedBus(LocalBus):
    """A local bus that strikes once, at a message chosen by chance among the first ``among`` it could strike at."""

    def __init__(self, kind: Sabotage, among: int, chance: random.Random) -> None:
        super().__init__()
        self._kind = kind
        self._left = chance.randint(1, max(among, 1))
        self.struck = False

    def mount(self, consumer: Consumer) -> None:
        """Attach a consumer, with the saboteur in between where there is something to break."""
        if self._kind is Sabotage.LOSE and consumer.queue in JOURNAL:
            consumer = replace(consumer, handler=self._losing(consumer.handler))
        if self._kind is Sabotage.DOUBLE and consumer.queue.startswith(("assignments.", "emergency.")):
            consumer = replace(consumer, handler=self._doubling(consumer.handler))
        super().mount(consumer)

    def _losing(self, handler: Handler) -> Handler:
        async def handle(delivery: Delivery) -> None:
            if not self._strikes():
                await handler(delivery)

        return handle

    def _doubling(self, handler: Handler) -> Handler:
        async def handle(delivery: Delivery) -> None:
            await handler(delivery)
            if self._strikes():
                again = f"{delivery.message_id}-again"
                body = json.dumps({**json.loads(delivery.body), "id": again}, ensure_ascii=False).encode()
                await handler(replace(delivery, message_id=again, body=body))

        return handle

    def _strikes(self) -> bool:
        if self.struck:
            return False
        self._left -= 1
        self.struck = self._left <= 0
        return self.struck
