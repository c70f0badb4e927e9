"""Rules as a whole: each alert has its page and its tests, and nothing reads a metric that nobody gives."""

import re
from typing import Any

import pytest

from contracts.metric_names import METRICS
from monitoring.promql import selectors, strangers

from .conftest import ROOT, RUNBOOKS, alerts, cases, rules

NAMES = sorted({rule["alert"] for rule in alerts()})


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule.get("alert") or rule.get("record")))
def test_a_rule_reads_only_the_contracts_and_named_exporters_metrics(rule: dict[str, Any]) -> None:
    assert [] == strangers(rule["expr"])


def test_a_foreign_metric_or_label_is_noticed() -> None:
    assert ["node_load1"] == strangers("sum(node_load1) > 3 or vector(1)")
    assert ["hotline_parked_messages{unit}"] == strangers('max(hotline_parked_messages{unit="x"})')
    assert ["hotline_delivery_seconds"] == strangers("rate(hotline_delivery_seconds[5m])")
    with pytest.raises(ValueError, match="parenthesis"):
        strangers("sum(hotline_parked_messages")


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_is_tested_to_fire_and_to_stay_silent(name: str) -> None:
    mine = [case for case in cases() if case["alertname"] == name]
    assert [True, False] == [
        any(case["exp_alerts"] for case in mine),
        all(case["exp_alerts"] for case in mine),
    ]


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: f"{rule['alert']} {rule['labels']['severity']}")
def test_an_alert_names_its_severity_and_a_page_that_exists(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert {"summary", "description", "runbook"} == rule["annotations"].keys()
    assert f"docs/runbooks/{rule['alert']}.md" == rule["annotations"]["runbook"]
    text = (ROOT / rule["annotations"]["runbook"]).read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    assert [rule["alert"], "What it means", "First look", "Remedy"] == headings[:4]


def test_no_page_is_left_without_its_alert() -> None:
    pages = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert set(NAMES) == pages


def test_every_metric_an_alert_is_owed_for_is_watched() -> None:
    watched = {selector.name for rule in rules() for selector in selectors(rule["expr"])}
    bare = {re.sub(r"_(bucket|count|sum)$", "", name or "") for name in watched}
    owed = {
        "hotline_emergencies_unacknowledged",
        "hotline_outbox_age_seconds",
        "hotline_timer_lag_seconds",
        "hotline_parked_messages",
        "hotline_number_gaps",
        "hotline_journal_chain_ok",
        "hotline_calendar_years_ahead",
        "rabbitmq_detailed_queue_consumers",
    }
    assert set() == owed - bare
    assert {metric.name for metric in METRICS} >= {name for name in bare if name.startswith("hotline_")}
