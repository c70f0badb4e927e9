"""How long a hand-over took: from the appeal's acceptance until it lies in the line's own queue."""

import json
from datetime import datetime

from chassis.bus import Outgoing
from chassis.clock import BusinessClock
from chassis.metrics import Metrics
from chassis.relay import Published
from contracts.topology import LINES


def handover_time(clock: BusinessClock, metrics: Metrics) -> Published:
    """Observes each first page when the broker has confirmed it, whether or not the platform serves the line itself."""

    def published(message: Outgoing) -> None:
        if message.exchange != LINES:
            return
        body = json.loads(message.body)
        accepted = body.get("accepted_at")
        if body.get("type") == "handover" and body.get("page") == 1 and isinstance(accepted, str):
            seconds = (clock.now() - datetime.fromisoformat(accepted)).total_seconds()
            metrics.observe("hotline_emergency_handover_seconds", max(seconds, 0.0), line=body["line"])

    return published
