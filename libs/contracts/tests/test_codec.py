import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.codec import MAX_BYTES, BadMessage, decode, encode
from contracts.envelope import Fact, decision_id
from contracts.events.appeal import AppealRegistered, Place
from contracts.words import Channel, Lane, Service

FACT = Fact(
    id="11111111-1111-4111-8111-111111111111",
    source=Service.INTAKE,
    subject="subject-1",
    sequence=1,
    time=datetime(2026, 3, 2, 1, 30, tzinfo=UTC),
    data=AppealRegistered(
        number="4104002026030200000017",
        jurisdiction="410400",
        area="410400",
        channel=Channel.PHONE,
        text_masked="路灯坏了",
        place=Place(text="建设路"),
        suspect_lines=("119",),
    ),
    lane=Lane.EMERGENCY,
)


def changed(**fields: Any) -> bytes:
    return json.dumps({**json.loads(encode(FACT)), **fields}).encode()


def changed_data(**fields: Any) -> bytes:
    wire = json.loads(encode(FACT))
    return json.dumps({**wire, "data": {**wire["data"], **fields}}).encode()


def test_a_fact_comes_back_from_the_wire_as_it_was() -> None:
    assert decode(encode(FACT)) == FACT


def test_an_unknown_field_of_a_newer_sender_is_ignored() -> None:
    assert decode(changed_data(added_next_year=1)) == FACT


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "is not valid JSON"),
        (b"13800138000", "must be an object"),
        (b'{"id": "13800138000"', "is not valid JSON"),
        (changed(type="appeal.exploded"), "type: unknown event type"),
        (changed(dataschema="urn:hotline12345:appeal.registered:9"), "dataschema: unknown version of this event type"),
        (changed(source="classifier"), "source: this source does not emit this event type"),
        (changed(sequence=0), "sequence: must be 1 or more"),
        (changed(time="2026-03-02T01:30:00"), "time: must carry an offset"),
        (changed(id=""), "id: is too short; expected text, at least 1 characters, at most 128 characters"),
        (
            changed(subject="x" * 129),
            "subject: is too long; expected text, at least 1 characters, at most 128 characters",
        ),
        (
            changed_data(channel="13800138000"),
            f"data.channel: is not one of the known values; allowed values: {', '.join(Channel)}",
        ),
        (
            changed_data(text_masked=13800138000),
            "data.text_masked: must be text; expected text, at most 20000 characters",
        ),
        (
            changed_data(text_masked="x" * 20_001),
            "data.text_masked: is too long; expected text, at most 20000 characters",
        ),
        (b"x" * (MAX_BYTES + 1), f"larger than {MAX_BYTES} bytes"),
    ],
)
def test_what_is_no_fact_is_refused_by_field_and_reason_without_its_value(body: bytes, said: str) -> None:
    with pytest.raises(BadMessage) as refused:
        decode(body)
    assert str(refused.value) == said


def test_decisions_that_differ_in_one_part_of_their_key_have_ids_of_their_own() -> None:
    keys = [
        ("urge.issued", ("resolve", "unit", "water", "1", "1")),
        ("urge.issued", ("resolve", "unit", "power", "1", "1")),
        ("urge.issued", ("resolve", "unit", "water", "2", "1")),
        ("urge.issued", ("resolve", "unit", "water", "1", "2")),
        ("deadline.warned", ("resolve", "unit", "water", "1", "1")),
        ("deadline.warned", ("resolve", "unit", "water", "1", "2")),
        ("deadline.recomputed", ("resolve", "unit", "water", "1", "2026-1")),
        ("deadline.recomputed", ("resolve", "unit", "water", "1", "2027-1")),
        ("emergency.raised", ("119",)),
        ("emergency.raised", ("120",)),
        ("emergency.paged", ("119", "2")),
        ("emergency.paged", ("119", "3")),
        ("work_order.dispatched", ("water", "1")),
        ("work_order.dispatched", ("water1",)),
    ]
    assert len({decision_id("s", name, key) for name, key in keys}) == len(keys)


def test_the_same_decision_has_the_same_id_in_every_replica() -> None:
    assert decision_id("s", "urge.issued", ("a", "1")) == decision_id("s", "urge.issued", ("a", "1"))
