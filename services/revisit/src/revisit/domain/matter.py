"""What intake and the classifier say about an appeal, as far as asking and closing need it."""

from dataclasses import dataclass, field
from datetime import datetime

from contracts.events.appeal import AppealClassified, AppealGuided, AppealRegistered, AppealWithdrawn
from contracts.events.emergency import EmergencyAcknowledged, EmergencyLowered, EmergencyRaised
from contracts.words import AppealType, Service
from revisit.domain.sources import Facts, of_source


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """The appeal as registered; ``number`` is None until ``appeal.registered`` has come."""

    number: str | None = None
    area: str = ""
    anonymous: bool = False
    text_masked: str = ""
    registered_at: datetime | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The classifier's part. ``settled`` maps each line to when it took the case or was lowered."""

    type: AppealType | None = None
    topic: str = ""
    work_order_follows: bool | None = None
    classified_at: datetime | None = None
    guided_at: datetime | None = None
    lines: frozenset[str] = frozenset()
    settled: dict[str, datetime] = field(default_factory=dict)

    @property
    def lines_open(self) -> frozenset[str]:
        """Lines that have the case and have neither acknowledged nor been lowered."""
        return self.lines - self.settled.keys()


def registration(facts: Facts) -> Registration:
    """Fold of intake's facts."""
    born: AppealRegistered | None = None
    born_at: datetime | None = None
    withdrawn_at: datetime | None = None
    for fact in of_source(facts, Service.INTAKE):
        match fact.data:
            case AppealRegistered() as born:
                born_at = fact.time
            case AppealWithdrawn():
                withdrawn_at = withdrawn_at or fact.time
            case _:
                pass
    if born is None:
        return Registration(withdrawn_at=withdrawn_at)
    return Registration(
        number=born.number,
        area=born.area,
        anonymous=born.anonymous,
        text_masked=born.text_masked,
        registered_at=born_at,
        withdrawn_at=withdrawn_at,
    )


def verdict(facts: Facts) -> Verdict:
    """Fold of the classifier's facts; the latest verdict counts."""
    said: AppealClassified | None = None
    said_at: datetime | None = None
    guided_at: datetime | None = None
    lines: set[str] = set()
    settled: dict[str, datetime] = {}
    for fact in of_source(facts, Service.CLASSIFIER):
        match fact.data:
            case AppealClassified() as said:
                said_at = fact.time
            case AppealGuided():
                guided_at = guided_at or fact.time
            case EmergencyRaised(line=line):
                lines.add(line)
            case EmergencyAcknowledged(line=line) | EmergencyLowered(line=line):
                lines.add(line)
                settled.setdefault(line, fact.time)
            case _:
                pass
    if said is not None:
        lines.update(said.emergency_lines)
    return Verdict(
        type=said.type if said else None,
        topic=said.topic if said else "",
        work_order_follows=said.work_order_follows if said else None,
        classified_at=said_at,
        guided_at=guided_at,
        lines=frozenset(lines),
        settled=settled,
    )
