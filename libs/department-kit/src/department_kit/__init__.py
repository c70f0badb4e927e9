"""For a department's own program: take work orders from your own queue of a 12345 hotline, confirm receipt, reply."""

from department_kit.department import Department
from department_kit.link import HotlineAway, NotAllowed
from department_kit.message import Message
from department_kit.seen import MemorySeen, SeenStore, SqliteSeen

__all__ = ["Department", "HotlineAway", "MemorySeen", "Message", "NotAllowed", "SeenStore", "SqliteSeen"]
