"""Which message of an order is next: notices by their ``work_order_seq``, answers as they come. No I/O, no clock."""

from collections import deque
from dataclasses import dataclass, field

from department_kit.link import Arrived


@dataclass(slots=True)
class Turns:
    """The messages of one order that wait for the handler. ``last`` is the highest seq handled."""

    last: int
    _loose: deque[Arrived] = field(default_factory=deque)
    _early: dict[int, Arrived] = field(default_factory=dict)
    _since: float = 0.0

    def add(self, arrived: Arrived, now: float) -> None:
        """Let it wait for its turn. One that comes after its turn (a gap was given up) is next."""
        seq = arrived.message.work_order_seq
        if seq is None or seq <= self.last or seq in self._early:
            self._loose.append(arrived)
            return
        if not self._early:
            self._since = now
        self._early[seq] = arrived

    def next(self, now: float, patience: float) -> Arrived | None:
        """Take the next one, or None: nothing waits, or all that waits came early.

        What came early is handed out after ``patience`` seconds all the same: an order is never held for ever.
        """
        if self._loose:
            return self._loose.popleft()
        if not self._early:
            return None
        seq = min(self._early)
        if seq > self.last + 1 and now - self._since < patience:
            return None
        self._since = now if seq == self.last + 1 else self._since
        return self._early.pop(seq)

    def wait(self, now: float, patience: float) -> float | None:
        """Seconds until ``next`` gives up waiting for the missing one; None when nothing waits."""
        return max(0.0, self._since + patience - now) if self._early else None

    def handled(self, seq: int | None) -> None:
        """The handler is done with it."""
        if seq is not None:
            self.last = max(self.last, seq)

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._loose and not self._early
