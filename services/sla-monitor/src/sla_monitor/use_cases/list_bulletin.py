"""List how units did in a period, for the bulletin."""

from datetime import datetime
from typing import Any

from sla_monitor.domain.bulletin_list import bulletin_list
from sla_monitor.ports import Board


async def list_bulletin(board: Board, first: datetime, last: datetime, *, hide_small: bool) -> list[dict[str, Any]]:
    """Units with breaches, urges and supervisions from ``first`` on and before ``last``; None hides a small count."""
    return bulletin_list([mark async for mark in board.marked(first, last)], hide_small=hide_small)
