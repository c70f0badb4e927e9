"""The dashboards: each a page of panels as data, turned into Grafana's JSON in one place."""

from collections.abc import Mapping

from monitoring.dashboards import city, department, emergency, services
from monitoring.dashboards.board import Board, to_json

BOARDS: tuple[Board, ...] = (city.BOARD, services.BOARD, emergency.BOARD, department.BOARD)


def all_dashboards() -> Mapping[str, str]:
    """File name without ending to the JSON that Grafana is provisioned with."""
    return {board.uid: to_json(board) for board in BOARDS}
