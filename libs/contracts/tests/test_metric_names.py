from contracts.metric_names import BOUNDED_BY, METRICS


def test_every_label_says_what_bounds_it_and_no_bound_is_left_over() -> None:
    assert {label for metric in METRICS for label in metric.labels} == set(BOUNDED_BY)


def test_names_are_unique_and_say_kind_and_unit_as_prometheus_expects() -> None:
    names = [metric.name for metric in METRICS]
    assert sorted(set(names)) == sorted(names)
    assert [m.name for m in METRICS if (m.kind == "counter") != m.name.endswith("_total")] == []
    assert [m.name for m in METRICS if m.kind == "histogram" and not m.name.endswith(("_seconds", "_bytes"))] == []
