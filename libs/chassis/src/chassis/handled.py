"""What a bus tells about each delivery it handled, and how that becomes metrics."""

from collections.abc import Callable, Mapping

from chassis.bus import Consumer
from chassis.metrics import Metrics
from contracts.words import Service

Handled = Callable[[Consumer, str, float], None]
"""Called with the consumer, the result (``saved``, ``retried``, ``parked``) and the handler's seconds."""


def unobserved(consumer: Consumer, result: str, seconds: float) -> None:
    """Tell nobody."""


def counted(metrics: Mapping[Service, Metrics]) -> Handled:
    """Count results and time them, each service in its own metrics."""

    def count(consumer: Consumer, result: str, seconds: float) -> None:
        own = metrics[consumer.service]
        own.count("hotline_handled_total", queue=consumer.queue, result=result)
        own.observe("hotline_handling_seconds", seconds, queue=consumer.queue)

    return count
