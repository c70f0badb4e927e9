"""Serve a line that does not read its own queue: keep each message in its list, and push it to its webhook."""

import json

from chassis.bus import Delivery, Permanent
from classifier.ports import LineFeed, Webhooks


class ServeLine:
    """The handler of one line's queue."""

    def __init__(self, line: str, feed: LineFeed, webhooks: Webhooks) -> None:
        self._line = line
        self._feed = feed
        self._webhooks = webhooks

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
        await self._feed.add(self._line, message_id, body)
        await self._webhooks.push(self._line, message_id, delivery.body)
