"""What one request may cost: size of the body, and a place among the concurrent ones with some kept for emergencies."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.problems import Problem, answer, told
from contracts.words import Lane

JSON_LIMIT = 256 * 1024
"""Bytes of an ordinary body."""

ATTACHMENT_LIMIT = 10 * 1024 * 1024
"""Bytes of a body on a path declared for attachments."""

LaneOf = Callable[[Scope], Lane | None]
"""Which lane's places a request takes; None: none at all (health, event streams, doors that admit themselves)."""


@dataclass(frozen=True, slots=True)
class LargerBody:
    """A path (regular expression over the whole path) that takes larger bodies; of ``media_type`` only, where given."""

    path: str
    limit: int = ATTACHMENT_LIMIT
    media_type: str = ""


def _too_large(limit: int) -> Problem:
    return Problem(413, "Too large", f"The body may have at most {limit} bytes.", "too-large")


class BodyLimit:
    """ASGI middleware: refuses by ``Content-Length`` at once, and counts what a stream without one really sends."""

    def __init__(self, app: ASGIApp, limit: int = JSON_LIMIT, larger: Sequence[LargerBody] = ()) -> None:
        self._app = app
        self._limit = limit
        self._larger = tuple((re.compile(row.path), row) for row in larger)

    def _limit_of(self, path: str, headers: Headers) -> int:
        sent = headers.get("content-type", "").partition(";")[0].strip().lower()
        fitting = (row for pattern, row in self._larger if pattern.fullmatch(path) and row.media_type in ("", sent))
        return next((row.limit for row in fitting), self._limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on within the limit, else answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._limit_of(scope["path"], headers)
        declared = headers.get("content-length")
        if declared is not None and (not declared.isascii() or not declared.isdigit()):
            await answer(400, "Bad length", "Content-Length is not a number.", "bad-length")(scope, receive, send)
            return
        if declared is not None and (len(declared) > 15 or int(declared) > limit):
            refusal = _too_large(limit)
            close = {"Connection": "close"}
            response = told(Request(scope), 413, refusal.title, refusal.detail, refusal.slug, headers=close)
            await response(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > limit:
                    raise _too_large(limit)
            return message

        await self._app(scope, counted, send)


class Capacity:
    """Places for requests that run at once: ordinary ones fill ``ordinary`` at most, emergencies ``reserved`` more."""

    def __init__(self, ordinary: int = 200, reserved: int = 50) -> None:
        self._room = {Lane.ORDINARY: ordinary, Lane.EMERGENCY: ordinary + reserved}
        self._taken = 0

    @property
    def taken(self) -> int:
        """Places in use."""
        return self._taken

    def take(self, lane: Lane) -> None:
        """Take a place. Raises ``Problem`` 503 with ``Retry-After`` at once when the lane has none."""
        if self._taken >= self._room[lane]:
            raise Problem(503, "Busy", "All places are taken; please try again.", "busy", headers={"Retry-After": "1"})
        self._taken += 1

    def give_back(self) -> None:
        """Free a place that was taken."""
        self._taken -= 1

    @contextmanager
    def place(self, lane: Lane) -> Iterator[None]:
        """Hold a place for the block; raises as ``take`` does."""
        self.take(lane)
        try:
            yield
        finally:
            self.give_back()


class ReservedCapacity:
    """ASGI middleware around ``Capacity``. A door that learns the lane only from the body (``POST /appeals``) gets None
    from ``lane_of`` and holds its place itself, with ``capacity.place(lane)``."""

    def __init__(self, app: ASGIApp, capacity: Capacity, lane_of: LaneOf) -> None:
        self._app = app
        self._capacity = capacity
        self._lane_of = lane_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with a place held, else answer 503."""
        lane = self._lane_of(scope) if scope["type"] == "http" else None
        if lane is None:
            await self._app(scope, receive, send)
            return
        try:
            self._capacity.take(lane)
        except Problem as full:
            busy = told(Request(scope), 503, full.title, full.detail, full.slug, headers=full.headers)
            await busy(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._capacity.give_back()
