"""Messages that are no facts: what lies in a unit's and in a line's own queue."""

from contracts.messages import to_line, to_unit
from contracts.messages.delivered import TO_LINE, TO_UNIT, Delivered

__all__ = ["TO_LINE", "TO_UNIT", "Delivered", "to_line", "to_unit"]
