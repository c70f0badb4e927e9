"""The rules of publications: nothing follows from them, and they are listed newest first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from contracts.decision import Reaction
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.publication import BulletinIssued, ReportPublished
from contracts.words import Service


class PublicationRules:
    """Reports and bulletins have no consequences of their own."""

    service = Service.REPORTING

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        """Nothing."""
        return Reaction()

    def row(self, facts: Sequence[Fact[Event]]) -> Mapping[str, Any]:
        """What the lists show."""
        last = max(facts, key=lambda fact: fact.sequence)
        match last.data:
            case ReportPublished() as report:
                month = report.report.removeprefix("report:")
                return {"kind": "report", "key": month, "month": month, "sha256": report.sha256}
            case BulletinIssued() as bulletin:
                at = last.time.isoformat(timespec="milliseconds")
                return {
                    "kind": "bulletin",
                    "key": at,
                    "at": at,
                    "title": bulletin.title,
                    "text": bulletin.text,
                    "audience": bulletin.audience,
                }
            case _:
                return {}
