"""``report.*`` and ``bulletin.*``: what the reporting service publishes."""

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
