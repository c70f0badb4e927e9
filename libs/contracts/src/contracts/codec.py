"""Bytes to facts and back. What cannot be read raises ``BadMessage``, which names the field and never the value."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any

from annotated_types import MaxLen, MinLen
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from contracts.envelope import Fact
from contracts.events import REGISTRY, Event
from contracts.findings import Finding, Shape, found, names_in
from contracts.words import Lane, Service

MAX_BYTES = 262_144
"""No message on the bus is larger: 256 KiB. Attachments never travel."""

_Key = Annotated[str, MinLen(1), MaxLen(128)]


class BadMessage(Exception):
    """A message that can never be handled: ``reason`` and ``field`` are safe to show, the value is not kept.

    ``findings`` say the same in whole sentences, with all that is wrong.
    """

    def __init__(self, reason: str, field: str = "", reason_zh: str = "", findings: Sequence[Finding] = ()) -> None:
        super().__init__(f"{field}: {reason}" if field else reason)
        self.reason = reason
        self.field = field
        self.findings = tuple(findings) or (Finding(field, reason_zh or "无法读取", reason),)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wire:
    specversion: str
    id: _Key
    source: Service
    subject: _Key
    sequence: int
    time: datetime
    type: _Key
    dataschema: _Key
    data: dict[str, Any]
    lane: Lane = Lane.ORDINARY
    correlationid: Annotated[str, MaxLen(128)] = ""
    traceparent: Annotated[str, MaxLen(64)] | None = None


_WIRE = TypeAdapter(_Wire)


_ADAPTERS: dict[type[Event], TypeAdapter[Event]] = {}


def adapter(cls: type[Event]) -> TypeAdapter[Event]:
    """The validator of an event class; also gives its JSON schema."""
    made = _ADAPTERS.get(cls)
    if made is None:
        made = _ADAPTERS[cls] = TypeAdapter(cls)
    return made


def schema_urn(cls: type[Event]) -> str:
    """``dataschema`` of an event class, version included."""
    return f"urn:hotline12345:{cls.NAME}:{cls.VERSION}"


def envelope_schema() -> dict[str, Any]:
    """The JSON schema of what surrounds an event's ``data`` on the wire."""
    return {**_WIRE.json_schema(), "title": "Envelope", "description": "CloudEvents 1.0 attributes around an event."}


def encode(fact: Fact[Event]) -> bytes:
    """The fact as it goes over the wire and into documents: compact UTF-8 JSON."""
    cls = type(fact.data)
    wire = {
        "specversion": "1.0",
        "id": fact.id,
        "source": fact.source,
        "subject": fact.subject,
        "sequence": fact.sequence,
        "time": fact.time.astimezone(UTC).isoformat(),
        "type": fact.type,
        "dataschema": schema_urn(cls),
        "datacontenttype": "application/json",
        "lane": fact.lane,
        "correlationid": fact.correlationid,
        "traceparent": fact.traceparent,
        "data": adapter(cls).dump_python(fact.data, mode="json"),
    }
    return to_json(wire)


def decode(body: bytes) -> Fact[Event]:
    """The fact in ``body``. Raises ``BadMessage`` for anything else than a known event of a known version."""
    if len(body) > MAX_BYTES:
        raise BadMessage(f"larger than {MAX_BYTES} bytes")
    return _decode(body)


@lru_cache(maxsize=16_384)
def _decode(body: bytes) -> Fact[Event]:
    wire = read(_WIRE, body)
    cls = REGISTRY.get(wire.type)
    if cls is None:
        raise BadMessage("unknown event type", "type")
    if wire.dataschema != schema_urn(cls):
        raise BadMessage("unknown version of this event type", "dataschema")
    if wire.source is not cls.SOURCE:
        raise BadMessage("this source does not emit this event type", "source")
    if wire.sequence < 1:
        raise BadMessage("must be 1 or more", "sequence")
    if wire.time.tzinfo is None:
        raise BadMessage("must carry an offset", "time")
    try:
        data = adapter(cls).validate_python(wire.data)
    except ValidationError as error:
        raise _redacted(error, adapter(cls), "data") from None
    return Fact(
        id=wire.id,
        source=wire.source,
        subject=wire.subject,
        sequence=wire.sequence,
        time=wire.time.astimezone(UTC),
        data=data,
        lane=wire.lane,
        correlationid=wire.correlationid,
        traceparent=wire.traceparent,
    )


def read(reader: TypeAdapter[Any], body: bytes) -> Any:
    """``body`` as JSON through a validator, with errors that never repeat what was sent."""
    try:
        return reader.validate_json(body)
    except ValidationError as error:
        raise _redacted(error, reader) from None


@lru_cache(maxsize=256)
def _shape(reader: TypeAdapter[Any]) -> tuple[Shape, frozenset[str]]:
    schema = reader.json_schema()
    return Shape(schema), names_in(schema)


def _redacted(error: ValidationError, reader: TypeAdapter[Any], prefix: str = "") -> BadMessage:
    # Trap 12: pydantic's own message quotes the input.
    shape, names = _shape(reader)
    entries = error.errors(include_url=False, include_input=False)
    findings = found(entries, names, shape)
    if prefix:
        findings = tuple(replace(one, field=f"{prefix}.{one.field}".rstrip(".")) for one in findings)
    return BadMessage(findings[0].en, findings[0].field, findings=findings)
