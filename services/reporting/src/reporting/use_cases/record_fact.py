"""Every fact of the platform becomes one row of the journal; the same fact again changes nothing."""

from datetime import datetime
from typing import Any

from chassis.bus import Permanent
from contracts.codec import decode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealRegistered
from reporting.domain.calendar_day import stamp
from reporting.domain.chain import body_hash
from reporting.ports import Journal


def row_of(fact: Fact[Event], body: str, at: datetime) -> dict[str, Any]:
    """The row of a fact that came at ``at`` (infrastructure time)."""
    row: dict[str, Any] = {
        "_id": fact.id,
        "subject": fact.subject,
        "source": fact.source.value,
        "sequence": fact.sequence,
        "type": fact.type,
        "time": stamp(fact.time),
        "lane": fact.lane.value,
        "body_sha256": body_hash(body),
        "body": body,
        "received_at": at,
        "unbatched": at,
    }
    if isinstance(fact.data, AppealRegistered):
        row["number"] = fact.data.number
    if fact.type.startswith("emergency."):
        row["line"] = getattr(fact.data, "line", "")
        row["reference"] = getattr(fact.data, "reference", "")
    return row


async def record_fact(journal: Journal, message: bytes, at: datetime) -> None:
    """Store the fact. Raises ``BadMessage`` for what is no fact, ``Permanent`` for two bodies in one place."""
    fact = decode(message)
    body = message.decode()
    if await journal.add(row_of(fact, body, at)):
        return
    kept = await journal.kept(fact.id)
    if kept is None:
        raise Permanent("another fact of this source has this sequence")
    if kept["body_sha256"] != body_hash(body):
        raise Permanent("another body is stored under this id")
