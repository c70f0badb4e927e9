"""Standing sign-offs: the duty officer's signature given in advance, named, dated, scoped and revocable."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """``topics`` are prefixes, ``*`` is all. ``confidence`` is the least the classifier must claim, 0..1."""

    name: str
    by: str
    topics: tuple[str, ...]
    confidence: float
    valid_from: datetime
    valid_until: datetime
    revoked_at: datetime | None = None

    def covers(self, topic: str, confidence: float, now: datetime) -> bool:
        """Whether this signature stands for such an order at ``now``."""
        if not self.valid_from <= now < self.valid_until or confidence < self.confidence:
            return False
        if self.revoked_at is not None and now >= self.revoked_at:
            return False
        return any(own == "*" or topic == own or topic.startswith(own + ".") for own in self.topics)


def covering(sign_offs: Iterable[SignOff], topic: str, confidence: float, now: datetime) -> SignOff | None:
    """The sign-off that stands for an order: the one with the longest topic, then the earlier name."""
    found = [one for one in sign_offs if one.covers(topic, confidence, now)]
    return min(found, key=lambda one: (-max(len(t) for t in one.topics), one.name), default=None)
