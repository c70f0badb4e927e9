"""Over twenty kinds of messages that can never be handled, each with where it is put and why it ends in parking."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from contracts.codec import MAX_BYTES, encode
from contracts.envelope import Fact
from contracts.events.appeal import AppealRegistered
from contracts.topology import LINE_COMMANDS, UNIT_COMMANDS
from contracts.words import Channel, Service

FACTS, EMERGENCY = "classifier.facts", "classifier.facts.emergency"
BAD_SOURCE = "this source does not emit this event type"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """``reason``: what people read of it. ``message_id`` None: published without an id."""

    queue: str
    body: bytes
    reason: str
    message_id: str | None = "made-up"


def fact(subject: str, number: str, text: str, sequence: int = 1) -> Mapping[str, Any]:
    """A registration as intake would emit it, on the wire."""
    data = AppealRegistered(
        number=number, jurisdiction="410400", area="410400", channel=Channel.PHONE, text_masked=text
    )
    made: Fact[AppealRegistered] = Fact(
        id=f"id-{subject}-{sequence}",
        source=Service.INTAKE,
        subject=subject,
        sequence=sequence,
        time=datetime.now(UTC),
        data=data,
    )
    wire: Mapping[str, Any] = json.loads(encode(made))
    return wire


def wire(fact: Mapping[str, Any]) -> bytes:
    """Bytes of a fact."""
    return json.dumps(fact, ensure_ascii=False).encode()


KEY = "expected text, at least 1 characters, at most 128 characters"
TIME = "expected date, time and zone as 2026-03-02T09:00:00+08:00"


def poisons(known: Mapping[str, Any]) -> dict[str, Poison]:
    """By name. ``known`` is a fact that the services have already."""
    fresh = dict(fact(f"poison-{secrets.token_hex(4)}", "41040020260101000001", "路灯坏了"))
    data = fresh["data"]

    def spoilt(reason: str, queue: str = FACTS, message_id: str | None = "made-up", **changes: Any) -> Poison:
        return Poison(queue=queue, body=wire({**fresh, **changes}), reason=reason, message_id=message_id)

    def without(name: str) -> Poison:
        left = {key: value for key, value in fresh.items() if key != name}
        return Poison(queue=FACTS, body=wire(left), reason=f"BadMessage: {name}: is missing; {KEY}")

    def raw(body: bytes, reason: str, queue: str = FACTS, message_id: str | None = "made-up") -> Poison:
        return Poison(queue=queue, body=body, reason=reason, message_id=message_id)

    command = {"command_id": "c1", "type": "confirm_receipt", "work_order": "x"}
    report = {"command_id": "c2", "type": "acknowledge", "reference": "nothing", "line_reference": "1"}
    return {
        "no JSON": raw(b"not JSON at all", "BadMessage: is not valid JSON"),
        "nothing": raw(b"", "BadMessage: is not valid JSON"),
        "no UTF-8": raw(b'{"id": "\xff\xfe"}', "BadMessage: is not valid JSON"),
        "a list": raw(b"[1, 2, 3]", "BadMessage: must be an object"),
        "nested deeply": raw(b"[" * 50_000 + b"]" * 50_000, "BadMessage: is not valid JSON"),
        "too large": raw(b" " * (MAX_BYTES + 1), f"BadMessage: larger than {MAX_BYTES} bytes"),
        "without an id in the envelope": without("id"),
        "without an id in the message": raw(b"nobody's", "BadMessage: is not valid JSON", message_id=None),
        "without a subject": without("subject"),
        "an empty subject": spoilt(f"BadMessage: subject: is too short; {KEY}", subject=""),
        "an unknown type": spoilt("BadMessage: type: unknown event type", type="appeal.eaten"),
        "an unknown version": spoilt(
            "BadMessage: dataschema: unknown version of this event type",
            dataschema="urn:hotline12345:appeal.registered:99",
        ),
        "a source that is none": spoilt(
            f"BadMessage: source: is not one of the known values; allowed values: {', '.join(Service)}",
            source="hotline",
        ),
        "a source that may not say it": spoilt(f"BadMessage: source: {BAD_SOURCE}", source="revisit"),
        "sequence zero": spoilt("BadMessage: sequence: must be 1 or more", sequence=0),
        "a sequence in words": spoilt("BadMessage: sequence: must be a whole number", sequence="first"),
        "a time without an offset": spoilt("BadMessage: time: must carry an offset", time="2026-01-01T00:00:00"),
        "a time that is none": spoilt(f"BadMessage: time: must be a date and time; {TIME}", time="yesterday"),
        "an unknown channel": spoilt(
            f"BadMessage: data.channel: is not one of the known values; allowed values: {', '.join(Channel)}",
            data={**data, "channel": "pigeon"},
        ),
        "a text beyond its limit": spoilt(
            "BadMessage: data.text_masked: is too long; expected text, at most 20000 characters",
            data={**data, "text_masked": "长" * 20_001},
        ),
        "no data": spoilt("BadMessage: data: must be an object", data=None),
        "another body under a known id": raw(
            wire({**known, "data": {**known["data"], "text_masked": "别的内容"}}),
            "Permanent: another body is stored under this id",
        ),
        "another fact under a known sequence": raw(
            wire({**known, "id": "another-id"}), "Permanent: another fact of this source has this sequence"
        ),
        "poison on the emergency lane": spoilt(
            "BadMessage: type: unknown event type", queue=EMERGENCY, type="emergency.eaten", lane="emergency"
        ),
        "a unit's command of nobody": raw(
            wire(command), "Permanent: a command without a unit's validated user", UNIT_COMMANDS
        ),
        "a line's command of nobody": raw(
            wire(report), "Permanent: a line's command needs the broker-validated user of a line", LINE_COMMANDS
        ),
    }
