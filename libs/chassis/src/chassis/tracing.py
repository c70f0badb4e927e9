"""Which request or message the running code belongs to: correlation id and W3C trace context."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

_TRACEPARENT = re.compile(r"^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?\Z")
_UUID4 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")


@dataclass(frozen=True, slots=True)
class Trace:
    """One span: ids in lower-case hexadecimal, 32 and 16 characters."""

    correlation_id: str
    trace_id: str
    span_id: str

    @property
    def traceparent(self) -> str:
        """The header for whoever is called next (W3C Trace Context, version 00, sampled)."""
        return f"00-{self.trace_id}-{self.span_id}-01"


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def parse_traceparent(value: str | None) -> tuple[str, str] | None:
    """Trace id and parent span id, or None when ``value`` is absent or not valid."""
    match = _TRACEPARENT.match(value or "")
    if match is None or not int(match[1], 16) or not int(match[2], 16):
        return None
    return match[1], match[2]


def parse_correlation_id(value: str | None) -> str | None:
    """``value`` if it is a random UUID, else None: anything freer could carry a phone number into the logs."""
    return value if value is not None and _UUID4.match(value) else None


def start(correlation_id: str | None = None, traceparent: str | None = None) -> Trace:
    """A new span, continuing ``traceparent`` where it is valid. Does not make it current."""
    parsed = parse_traceparent(traceparent)
    trace_id = parsed[0] if parsed else secrets.token_hex(16)
    fresh = correlation_id or str(UUID(bytes=secrets.token_bytes(16), version=4))
    return Trace(correlation_id=fresh, trace_id=trace_id, span_id=secrets.token_hex(8))


def current() -> Trace | None:
    """The span the running code belongs to."""
    return _current.get()


@contextmanager
def within(trace: Trace) -> Iterator[Trace]:
    """Make ``trace`` current for the block: logs and outgoing messages carry it."""
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)
