"""``report.*``, ``bulletin.*`` and ``journal.*``: what the reporting service publishes, and who may not read."""

from datetime import datetime

from contracts.events.base import Event, Short, Text, event
from contracts.words import Service

R = Service.REPORTING


@event("report.published", R)
class ReportPublished(Event):
    """A period's figures are public."""

    report: Short
    period_from: datetime
    period_to: datetime
    sha256: Short
    by: Short


@event("bulletin.issued", R)
class BulletinIssued(Event):
    """通报 among units or to the public; groups below five are hidden."""

    bulletin: Short
    audience: Short
    title: Short
    text: Text
    by: Short


@event("journal.barred", R)
class JournalBarred(Event):
    """Who must recuse tried to read an appeal in the journal, and nothing else happened; as ``work_order.barred``."""

    attempt: Short
    by: Short
    barred_unit: Short | None = None
