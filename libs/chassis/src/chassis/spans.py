"""OpenTelemetry spans: off unless the environment says where to send them, and then of no cost but one test.

``OTEL_EXPORTER_OTLP_ENDPOINT`` (or ``…_TRACES_ENDPOINT``) turns them on; the SDK reads the other ``OTEL_*`` variables
itself (headers, sampler, resource). Spans carry queues, routes and ids of ours, never a text.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from chassis import tracing
from chassis.tracing import Trace
from contracts.words import Service

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.trace import Tracer

Kind = Literal["server", "consumer", "producer"]
Attributes = Mapping[str, str | int]

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


class Spans:
    """Makes spans of several services in one process; each service is a resource of its own."""

    def __init__(self, processor: "SpanProcessor") -> None:
        self._processor = processor
        self._tracers: dict[Service, Tracer] = {}

    def tracer(self, service: Service) -> "Tracer":
        """The service's tracer, made on first use."""
        if service not in self._tracers:
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider

            names = {"service.name": str(service), "service.namespace": "hotline12345"}
            provider = TracerProvider(resource=Resource.create(names))
            provider.add_span_processor(self._processor)
            self._tracers[service] = provider.get_tracer("hotline12345")
        return self._tracers[service]


_installed: Spans | None = None


def on() -> bool:
    """Whether spans are made."""
    return _installed is not None


def install(processor: "SpanProcessor | None") -> None:
    """Make spans from now on and hand them to ``processor``; None stops it. Before services are built."""
    global _installed
    _installed = Spans(processor) if processor is not None else None


def install_from_environment() -> bool:
    """Export by OTLP over HTTP where the environment names an endpoint; whether it does."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or not any(os.environ.get(at) for at in ENDPOINTS):
        return False
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    install(BatchSpanProcessor(OTLPSpanExporter()))
    return True


class Open:
    """A span that is under way. ``trace`` is what logs and messages carry."""

    def __init__(self, span: object, trace: Trace) -> None:
        self._span = span
        self.trace = trace

    def say(self, name: str | None = None, failed: str | None = None, **attributes: str | int) -> None:
        """Add what is known only later. ``failed`` is a class of errors, never a message: those may quote input."""
        from opentelemetry.trace import Span, Status, StatusCode

        assert isinstance(self._span, Span)
        if name is not None:
            self._span.update_name(name)
        self._span.set_attributes({key.replace("__", "."): value for key, value in attributes.items()})
        if failed is not None:
            self._span.set_status(Status(StatusCode.ERROR, failed))


@contextmanager
def span(
    service: Service,
    name: str,
    kind: Kind,
    parent: str | None,
    attributes: Attributes,
    correlation_id: str | None = None,
) -> Iterator[Open]:
    """One span around the block, which belongs to it: child of the W3C ``parent`` where that is valid, else a root.

    Only where ``on()``.
    """
    from opentelemetry import trace as otel
    from opentelemetry.context import Context

    if _installed is None:
        raise RuntimeError("spans are off")
    context = Context()
    parsed = tracing.parse_traceparent(parent)
    if parsed is not None and parent is not None:
        flags = otel.TraceFlags(int(parent.split("-")[3], 16))
        remote = otel.SpanContext(int(parsed[0], 16), int(parsed[1], 16), is_remote=True, trace_flags=flags)
        context = otel.set_span_in_context(otel.NonRecordingSpan(remote), context)
    made = _installed.tracer(service).start_span(
        name,
        context,
        otel.SpanKind[kind.upper()],
        dict(attributes),
        record_exception=False,
        set_status_on_exception=False,
    )
    ids = made.get_span_context()
    current = tracing.start(correlation_id).as_span(
        f"{ids.trace_id:032x}", f"{ids.span_id:016x}", ids.trace_flags.sampled
    )
    opened = Open(made, current)
    try:
        with tracing.within(current):
            yield opened
    except Exception as error:
        opened.say(failed=type(error).__name__)
        raise
    finally:
        made.end()
