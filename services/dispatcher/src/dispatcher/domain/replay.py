"""What a unit was told about one order since an instant, to be told again: the same messages with the same ids."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from contracts.decision import Message
from contracts.envelope import Fact
from contracts.events import Event
from contracts.topology import unit_queue
from dispatcher.domain.guard import barred_units
from dispatcher.domain.limits import Limits
from dispatcher.domain.notices import answer_notice, notices
from dispatcher.domain.refusal import Refusal
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import fold

ACCEPTED = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as the document keeps it: to which command, with which status, and what was answered."""

    command_id: str
    status: int
    body: Mapping[str, Any]


def window(since: datetime, now: datetime, limits: Limits) -> Refusal | None:
    """Whether messages may be sent again from ``since`` on."""
    if since > now:
        return Refusal("since_in_future", "起始时间在将来", "since lies in the future", "since")
    if since < now - timedelta(days=limits.replay_days):
        days = limits.replay_days
        return Refusal("beyond_replay_window", f"最多重发{days}天内的消息", f"at most {days} days back", "since")
    return None


def told_since(
    facts: Sequence[Fact[Event]], answers: Iterable[Kept], tables: Tables, unit: str, since: datetime
) -> tuple[Message, ...] | None:
    """Notices in the order of their ``work_order_seq``, then answers; None where the guard withholds the order.

    From the first notice at or after ``since`` on all of them, whatever their business time: no gap in between.
    """
    if unit in barred_units(fold(facts).accused, tables.directory):
        return None
    own = [one for one in notices(facts, tables) if one.routing_key == unit_queue(unit)]
    first = next((at for at, one in enumerate(own) if one.time >= since), len(own))
    again = [_answer(unit, kept) for kept in answers]
    return (*own[first:], *(one for one in again if one is not None and one.time >= since))


def _answer(unit: str, kept: Kept) -> Message | None:
    body = dict(kept.body)
    command, asked, at = (body.pop(name, None) for name in ("command", "asked", "at"))
    if at is None:
        return None  # answered over HTTP, at once
    return answer_notice(
        unit,
        command_id=kept.command_id,
        command=str(command),
        work_order=str(asked),
        accepted=kept.status == ACCEPTED,
        answer=body,
        at=datetime.fromisoformat(at),
    )
