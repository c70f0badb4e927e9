"""Metrics of others that our rules and dashboards use, each with the exporter that gives it."""

from collections.abc import Mapping

RABBITMQ: frozenset[str] = frozenset(
    {
        "rabbitmq_alarms_free_disk_space_watermark",
        "rabbitmq_alarms_memory_used_watermark",
        "rabbitmq_connections",
        "rabbitmq_detailed_queue_consumers",
        "rabbitmq_detailed_queue_messages_ready",
        "rabbitmq_detailed_queue_messages_unacked",
        "rabbitmq_disk_space_available_bytes",
        "rabbitmq_global_messages_received_total",
        "rabbitmq_global_messages_unroutable_returned_total",
        "rabbitmq_process_resident_memory_bytes",
    }
)
"""Plugin ``rabbitmq_prometheus``; ``rabbitmq_detailed_*`` from ``/metrics/detailed`` with the families
``queue_coarse_metrics`` and ``queue_consumer_count``. A test asks a real node for every one of them."""

MONGODB: frozenset[str] = frozenset(
    {
        "mongodb_ss_connections",
        "mongodb_ss_opcounters",
        "mongodb_ss_mem_resident",
        "mongodb_rs_members_state",
        "mongodb_up",
    }
)
"""``percona/mongodb_exporter`` 0.40 or later with ``--collector.diagnosticdata --collector.replicasetstatus``."""

PROMETHEUS: frozenset[str] = frozenset({"up"})
"""Prometheus' own."""

EXPORTERS: Mapping[str, frozenset[str]] = {
    "rabbitmq_prometheus": RABBITMQ,
    "percona/mongodb_exporter": MONGODB,
    "prometheus": PROMETHEUS,
}
