"""Counts what is under way, so that virtual time moves only when all is quiet (rule 7)."""

from collections.abc import Iterator
from contextlib import contextmanager


class Activity:
    """One per process; services share it in the embedded platform."""

    def __init__(self) -> None:
        self._running = 0
        self._ever = 0

    @contextmanager
    def busy(self) -> Iterator[None]:
        """Count as under way for the time of the block."""
        self.begin()
        try:
            yield
        finally:
            self.end()

    def begin(self) -> None:
        """Something starts."""
        self._running += 1
        self._ever += 1

    def end(self) -> None:
        """Something ended."""
        self._running -= 1

    @property
    def running(self) -> int:
        """How many things are under way right now."""
        return self._running

    @property
    def ever(self) -> int:
        """How many have ever begun: unchanged between two looks means that nothing happened between them."""
        return self._ever
