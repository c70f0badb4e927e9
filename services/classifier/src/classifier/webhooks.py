"""Signed pushes to lines that have a server instead of a queue. The message's stable id lets the receiver dedup."""

import hashlib
import hmac
from collections.abc import Callable, Mapping

import httpx

from chassis.bus import Passing
from classifier.settings import Webhook


class LineAway(Passing):
    """The line's server did not accept the push; it is tried again. The text holds neither address nor answer."""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """``sha256=`` and the HMAC of timestamp, a dot and the body: the receiver computes the same and compares."""
    return "sha256=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


class SignedWebhooks:
    """Implements ``ports.Webhooks``. ``unix_time`` is real time, so that a receiver can refuse old pushes."""

    def __init__(
        self,
        table: Mapping[str, Webhook],
        unix_time: Callable[[], float],
        seconds: float = 2.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._table = table
        self._unix_time = unix_time
        self._seconds = seconds
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def push(self, line: str, message_id: str, body: bytes) -> None:
        """See ``ports.Webhooks``. Redirects are not followed: they would carry the hand-over elsewhere."""
        hook = self._table.get(line)
        if hook is None:
            return
        timestamp = str(int(self._unix_time()))
        headers = {
            "Content-Type": "application/json",
            "X-Hotline-Delivery": message_id,
            "X-Hotline-Timestamp": timestamp,
            "X-Hotline-Signature": signature(hook.secret.get_secret_value(), timestamp, body),
        }
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=self._seconds, transport=self._transport)
        try:
            response = await self._client.post(str(hook.url), content=body, headers=headers)
        except httpx.HTTPError as error:
            raise LineAway(f"line {line}: {type(error).__name__}") from None
        if not response.is_success:
            raise LineAway(f"line {line}: status {response.status_code}")

    async def start(self) -> None:
        """Nothing to begin with."""

    async def stop(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None
