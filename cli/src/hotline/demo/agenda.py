"""What players are going to do, by business time."""

import heapq
from collections.abc import Awaitable, Callable
from datetime import datetime

Deed = Callable[[], Awaitable[None]]


class Agenda:
    """A queue of deeds by time; those of one instant in the order in which they were planned."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Deed]] = []
        self._count = 0

    def plan(self, at: datetime, deed: Deed) -> None:
        """Do ``deed`` at ``at``, or as soon as virtual time gets there."""
        self._count += 1
        heapq.heappush(self._heap, (at, self._count, deed))

    def next(self) -> datetime | None:
        """When the next deed is planned."""
        return self._heap[0][0] if self._heap else None

    def due(self, now: datetime) -> list[Deed]:
        """Take out everything planned until ``now``."""
        deeds: list[Deed] = []
        while self._heap and self._heap[0][0] <= now:
            deeds.append(heapq.heappop(self._heap)[2])
        return deeds
