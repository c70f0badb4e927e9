"""Where the checked files are."""

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
PROMETHEUS = ROOT / "deploy" / "prometheus"
RUNBOOKS = ROOT / "docs" / "runbooks"


def rules() -> list[dict[str, Any]]:
    """Every rule of every file."""
    found: list[dict[str, Any]] = []
    for path in sorted((PROMETHEUS / "rules").glob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            found += group["rules"]
    return found


def alerts() -> list[dict[str, Any]]:
    """The alerting ones."""
    return [rule for rule in rules() if "alert" in rule]


def cases() -> list[dict[str, Any]]:
    """Every alert test of every file."""
    found: list[dict[str, Any]] = []
    for path in sorted((PROMETHEUS / "tests").glob("*.yml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8"))["tests"]:
            found += case["alert_rule_test"]
    return found
