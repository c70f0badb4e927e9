"""A unit's messages sent again since an instant, a page of orders at a time; nothing is saved, so again is harmless."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from chassis.bus import Publisher
from chassis.document import Document, outgoing_of
from dispatcher.domain.guard import Person
from dispatcher.domain.replay import Kept, told_since
from dispatcher.domain.tables import Tables
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.use_cases.record_attempt import record_attempt

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 16
"""Orders whose messages are sent at the same time; those of one order leave one after the other."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """One page. ``withheld``: orders in which an accusation concerns the unit. ``next``: where to go on, or None."""

    orders: int
    messages: int
    withheld: int
    next: str | None


async def replay_unit(
    orders: Orders,
    numbers: OrderNumbers,
    standing: Standing,
    publisher: Publisher,
    unit: str,
    since: datetime,
    after: str | None,
    limit: int,
    by: str,
) -> Replayed:
    """Send one page again; what the guard withholds is recorded as an attempt of ``by``.

    Raises ``PublishFailed`` (the unit has no queue) or ``ConnectionLost``; try again then.
    """
    where = {"row.had": unit, "row.touched": {"$gte": since.astimezone(UTC).date().isoformat()}}
    rows, following = await numbers.page(where, "touched", after, limit)
    room, tables = asyncio.Semaphore(SIDE_BY_SIDE), standing.tables()

    async def one(subject: str) -> int | None:
        async with room:
            sent = await _send(await orders.load(subject), tables, publisher, unit, since)
            if sent is None:
                await record_attempt(orders, subject, "replay", Person(by), unit)
            return sent

    sent = await asyncio.gather(*(one(str(row["_id"])) for row in rows))
    done = Replayed(
        orders=sum(1 for count in sent if count),
        messages=sum(count or 0 for count in sent),
        withheld=sum(1 for count in sent if count is None),
        next=following,
    )
    log.info("a unit's messages were sent again", extra={"unit": unit, "count": done.messages})
    return done


async def _send(document: Document, tables: Tables, publisher: Publisher, unit: str, since: datetime) -> int | None:
    user = f"unit.{unit}|"
    kept = [
        Kept(key.removeprefix(user), item["s"], item["a"])
        for key, item in document.answers.items()
        if key.startswith(user)
    ]
    messages = told_since(document.facts, kept, tables, unit, since)
    if messages is None:
        return None
    for message in messages:
        await publisher.publish(outgoing_of(document.subject, message))
    return len(messages)
