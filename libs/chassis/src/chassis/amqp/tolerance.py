"""Message properties that the driver cannot read must not cost the connection.

RabbitMQ passes on properties unread: names that are no UTF-8, tables nested thousands deep, times beyond any calendar.
The driver's decoder raises on them inside its reading loop, so one such message would end the consumer's connection,
come back, and end it again, for ever. Here it arrives with its body and with properties that say only that they could
not be read. It has no ``user_id`` then: a command like that is refused and shown, as it should be.
"""

import struct
from typing import Any

from pamqp.commands import Basic
from pamqp.header import ContentHeader

UNREADABLE = "unreadable_properties"
"""Header of a message whose own properties could not be read; the value is 1."""

_strict = ContentHeader.unmarshal


def _tolerant(self: Any, data: bytes) -> None:
    try:
        _strict(self, data)
    except Exception:
        self.class_id, self.weight, self.body_size = struct.unpack(">HHQ", data[0:12])
        self.properties = Basic.Properties(headers={UNREADABLE: 1})
    # The driver makes an enumeration of it, and would drop a message with another value without a word.
    if self.properties.delivery_mode not in (None, 1, 2):
        self.properties.delivery_mode = None


def tolerate_unreadable_properties() -> None:
    """Read all messages of this process like that. May be called more than once."""
    setattr(ContentHeader, "unmarshal", _tolerant)  # noqa: B010 - a plain assignment is refused by the type checker
