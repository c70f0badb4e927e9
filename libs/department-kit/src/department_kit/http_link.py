"""The same over HTTP with long polling, for a department that may not open AMQP connections. Needs extra ``http``."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from department_kit.link import Arrived, HotlineAway, NotAllowed, Take
from department_kit.message import Message, NotAMessage, read, traceparent
from department_kit.seen import SeenStore

try:
    import httpx
except ImportError as error:  # pragma: no cover - the kit's own words instead of a missing module's
    raise ImportError("install hotline12345-department-kit[http] for an http address") from error

Token = str | Callable[[], str | Awaitable[str]]
"""The department's token, or what gives a fresh one."""

WAIT_SECONDS = 25
PAGE = 100
OK, UNAUTHORIZED = 200, 401
FORBIDDEN = (401, 403, 404)
ANSWERS = (200, 409, 422)


class HttpLink:
    """Implements ``link.Link``."""

    def __init__(
        self, address: str, unit: str, token: Token, seen: SeenStore, client: httpx.AsyncClient | None
    ) -> None:
        self.unit = unit
        self._root = f"{address.rstrip('/')}/units/{unit}"
        self._token = token
        self._seen = seen
        self._client = client or httpx.AsyncClient(timeout=httpx.Timeout(WAIT_SECONDS + 15, connect=10))
        self._open: dict[int, bool] = {}
        self._turn = asyncio.Lock()

    async def receive(self, take: Take) -> None:
        """See ``Link``. The kept cursor follows what was handled, so that a crash repeats and never skips."""
        self._open = {}
        after = await self._seen.cursor()
        while True:
            query = {"after": str(after), "limit": str(PAGE), "wait": str(WAIT_SECONDS)}
            response = await self._ask("GET", "/messages", params=query)
            if response.status_code != OK:
                raise HotlineAway(f"HTTP {response.status_code}")
            page = response.json()
            for item in page["items"]:
                cursor = int(item["cursor"])
                self._open[cursor] = False
                try:
                    arrived = Arrived(read(item), self._done(cursor))
                except NotAMessage as error:
                    raise HotlineAway(f"message at cursor {cursor}: {error}") from None
                await take(arrived)
            after = max(after, int(page["next"]))

    def _done(self, cursor: int) -> Callable[[], Awaitable[None]]:
        open_ = self._open

        async def done() -> None:
            async with self._turn:
                if cursor in open_:
                    open_[cursor] = True
                reached = 0
                for at in sorted(open_):
                    if not open_[at]:
                        break
                    reached = at
                    del open_[at]
                if reached:
                    await self._seen.advance(reached)

        return done

    async def send(self, command: Mapping[str, Any], command_id: str, take: Take) -> None:
        """See ``Link``. What the hotline answers comes to the handler as in the queue."""
        response = await self._ask("POST", "/commands", json=dict(command), headers={"Idempotency-Key": command_id})
        if response.status_code not in ANSWERS:
            raise HotlineAway(f"HTTP {response.status_code}")
        answer = response.json()
        accepted = response.status_code == OK
        order = command.get("work_order")
        body = {
            "type": "command.accepted" if accepted else "command.refused",
            "command_id": command_id,
            "command": command.get("type"),
            "work_order": order,
            "answer": answer,
        }
        # Made here, for this process: in another one the same command is sent again and answered again.
        message = Message(
            id=f"answer:{command_id}",
            type=str(body["type"]),
            subject=f"answer:{order}",
            work_order=str(order),
            work_order_seq=None,
            time=datetime.now(UTC),
            body=body,
        )
        await take(Arrived(message))

    async def close(self) -> None:
        """See ``Link``."""
        await self._client.aclose()

    async def _ask(self, method: str, path: str, headers: Mapping[str, str] = {}, **more: Any) -> httpx.Response:
        token = self._token if isinstance(self._token, str) else self._token()
        if not isinstance(token, str):
            token = await token
        try:
            response = await self._client.request(
                method, self._root + path, headers={"Authorization": f"Bearer {token}", **_context(), **headers}, **more
            )
        except httpx.TransportError as error:
            raise HotlineAway(type(error).__name__) from None
        if response.status_code == UNAUTHORIZED and not isinstance(self._token, str):
            raise HotlineAway("the token is not good any more")
        if response.status_code in FORBIDDEN:
            raise NotAllowed(f"HTTP {response.status_code}: {_title(response)}")
        return response


def _title(response: httpx.Response) -> str:
    try:
        return str(response.json().get("title", ""))[:200]
    except (json.JSONDecodeError, AttributeError):
        return ""


def _context() -> dict[str, str]:
    context = traceparent.get()
    return {"traceparent": context} if context else {}
