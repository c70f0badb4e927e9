"""The players' own records: what the sender sent and what every receiver got, kept apart from the platform's."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class LogBook:
    """``sent`` maps an idempotency key to the answer; ``deliveries`` counts (receiver, reference)."""

    sent: dict[str, tuple[str, str]] = field(default_factory=dict)
    incomplete: int = 0
    deliveries: Counter[tuple[str, str]] = field(default_factory=Counter)

    def sent_appeal(self, key: str, number: str, query_code: str, incomplete: bool) -> None:
        """The platform answered an appeal with a number."""
        self.sent[key] = (number, query_code)
        self.incomplete += incomplete

    def delivered(self, receiver: str, reference: str) -> bool:
        """A unit, line or caller got something under ``reference``; False when it had got it before."""
        self.deliveries[(receiver, reference)] += 1
        return self.deliveries[(receiver, reference)] == 1

    @property
    def duplicate_effects(self) -> int:
        """Deliveries that a receiver got again under the same reference."""
        return sum(count - 1 for count in self.deliveries.values())

    @property
    def numbers(self) -> list[str]:
        """Every number the sender was given, once per input."""
        return [number for number, _ in self.sent.values()]
