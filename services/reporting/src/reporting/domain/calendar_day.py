"""Days and months as the hotline counts them: in Asia/Shanghai."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def day_of(instant: datetime) -> str:
    """The calendar day of an instant, ``2026-03-02``."""
    return instant.astimezone(ZONE).date().isoformat()


def hour_of(instant: datetime) -> str:
    """The hour on the wall, ``00`` to ``23``."""
    return f"{instant.astimezone(ZONE).hour:02d}"


def start_of(day: date) -> datetime:
    """The first instant of a day, UTC."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def month_days(month: str) -> tuple[date, date]:
    """First and last day of ``2026-03``. Raises ``ValueError``."""
    first = date.fromisoformat(f"{month}-01")
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return first, following - timedelta(days=1)


def days_between(first: date, last: date) -> list[str]:
    """Every day from ``first`` to ``last``, both included."""
    return [(first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]


def stamp(instant: datetime) -> str:
    """An instant as text that sorts as time does, exact to the microsecond (the store keeps milliseconds)."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


MAX_DAYS = 366


class BadPeriod(ValueError):
    """The asked period cannot be shown; the text says why and holds no input. ``field`` names the end at fault."""

    def __init__(self, why: str, field: str) -> None:
        super().__init__(why)
        self.field = field


def period(now: datetime, first: date | None, last: date | None) -> tuple[date, date]:
    """The asked days, both included; by default the last 30 up to today. Raises ``BadPeriod``."""
    end = last or (now.astimezone(ZONE).date() if first is None else first + timedelta(days=29))
    begin = first or end - timedelta(days=29)
    if begin > end:
        raise BadPeriod("The period ends before it begins.", "to")
    if (end - begin).days >= MAX_DAYS:
        raise BadPeriod(f"At most {MAX_DAYS} days at once.", "from")
    return begin, end
