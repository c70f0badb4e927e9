"""When people in offices act: a rough working day for players, not the legal calendar."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
OPEN, CLOSE = time(8, 30), time(17, 30)


def at_work(instant: datetime) -> bool:
    """Whether somebody sits at the desk."""
    local = instant.astimezone(ZONE)
    return local.weekday() < 5 and OPEN <= local.time() < CLOSE


def next_at_work(instant: datetime) -> datetime:
    """``instant``, or the next opening of the office."""
    local = instant.astimezone(ZONE)
    while not at_work(local):
        day = local.date() if local.time() < OPEN and local.weekday() < 5 else local.date() + timedelta(days=1)
        local = datetime.combine(day, OPEN, ZONE)
    return local
