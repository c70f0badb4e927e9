"""The timers of a collection that nobody else writes to (the embedded platform), kept in memory instead of polled."""

import heapq
from collections.abc import Iterable
from datetime import datetime


class KnownWakes:
    """Subject to the instant at which it wants to be looked at. Read once from the store, then told of every save."""

    def __init__(self) -> None:
        self._at: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._told: set[str] | None = None
        self.complete = False

    def begin(self) -> None:
        """The store is being read: what is told from now on is newer than what comes of it."""
        self._told = set()

    def fill(self, read: Iterable[tuple[str, datetime]]) -> None:
        """What the store held."""
        told = self._told or set()
        for subject, at in read:
            if subject not in told:
                self._put(subject, at)
        self._told, self.complete = None, True

    def tell(self, subject: str, at: datetime | None) -> None:
        """A document was saved, or found as it is, with this timer."""
        if self._told is not None:
            self._told.add(subject)
        if self._at.get(subject) == at:
            return
        if at is None:
            del self._at[subject]
        else:
            self._put(subject, at)

    def first(self) -> datetime | None:
        """The earliest instant of all."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, until: datetime, limit: int) -> list[tuple[str, datetime]]:
        """Who wants to be looked at by ``until``, oldest first, at most ``limit``."""
        first = self.first()
        if first is None or first > until:
            return []
        found = sorted((at, subject) for subject, at in self._at.items() if at <= until)
        return [(subject, at) for at, subject in found[:limit]]

    def _put(self, subject: str, at: datetime) -> None:
        self._at[subject] = at
        heapq.heappush(self._heap, (at, subject))
