"""Which request or message the running code belongs to: correlation id and W3C trace context."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID

_TRACEPARENT = re.compile(r"^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?\Z")
_IN_BODY = re.compile(rb'"traceparent"\s*:\s*"([0-9a-f-]{55})"')
_UUID4 = re.compile(r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z")


@dataclass(frozen=True, slots=True)
class Trace:
    """One span: ids in lower-case hexadecimal, 32 and 16 characters."""

    correlation_id: str
    trace_id: str
    span_id: str
    sampled: bool = True

    @property
    def traceparent(self) -> str:
        """The header for whoever is called next (W3C Trace Context, version 00)."""
        return f"00-{self.trace_id}-{self.span_id}-{self.sampled:02x}"

    def as_span(self, trace_id: str, span_id: str, sampled: bool) -> "Trace":
        """The same correlation under the ids of a span that somebody else made."""
        return replace(self, trace_id=trace_id, span_id=span_id, sampled=sampled)


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def parse_traceparent(value: str | None) -> tuple[str, str] | None:
    """Trace id and parent span id, or None when ``value`` is absent or not valid."""
    match = _TRACEPARENT.match(value or "")
    if match is None or not int(match[1], 16) or not int(match[2], 16):
        return None
    return match[1], match[2]


def parent_of(headers: Mapping[str, object], body: bytes) -> str | None:
    """The context a message carries: in its header, else in its body. Not validated; None when there is none."""
    header = headers.get("traceparent")
    if isinstance(header, str):
        return header
    # Inside a text the quotes would be escaped, so what somebody wrote cannot be taken for it.
    found = _IN_BODY.search(body)
    return found[1].decode() if found else None


def trace_id_of(headers: Mapping[str, object], body: bytes) -> str:
    """The trace a message belongs to, for a log line about it; empty when it belongs to none."""
    parsed = parse_traceparent(parent_of(headers, body))
    return parsed[0] if parsed else ""


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
