"""``unit_file.*``: what member units upload for their replies. The subject is the file (``file:<id>``), no appeal."""

from contracts.events.base import Event, Short, event
from contracts.words import Service


@event("unit_file.stored", Service.INTAKE)
class UnitFileStored(Event):
    """A member unit uploaded a file, which its replies and written applications may name from now on."""

    attachment_id: Short
    unit: Short
    media_type: Short
    size: int
