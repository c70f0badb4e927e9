"""Properties made to break a consumer: each message must reach the handler, and the consumer must stay attached."""

import pytest
from bus_rig import Rig, Row, Seen, eventually
from pamqp.header import ContentHeader
from raw_amqp import publish_raw

from chassis.bus import Permanent


def _table(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def _nested(depth: int) -> bytes:
    table = _table(b"")
    for _ in range(depth):
        table = _table(b"\x01nF" + table)
    return table


MESSAGE_ID, HEADERS, MODE, TIMESTAMP = 1 << 7, 1 << 13, 1 << 12, 1 << 6
WIRE = {
    "an id that is no UTF-8": MESSAGE_ID.to_bytes(2, "big") + b"\x04\xff\xfe\xff\xfe",
    "a header name that is no UTF-8": HEADERS.to_bytes(2, "big") + _table(b"\x02\xff\xfeS" + _table(b"x")),
    "a header value that is no UTF-8": HEADERS.to_bytes(2, "big") + _table(b"\x01aS" + _table(b"\xff\xfe")),
    "tables nested ten thousand deep": HEADERS.to_bytes(2, "big") + _nested(10_000),
    "a time beyond any calendar": TIMESTAMP.to_bytes(2, "big") + b"\x7f" * 8,
    "a header time beyond any calendar": HEADERS.to_bytes(2, "big") + _table(b"\x01aT" + b"\x7f" * 8),
    "no properties at all": b"\x00\x00",
}


def test_a_delivery_mode_that_does_not_exist_is_left_out() -> None:
    # RabbitMQ 3.10 refuses such a publish itself, later versions need not.
    header = ContentHeader()
    header.unmarshal(b"\x00\x3c\x00\x00" + (7).to_bytes(8, "big") + MODE.to_bytes(2, "big") + b"\x09")
    assert (7, None) == (header.body_size, header.properties.delivery_mode)


@pytest.mark.parametrize("name", WIRE)
async def test_unreadable_properties_do_not_stop_the_consumer(rabbitmq: Rig, name: str) -> None:
    seen = Seen([Permanent("nobody may send this")])
    await rabbitmq.start(work=Row(seen))
    await publish_raw(rabbitmq.url, "facts", "a", b"poison", WIRE[name])
    await eventually(lambda: len(rabbitmq.parked) == 1)
    await rabbitmq.publish("a", b"after")
    await eventually(lambda: seen.bodies == [b"poison", b"after"])
    assert (b"poison", None, True) == (rabbitmq.parked[0].body, rabbitmq.parked[0].user, rabbitmq.buses[0].attached())
