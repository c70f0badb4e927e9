"""A unit reads its kept messages over HTTP: what the guard leaves of them, and what is remembered of the reading."""

from collections.abc import Mapping, Sequence
from typing import Any

from dispatcher.domain.guard import Person, readable
from dispatcher.ports import Feed, OrderNumbers


async def read_messages(
    feed: Feed, numbers: OrderNumbers, unit: str, reader: Person, items: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """``items`` as this person of the unit may read them.

    Which assignments it got is kept, for a later recall is told to those alone: to others it would name an accusation.
    """
    if not items:
        return []
    closed = await numbers.closed_among([item["subject"] for item in items], reader)
    await feed.note_read(unit, [one["subject"] for one in items if _assigns(one) and one["subject"] not in closed])
    read = await feed.have_read(unit, closed) if closed else frozenset[str]()
    return readable(items, closed, read)


def _assigns(message: Mapping[str, Any]) -> bool:
    return bool(message["type"] == "assignment")
