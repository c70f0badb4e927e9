"""A dashboard as data, and its JSON by Grafana's own builders."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grafana_foundation_sdk.builders import common, stat, timeseries
from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DatasourceVariable,
    QueryVariable,
    Row,
    ThresholdsConfig,
)
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.common import BigValueColorMode, LegendDisplayMode, LegendPlacement

SOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
REFRESH = "30s"

Kind = Literal["lines", "number"]


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: ``queries`` are (legend, PromQL). ``red_from`` colours a number that reaches it."""

    title: str
    queries: Sequence[tuple[str, str]]
    unit: str = "short"
    kind: Kind = "lines"
    width: int = 12
    description: str = ""
    red_from: float | None = None
    red_below: float | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard: rows of panels. ``chooser`` is (variable, label, PromQL of ``label_values``)."""

    uid: str
    title: str
    rows: Sequence[tuple[str, Sequence[Panel]]]
    tags: tuple[str, ...] = ("hotline12345",)
    chooser: tuple[str, str, str] | None = None
    since: str = "now-6h"


def to_json(board: Board) -> str:
    """The dashboard as Grafana reads it; the same board gives the same text."""
    made = (
        Dashboard(board.title)
        .uid(board.uid)
        .tags([*board.tags])
        .refresh(REFRESH)
        .time(board.since, "now")
        .timezone("browser")
        .with_variable(DatasourceVariable("datasource").type("prometheus").label("数据源 Data source"))
    )
    if board.chooser is not None:
        name, label, query = board.chooser
        made = made.with_variable(
            QueryVariable(name)
            .label(label)
            .datasource(SOURCE)
            .query(query)
            .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
            .sort(model.VariableSort.ALPHABETICAL_ASC)
        )
    for title, panels in board.rows:
        made = made.with_row(Row(title))
        for panel in panels:
            made = made.with_panel(_number(panel) if panel.kind == "number" else _lines(panel))
    return json.dumps(made.build(), cls=JSONEncoder, sort_keys=True, indent=1, ensure_ascii=False) + "\n"


def _query(legend: str, expression: str) -> Dataquery:
    return Dataquery().expr(expression).legend_format(legend).range()


def _number(panel: Panel) -> stat.Panel:
    made = (
        stat.Panel()
        .title(panel.title)
        .description(panel.description)
        .datasource(SOURCE)
        .unit(panel.unit)
        .height(5)
        .span(panel.width)
        .color_mode(BigValueColorMode.BACKGROUND)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .thresholds(_thresholds(panel))
    )
    for legend, expression in panel.queries:
        made = made.with_target(_query(legend, expression))
    return made


def _lines(panel: Panel) -> timeseries.Panel:
    legend = (
        common.VizLegendOptions()
        .show_legend(True)
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
    )
    made = (
        timeseries.Panel()
        .title(panel.title)
        .description(panel.description)
        .datasource(SOURCE)
        .unit(panel.unit)
        .height(8)
        .span(panel.width)
        .min(0)
        .fill_opacity(8)
        .legend(legend)
    )
    for label, expression in panel.queries:
        made = made.with_target(_query(label, expression))
    return made


def _thresholds(panel: Panel) -> ThresholdsConfig:
    steps = [model.Threshold(value=None, color="green")]
    if panel.red_below is not None:
        steps = [model.Threshold(value=None, color="red"), model.Threshold(value=panel.red_below, color="green")]
    if panel.red_from is not None:
        steps.append(model.Threshold(value=panel.red_from, color="red"))
    return ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(steps)
