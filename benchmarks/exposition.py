"""The counters of a service, from the text it exposes for Prometheus."""

import re
from collections import defaultdict

_LINE = re.compile(r"^(?P<name>[a-z_]+)(?:\{(?P<labels>.*)\})? (?P<value>\S+)$")
_LABEL = re.compile(r'([a-z_]+)="([^"]*)"')

Samples = dict[tuple[str, str], float]
"""Value by (metric name, the label asked for)."""

WANTED = {
    "hotline_published_total": "lane",
    "hotline_handled_total": "queue",
    "hotline_handling_seconds_sum": "queue",
    "hotline_store_round_trips_total": "call",
    "hotline_store_writes_total": "call",
    "hotline_stale_saves_total": "service",
}
"""The metrics that are counted, and the label each is told apart by."""


def samples(text: str) -> Samples:
    """What ``WANTED`` names, summed over all other labels."""
    found: defaultdict[tuple[str, str], float] = defaultdict(float)
    for line in text.splitlines():
        parsed = _LINE.match(line)
        if parsed and parsed["name"] in WANTED:
            labels = dict(_LABEL.findall(parsed["labels"] or ""))
            found[parsed["name"], labels.get(WANTED[parsed["name"]], "")] += float(parsed["value"])
    return found


def total(counted: Samples, name: str) -> float:
    """All labels of one metric together."""
    return sum(value for (metric, _), value in counted.items() if metric == name)
