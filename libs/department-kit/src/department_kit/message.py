"""One message of the hotline to the department, as it came, with the fields that every message has."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MAX_BYTES = 262_144
"""The hotline sends nothing larger: 256 KiB."""


traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
"""The W3C trace context of the message that is being handled; what is sent meanwhile carries it on."""


class NotAMessage(Exception):
    """Bytes that are no message of the hotline; the text names the field, never the value."""


@dataclass(frozen=True, slots=True)
class Message:
    """What the hotline tells the department.

    ``id`` stays the same when it is sent again. ``work_order`` is the public number, the same for every message of one
    order; empty where the hotline had no order to name. ``work_order_seq`` counts the notices of one order to this
    department from 1; None for answers to commands. ``body`` holds everything else, by the field's own names.
    """

    id: str
    type: str
    subject: str
    work_order: str
    work_order_seq: int | None
    time: datetime
    body: Mapping[str, Any]

    @property
    def accepted(self) -> bool | None:
        """For an answer to a command: whether it was accepted. None for a notice."""
        return {"command.accepted": True, "command.refused": False}.get(self.type)

    @property
    def command_id(self) -> str | None:
        """For an answer: which command it answers."""
        found = self.body.get("command_id")
        return found if isinstance(found, str) else None

    @property
    def refusal(self) -> str | None:
        """For a refused command: why, as a word for programs (``not_received``, ``extension_after_due`` …)."""
        answer = self.body.get("answer")
        return answer.get("code") if self.accepted is False and isinstance(answer, Mapping) else None


def read(raw: bytes | Mapping[str, Any]) -> Message:
    """The message in ``raw``. Raises ``NotAMessage``."""
    if isinstance(raw, bytes):
        if len(raw) > MAX_BYTES:
            raise NotAMessage(f"larger than {MAX_BYTES} bytes")
        try:
            raw = json.loads(raw)
        except ValueError:
            raise NotAMessage("not JSON") from None
    if not isinstance(raw, Mapping):
        raise NotAMessage("not a JSON object")
    words = {name: raw.get(name) for name in ("id", "type", "subject", "time")}
    for name, value in words.items():
        if not isinstance(value, str) or not value:
            raise NotAMessage(f"{name} is missing")
    seq, order = raw.get("work_order_seq"), raw.get("work_order", "")
    if seq is not None and (isinstance(seq, bool) or not isinstance(seq, int) or seq < 1):
        raise NotAMessage("work_order_seq is no count")
    try:
        time = datetime.fromisoformat(str(words["time"]))
    except ValueError:
        raise NotAMessage("time is no instant") from None
    return Message(
        id=str(words["id"]),
        type=str(words["type"]),
        subject=str(words["subject"]),
        work_order=order if isinstance(order, str) else "",
        work_order_seq=seq,
        time=time,
        body=raw,
    )
