"""Serve a line that does not read its own queue: keep each message in its list, and push it to its webhook."""

import json
from datetime import datetime
from typing import Any

from chassis.bus import Delivery, Permanent
from chassis.clock import BusinessClock
from chassis.metrics import Metrics
from classifier.ports import LineFeed, Webhooks


class ServeLine:
    """The handler of one line's queue."""

    def __init__(self, line: str, feed: LineFeed, webhooks: Webhooks, clock: BusinessClock, metrics: Metrics) -> None:
        self._line = line
        self._feed = feed
        self._webhooks = webhooks
        self._clock = clock
        self._metrics = metrics

    async def __call__(self, delivery: Delivery) -> None:
        """Keep, then push: a push that fails is tried again by redelivery, and the list shows it meanwhile."""
        try:
            body = json.loads(delivery.body)
        except ValueError:
            raise Permanent("the body is not valid JSON") from None
        if not isinstance(body, dict):
            raise Permanent("the body is not an object")
        message_id = delivery.message_id or body.get("id")
        if not isinstance(message_id, str) or not message_id:
            raise Permanent("id: is missing")
        if await self._feed.add(self._line, message_id, body) and body.get("type") == "handover":
            self._measure(body)
        await self._webhooks.push(self._line, message_id, delivery.body)

    def _measure(self, body: dict[str, Any]) -> None:
        accepted = body.get("accepted_at")
        if body.get("page") == 1 and isinstance(accepted, str):
            seconds = (self._clock.now() - datetime.fromisoformat(accepted)).total_seconds()
            self._metrics.observe("hotline_emergency_handover_seconds", max(seconds, 0.0), line=self._line)
