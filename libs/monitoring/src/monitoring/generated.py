"""The generated files: name in ``deploy/`` to text."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from monitoring import burn_rules
from monitoring.dashboards import all_dashboards

HEAD = "# Made by `python -m monitoring deploy` from libs/monitoring/src/monitoring/objectives.py; change it there.\n"


def files() -> Mapping[str, str]:
    """Every generated file."""
    rules = yaml.safe_dump(burn_rules.rules(), sort_keys=False, allow_unicode=True, width=110)
    return {
        "prometheus/rules/slo.yml": HEAD + rules,
        **{f"grafana/dashboards/{name}.json": text for name, text in all_dashboards().items()},
    }


def write(deploy: Path) -> None:
    """Write all of them."""
    for name, text in files().items():
        (deploy / name).write_text(text, encoding="utf-8")


def drift(deploy: Path) -> list[str]:
    """The files that are not as they would be written."""
    return [
        name
        for name, text in files().items()
        if not (deploy / name).exists() or (deploy / name).read_text(encoding="utf-8") != text
    ]
