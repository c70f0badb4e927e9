"""Prometheus' rule files as PrometheusRules, and Grafana's dashboards as ConfigMaps by kustomize."""

from pathlib import Path
from typing import Any

import yaml

DASHBOARD_LABEL = "grafana_dashboard"
"""What Grafana's sidecar looks for; every value will do."""


def prometheus_rules(folder: Path) -> list[dict[str, Any]]:
    """One PrometheusRule for each file of rules, with the same groups."""
    return [_prometheus_rule(file) for file in sorted(folder.glob("*.yml"))]


def _prometheus_rule(file: Path) -> dict[str, Any]:
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": f"hotline-{file.stem.replace('_', '-')}"},
        "spec": {"groups": yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]},
    }


def dashboards(folder: Path) -> dict[str, Any]:
    """A kustomization for the folder of dashboards: one ConfigMap each, found by Grafana's sidecar."""
    return {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "configMapGenerator": [
            {"name": f"dashboard-{file.stem.replace('_', '-')}", "files": [file.name]}
            for file in sorted(folder.glob("*.json"))
        ],
        "generatorOptions": {"disableNameSuffixHash": True, "labels": {DASHBOARD_LABEL: "1"}},
    }
