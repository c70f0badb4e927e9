"""Leave to go on with one appeal after its number and query code were right: so that no page repeats the code."""

import base64
import binascii
from datetime import datetime, timedelta

from chassis.crypto import CannotOpen, MasterKey

GOOD_FOR = timedelta(minutes=30)
"""Infrastructure time from the last look at the appeal."""
_CONTEXT = "ticket"


class Tickets:
    """Encrypted under a key of their own; they stand in the page's forms, never in an address."""

    def __init__(self, keys: MasterKey) -> None:
        self._key = keys.purpose_key("query-ticket")

    def give(self, number: str, now: datetime) -> str:
        """A ticket for the appeal of this number."""
        sealed = self._key.encrypt(f"{number}|{(now + GOOD_FOR).isoformat()}", _CONTEXT)
        return base64.urlsafe_b64encode(sealed).decode()

    def number(self, ticket: str, now: datetime) -> str | None:
        """The number it opens; None when it is none of ours or its time is over."""
        try:
            number, _, until = self._key.decrypt(base64.urlsafe_b64decode(ticket.encode()), _CONTEXT).partition("|")
        except (CannotOpen, binascii.Error, ValueError):
            return None
        return number if now < datetime.fromisoformat(until) else None
