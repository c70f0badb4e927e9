"""Commands that came out of turn and wait in their order's document (rule 11)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

WAITING = "waiting"
"""Private field with the commands that wait."""


def first_of(waiting: Sequence[Mapping[str, Any]]) -> datetime | None:
    """When the first of them has waited long enough; infrastructure time."""
    return min((datetime.fromisoformat(entry["until"]) for entry in waiting), default=None)
