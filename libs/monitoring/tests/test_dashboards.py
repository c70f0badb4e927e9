"""The dashboards on disk are those that the code makes, and every expression reads something that exists."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitoring.generated import drift, write
from monitoring.promql import strangers

from .conftest import ROOT

DASHBOARDS = sorted((ROOT / "deploy" / "grafana" / "dashboards").glob("*.json"))


def expressions(node: Any) -> Iterator[str]:
    """Every PromQL in a dashboard."""
    if isinstance(node, dict):
        if isinstance(node.get("expr"), str):
            yield node["expr"]
        for value in node.values():
            yield from expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from expressions(value)


def filled_in(expression: str) -> str:
    """With Grafana's variables replaced as Grafana would."""
    return expression.replace("$__rate_interval", "5m").replace("$unit", "water-group")


def test_files_on_disk_are_as_generated() -> None:
    assert [] == drift(ROOT / "deploy")


def test_a_file_that_somebody_edited_is_noticed(tmp_path: Path) -> None:
    for folder in ("prometheus/rules", "grafana/dashboards"):
        (tmp_path / folder).mkdir(parents=True)
    write(tmp_path)
    assert [] == drift(tmp_path)
    edited = tmp_path / "grafana/dashboards/hotline-city.json"
    edited.write_text(edited.read_text(encoding="utf-8").replace("hotline_number_gaps", "up"), encoding="utf-8")
    assert ["grafana/dashboards/hotline-city.json"] == drift(tmp_path)


def test_there_are_the_four_and_no_other() -> None:
    assert ["hotline-city", "hotline-department", "hotline-emergency", "hotline-services"] == [
        path.stem for path in DASHBOARDS
    ]


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_expression_parses_and_reads_only_known_metrics(path: Path) -> None:
    found = list(expressions(json.loads(path.read_text(encoding="utf-8"))))
    assert found
    assert {} == {one: wrong for one in found if (wrong := strangers(filled_in(one)))}


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_every_panel_has_a_title_in_both_languages_and_a_query(path: Path) -> None:
    board = json.loads(path.read_text(encoding="utf-8"))
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    objective = re.compile(r"^[a-z-]+ ≥ 0\.\d+$")
    titles = [panel["title"] for panel in panels if not objective.match(panel["title"])]
    assert [] == [title for title in titles if not (re.search(r"[\u4e00-\u9fff]", title) and re.search("[a-z]", title))]
    assert all(panel["targets"] for panel in panels)
    places = [(p["gridPos"]["x"], p["gridPos"]["y"]) for p in panels]
    assert len(places) == len(set(places))
