"""Prometheus metrics, built from the contract: a name or label that is not in it cannot be recorded."""

from threading import Lock

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from contracts.metric_names import METRICS, Metric
from contracts.words import Service

CONTENT_TYPE = CONTENT_TYPE_LATEST
"""Of the text that ``Collectors.text`` gives."""

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_BYTES = (1_000.0, 4_000.0, 16_000.0, 64_000.0, 256_000.0, 1_000_000.0, 4_000_000.0)
_BY_NAME = {metric.name: metric for metric in METRICS}

Collector = Counter | Gauge | Histogram


class UnknownMetric(ValueError):
    """The name is not in ``contracts.metric_names``, is of another kind, or the labels differ from the contract."""


class Collectors:
    """The collectors of one process. Services of the embedded platform share one, so each name is exposed once.

    A collector appears with its first value: a service that never judges the journal must not expose a zero for it.
    """

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._made: dict[str, Collector] = {}
        self._lock = Lock()

    def get(self, metric: Metric) -> Collector:
        """The collector of ``metric``, made on first use."""
        made = self._made.get(metric.name)
        if made is None:
            with self._lock:
                made = self._made.get(metric.name) or self._make(metric)
                self._made[metric.name] = made
        return made

    def _make(self, metric: Metric) -> Collector:
        if metric.kind == "counter":
            return Counter(metric.name, metric.help, metric.labels, registry=self._registry)
        if metric.kind == "gauge":
            return Gauge(metric.name, metric.help, metric.labels, registry=self._registry)
        buckets = _BYTES if metric.name.endswith("_bytes") else _SECONDS
        return Histogram(metric.name, metric.help, metric.labels, registry=self._registry, buckets=buckets)

    def text(self) -> bytes:
        """Everything recorded, in Prometheus' text format."""
        return generate_latest(self._registry)


class Metrics:
    """One service's way to record. The label ``service`` is filled in where the contract has it."""

    def __init__(self, service: Service, collectors: Collectors | None = None) -> None:
        self.service = service
        self.collectors = collectors or Collectors()
        self._children: dict[tuple[object, ...], Collector] = {}
        self._parts: dict[tuple[object, ...], dict[str, float]] = {}

    def count(self, name: str, amount: float = 1, **labels: str) -> None:
        """Add ``amount`` to a counter. Raises ``UnknownMetric``."""
        collector = self._child(name, "counter", labels)
        assert isinstance(collector, Counter)
        collector.inc(amount)

    def set(self, name: str, value: float, **labels: str) -> None:
        """Set a gauge. Raises ``UnknownMetric``."""
        collector = self._child(name, "gauge", labels)
        assert isinstance(collector, Gauge)
        collector.set(value)

    def set_worst(self, name: str, part: str, value: float, **labels: str) -> None:
        """Set a gauge to the highest value of the parts (collections) that share it. Raises ``UnknownMetric``."""
        parts = self._parts.setdefault((name, *labels.items()), {})
        parts[part] = value
        self.set(name, max(parts.values()), **labels)

    def observe(self, name: str, value: float, **labels: str) -> None:
        """Add one observation (seconds or bytes, as the name says) to a histogram. Raises ``UnknownMetric``."""
        collector = self._child(name, "histogram", labels)
        assert isinstance(collector, Histogram)
        collector.observe(value)

    def _child(self, name: str, kind: str, labels: dict[str, str]) -> Collector:
        # Looked up once per name and labels: messages are counted by the thousand.
        key = (name, kind, *labels.items())
        found = self._children.get(key)
        if found is None:
            found = self._children[key] = self._find(name, kind, labels)
        return found

    def _find(self, name: str, kind: str, labels: dict[str, str]) -> Collector:
        metric = _BY_NAME.get(name)
        if metric is None or metric.kind != kind:
            raise UnknownMetric(f"no {kind} named {name} in the contract")
        if "service" in metric.labels:
            labels.setdefault("service", str(self.service))
        if labels.keys() != set(metric.labels):
            raise UnknownMetric(f"{name} takes the labels {', '.join(metric.labels) or 'none'}")
        collector = self.collectors.get(metric)
        return collector.labels(**labels) if labels else collector
