"""Two times (rule 7): business time is a port and may be virtual; infrastructure time is always real."""

from datetime import UTC, datetime
from typing import Protocol


class BusinessClock(Protocol):
    """The time that rules, due instants and dates in numbers go by."""

    def now(self) -> datetime:
        """The business instant, aware, UTC."""
        ...


class SystemClock:
    """Business time is the machine's time."""

    def now(self) -> datetime:
        """The machine's instant, aware, UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """Business time that stands still until somebody advances it; for the demo and for tests."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """The virtual instant."""
        return self._now

    def advance_to(self, instant: datetime) -> None:
        """Jump forward. Raises ``ValueError`` for a jump back: facts already carry the later time."""
        if instant < self._now:
            raise ValueError("virtual time never goes back")
        self._now = instant.astimezone(UTC)


def infrastructure_now() -> datetime:
    """Real time, for leases, retry delays, tokens and logs; never for a rule."""
    return datetime.now(UTC)
