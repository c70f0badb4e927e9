"""Metrics follow the contract: nothing else can be recorded."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chassis.metrics import Collectors, Metrics, UnknownMetric
from contracts.metric_names import METRICS
from contracts.words import Service


def samples(collectors: Collectors) -> dict[tuple[str, str], float]:
    families = text_string_to_metric_families(collectors.text().decode())
    return {(s.name, s.labels.get("service", "")): s.value for family in families for s in family.samples}


def test_every_metric_of_the_contract_can_be_recorded_and_is_exposed():
    metrics = Metrics(Service.REPORTING)
    for metric in METRICS:
        labels = {name: "x" for name in metric.labels if name != "service"}
        {"counter": metrics.count, "gauge": metrics.set, "histogram": metrics.observe}[metric.kind](
            metric.name, 1, **labels
        )
    exposed = {name for name, _ in samples(metrics.collectors)}
    assert [m.name for m in METRICS if not {m.name, m.name + "_count"} & exposed] == []


def test_services_of_one_process_share_their_collectors_under_their_own_label():
    collectors = Collectors()
    Metrics(Service.INTAKE, collectors).count("hotline_stale_saves_total", 2)
    Metrics(Service.REVISIT, collectors).count("hotline_stale_saves_total")
    found = samples(collectors)
    assert found[("hotline_stale_saves_total", "intake")] == 2
    assert found[("hotline_stale_saves_total", "revisit")] == 1


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("hotline_invented_total", {}),
        ("hotline_parked_messages", {}),
        ("hotline_breaches_total", {}),
        ("hotline_breaches_total", {"kind": "receipt", "appeal": "4104002026112200000013"}),
    ],
)
def test_an_unknown_name_kind_or_label_is_refused(name, labels):
    with pytest.raises(UnknownMetric):
        Metrics(Service.INTAKE).count(name, **labels)


def test_what_was_never_recorded_is_not_shown_as_zero():
    assert Metrics(Service.INTAKE).collectors.text() == b""


def test_a_gauge_that_several_collections_share_shows_the_worst_of_them():
    metrics = Metrics(Service.DISPATCHER)
    metrics.set_worst("hotline_timer_lag_seconds", "orders", 40)
    metrics.set_worst("hotline_timer_lag_seconds", "strays", 0)
    assert samples(metrics.collectors)[("hotline_timer_lag_seconds", "dispatcher")] == 40
    metrics.set_worst("hotline_timer_lag_seconds", "orders", 1)
    assert samples(metrics.collectors)[("hotline_timer_lag_seconds", "dispatcher")] == 1
