"""Metric names, kinds and labels as data: a contract for dashboards and alerts. Labels are few and bounded."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; ``labels`` never hold an id."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()


METRICS: tuple[Metric, ...] = (
    Metric("hotline_appeals_registered_total", "counter", "Appeals registered", ("channel", "lane")),
    Metric("hotline_handled_total", "counter", "Messages handled", ("service", "queue", "result")),
    Metric("hotline_handling_seconds", "histogram", "Time to handle one message", ("service", "queue")),
    Metric("hotline_published_total", "counter", "Messages confirmed by the broker", ("service", "lane")),
    Metric(
        "hotline_publish_failures_total",
        "counter",
        "Publishes returned, nacked or timed out",
        ("service", "lane", "reason"),
    ),
    Metric("hotline_outbox_age_seconds", "gauge", "Age of the oldest unpublished entry", ("service", "lane")),
    Metric(
        "hotline_timer_lag_seconds", "gauge", "Business seconds by which the oldest due timer is late", ("service",)
    ),
    Metric("hotline_parked_messages", "gauge", "Messages a person must look at", ("service",)),
    Metric("hotline_store_round_trips_total", "counter", "Calls to the database", ("service", "call")),
    Metric("hotline_store_writes_total", "counter", "Documents written", ("service", "call")),
    Metric("hotline_stale_saves_total", "counter", "Saves refused because another was first", ("service",)),
    Metric("hotline_document_bytes", "histogram", "Size of saved documents", ("service",)),
    Metric("hotline_emergencies_unacknowledged", "gauge", "Hand-overs that no line has taken yet", ("line",)),
    Metric("hotline_emergency_handover_seconds", "histogram", "From acceptance to the line's queue", ("line",)),
    Metric("hotline_breaches_total", "counter", "Deadlines missed", ("kind",)),
    Metric("hotline_open_deadlines", "gauge", "Deadlines running", ("kind",)),
    Metric("hotline_number_gaps", "gauge", "Numbers missing without a reason", ("area",)),
    Metric("hotline_journal_chain_ok", "gauge", "1 while the journal's chain verifies"),
    Metric("hotline_calendar_years_ahead", "gauge", "Announced years after the current one", ()),
    Metric("hotline_http_requests_total", "counter", "HTTP requests", ("service", "route", "method", "status")),
    Metric("hotline_http_seconds", "histogram", "HTTP time", ("service", "route", "method")),
)
