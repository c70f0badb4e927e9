"""From a filled form to what is added to an appeal."""

from intake.forms import Filled
from intake.requests import CompletesBody, PlaceBody, SupplementBody


def supplement_of(filled: Filled, *, repeat: bool) -> SupplementBody:
    """Fields that were left empty complete nothing."""
    place = filled.place.strip()
    completes = CompletesBody(
        name=filled.name.strip() or None,
        phone=filled.phone.strip() or None,
        place=PlaceBody(text=place) if place else None,
    )
    empty = completes == CompletesBody()
    return SupplementBody(
        text=filled.text, channel=filled.channel, repeat=repeat, completes=None if empty else completes
    )
