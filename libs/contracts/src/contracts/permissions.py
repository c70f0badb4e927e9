"""What a member unit's or an emergency line's broker user may do (rule 11), as RabbitMQ's patterns.

Topic permissions are set before the write right: a user without one may publish under any key.
"""

import re
from dataclasses import dataclass

from contracts.topology import COMMANDS, LINE_ID, UNIT_ID, line_command_key, line_queue, unit_command_key, unit_queue


@dataclass(frozen=True, slots=True)
class Rights:
    """One broker user on one virtual host. Every pattern is anchored and escaped; ``configure`` matches nothing.

    ``topic_write`` bounds the routing keys on exchange ``commands``.
    """

    user: str
    read: str
    topic_write: str
    configure: str = "^$"
    write: str = f"^{re.escape(COMMANDS)}$"
    topic_read: str = "^$"
    topic_exchange: str = COMMANDS


def unit_rights(unit: str) -> Rights:
    """Read its own queue, publish under its own key, nothing else. Raises ``ValueError`` for what is no unit id."""
    if not re.fullmatch(UNIT_ID, unit):
        raise ValueError("not a unit id")
    return _rights(unit_command_key(unit), unit_queue(unit))


def line_rights(line: str) -> Rights:
    """The same for an emergency line. Raises ``ValueError`` for what is no line id."""
    if not re.fullmatch(LINE_ID, line):
        raise ValueError("not a line id")
    return _rights(line_command_key(line), line_queue(line))


def _rights(key: str, queue: str) -> Rights:
    # The user's name is its key: the services read from it who commands.
    return Rights(user=key, read=f"^{re.escape(queue)}$", topic_write=f"^{re.escape(key)}$")
