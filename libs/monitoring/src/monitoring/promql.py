"""Which metrics an expression reads, found by parsing it."""

from collections.abc import Iterator
from typing import Any

from promql_parser import VectorSelector, parse

from contracts.metric_names import METRICS
from monitoring.burn_rules import recorded
from monitoring.exporters import EXPORTERS
from monitoring.objectives import WINDOWS

_PARTS = ("lhs", "rhs", "expr", "param", "args", "vector_selector")


def selectors(expression: str) -> Iterator[VectorSelector]:
    """Every selector in ``expression``. Raises ``ValueError`` where it is no PromQL."""
    yield from _walk(parse(expression))


def _walk(node: Any) -> Iterator[VectorSelector]:
    if isinstance(node, VectorSelector):
        yield node
    for part in _PARTS:
        found = getattr(node, part, None)
        if found is not None:
            for child in found if isinstance(found, list) else (found,):
                yield from _walk(child)


def labels_of(selector: VectorSelector) -> set[str]:
    """The labels it matches on."""
    return {matcher.name for matcher in selector.matchers.matchers}


def known() -> dict[str, frozenset[str] | None]:
    """Every series an expression may read: its labels where the contract says them, else None."""
    found: dict[str, frozenset[str] | None] = {}
    for metric in METRICS:
        labels = frozenset(metric.labels)
        if metric.kind == "histogram":
            found |= {f"{metric.name}_count": labels, f"{metric.name}_sum": labels}
            found[f"{metric.name}_bucket"] = labels | {"le"}
        else:
            found[metric.name] = labels
    for names in EXPORTERS.values():
        found |= dict.fromkeys(names)
    found |= {recorded(window): frozenset({"slo"}) for window in WINDOWS}
    found["hotline:slo_target:ratio"] = frozenset({"slo"})
    return found


def strangers(expression: str) -> list[str]:
    """What ``expression`` reads that neither the contract nor a named exporter gives, labels included."""
    wrong: list[str] = []
    allowed = known()
    for selector in selectors(expression):
        name = selector.name or ""
        if name not in allowed:
            wrong.append(name)
            continue
        labels = allowed[name]
        if labels is not None:
            # What Prometheus itself adds when it scrapes.
            wrong += [f"{name}{{{label}}}" for label in labels_of(selector) - labels - {"job", "instance"}]
    return wrong
