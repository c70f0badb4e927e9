"""How far back a unit's messages are sent again."""

from datetime import UTC, datetime, timedelta

import pytest

from dispatcher import shipped_tables
from dispatcher.domain.replay import window

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LIMITS = shipped_tables.tables().limits
WHOLE = timedelta(days=LIMITS.replay_days)


@pytest.mark.parametrize(
    ("since", "code"),
    [
        (NOW + timedelta(seconds=1), "since_in_future"),
        (NOW, None),
        (NOW - WHOLE, None),
        (NOW - WHOLE - timedelta(seconds=1), "beyond_replay_window"),
    ],
)
def test_the_window_begins_so_many_days_ago_and_ends_now(since: datetime, code: str | None) -> None:
    refused = window(since, NOW, LIMITS)
    assert code == (refused.code if refused is not None else None)
