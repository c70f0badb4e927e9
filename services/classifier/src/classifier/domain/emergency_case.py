"""One hand-over to one emergency line, folded from our own ``emergency.*`` facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import Place
from contracts.events.emergency import (
    EmergencyAcknowledged,
    EmergencyDeclined,
    EmergencyLowered,
    EmergencyPaged,
    EmergencyRaised,
)

PAGE_AFTER = timedelta(seconds=30)
"""Business time a line has for an acknowledgement before the next page (D)."""

TO_LINE = "line"
TO_DUTY_OFFICER = "duty_officer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A line's case: ours until somebody takes it. Times are business times."""

    line: str
    reference: str
    primary: bool
    place: Place | None
    raised_at: datetime
    raised_by: str
    pages: tuple[Fact[EmergencyPaged], ...] = ()
    declined: Fact[EmergencyDeclined] | None = None
    acknowledged: Fact[EmergencyAcknowledged] | None = None
    lowered: Fact[EmergencyLowered] | None = None

    @property
    def open(self) -> bool:
        """Red on the board: neither taken nor lowered."""
        return self.acknowledged is None and self.lowered is None

    @property
    def paged_again(self) -> bool:
        """Whether the line got its second page."""
        return any(page.data.target == TO_LINE for page in self.pages)

    @property
    def with_duty_officer(self) -> bool:
        """Whether the duty officer was paged."""
        return any(page.data.target == TO_DUTY_OFFICER for page in self.pages)

    @property
    def next_page_at(self) -> datetime | None:
        """When nobody has answered long enough; None when there is nothing more to page."""
        if not self.open or self.with_duty_officer:
            return None
        if self.declined is not None:
            return self.declined.time
        last = max((page.time for page in self.pages), default=self.raised_at)
        return last + PAGE_AFTER


def cases(own: Sequence[Fact[Event]]) -> tuple[Case, ...]:
    """Every case in the order raised; ``own`` are our facts by sequence, each once. What a case lacks is tolerated."""
    raised = {fact.data.reference: fact for fact in own if isinstance(fact.data, EmergencyRaised)}
    return tuple(
        _case(reference, fact.data, fact.time, own)
        for reference, fact in raised.items()
        if isinstance(fact.data, EmergencyRaised)
    )


def _case(reference: str, raised: EmergencyRaised, at: datetime, own: Sequence[Fact[Event]]) -> Case:
    pages: list[Fact[EmergencyPaged]] = []
    declined: Fact[EmergencyDeclined] | None = None
    acknowledged: Fact[EmergencyAcknowledged] | None = None
    lowered: Fact[EmergencyLowered] | None = None
    for fact in own:
        match fact.data:
            case EmergencyPaged(reference=r) if r == reference:
                pages.append(fact)  # type: ignore[arg-type]
            case EmergencyDeclined(reference=r) if r == reference and declined is None:
                declined = fact  # type: ignore[assignment]
            case EmergencyAcknowledged(reference=r) if r == reference and acknowledged is None:
                acknowledged = fact  # type: ignore[assignment]
            case EmergencyLowered(reference=r) if r == reference and lowered is None:
                lowered = fact  # type: ignore[assignment]
            case _:
                pass
    return Case(
        line=raised.line,
        reference=reference,
        primary=raised.primary,
        place=raised.place,
        raised_at=at,
        raised_by=raised.raised_by,
        pages=tuple(pages),
        declined=declined,
        acknowledged=acknowledged,
        lowered=lowered,
    )
