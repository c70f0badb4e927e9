"""Every event of the platform, one frozen dataclass each, one module per family."""

from contracts.events import appeal, deadline, emergency, ladder, publication, revisit, triage, unit_file, work_order
from contracts.events.base import REGISTRY, Event

__all__ = [
    "REGISTRY",
    "Event",
    "appeal",
    "deadline",
    "emergency",
    "ladder",
    "publication",
    "revisit",
    "triage",
    "unit_file",
    "work_order",
]
