"""Metric names, kinds and labels as data: a contract for dashboards and alerts. Labels are few and bounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric; ``labels`` never hold an id."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[str, ...] = ()


BOUNDED_BY: Mapping[str, str] = {
    "service": "the six services",
    "lane": "two lanes",
    "channel": "the channels of the domain rules",
    "queue": "the declared topology; a unit's queue only where the platform serves that unit over HTTP",
    "exchange": "the declared topology",
    "result": "what can become of a message: saved, retried, parked",
    "reason": "what can go wrong with a publish: refused, connection, error",
    "call": "the kinds of database calls in the chassis",
    "line": "the emergency lines of the jurisdiction",
    "kind": "the kinds of deadlines of the domain rules",
    "area": "the area a process gives numbers for",
    "unit": "the directory of member units, which is configuration; at most 500 in one process, the rest as `other`",
    "state": "what a unit's orders can be: open, overdue, urged, supervised",
    "check": "the background checks of a service",
    "route": "route templates, never paths",
    "method": "HTTP methods",
    "status": "HTTP status codes",
}
"""Every label there is, and what keeps its values few. A label that is not here may not be used."""

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
    Metric(
        "hotline_delivery_seconds",
        "histogram",
        "From the save of a message to its confirm: it is in the queues it is meant for",
        ("service", "lane", "exchange"),
    ),
    Metric("hotline_stuck_messages", "gauge", "Messages the broker has refused for a minute or more", ("service",)),
    Metric("hotline_outbox_age_seconds", "gauge", "Age of the oldest unpublished entry", ("service", "lane")),
    Metric(
        "hotline_timer_lag_seconds", "gauge", "Business seconds by which the oldest due timer is late", ("service",)
    ),
    Metric("hotline_parked_messages", "gauge", "Messages a person must look at", ("service",)),
    Metric("hotline_store_round_trips_total", "counter", "Calls to the database", ("service", "call")),
    Metric("hotline_store_writes_total", "counter", "Documents written", ("service", "call")),
    Metric("hotline_stale_saves_total", "counter", "Saves refused because another was first", ("service",)),
    Metric("hotline_document_bytes", "histogram", "Bytes of facts in a document as it was saved", ("service",)),
    Metric("hotline_emergencies_unacknowledged", "gauge", "Hand-overs that no line has taken yet", ("line",)),
    Metric("hotline_emergency_handover_seconds", "histogram", "From acceptance to the line's queue", ("line",)),
    Metric("hotline_breaches_total", "counter", "Deadlines missed", ("kind",)),
    Metric("hotline_deadlines_met_total", "counter", "Deadlines kept", ("kind",)),
    Metric("hotline_open_deadlines", "gauge", "Deadlines running", ("kind",)),
    Metric("hotline_unit_deadlines", "gauge", "Orders of a member unit, by how they stand", ("unit", "state")),
    Metric("hotline_number_gaps", "gauge", "Numbers missing without a reason", ("area",)),
    Metric("hotline_journal_chain_ok", "gauge", "1 while the journal's chain verifies"),
    Metric("hotline_calendar_years_ahead", "gauge", "Announced years after the current one", ()),
    Metric("hotline_ready", "gauge", "1 while the service can do its own next step", ("service",)),
    Metric("hotline_checks_total", "counter", "Rounds of a background check that came to an end", ("service", "check")),
    Metric("hotline_http_requests_total", "counter", "HTTP requests", ("service", "route", "method", "status")),
    Metric("hotline_http_seconds", "histogram", "HTTP time", ("service", "route", "method")),
)
