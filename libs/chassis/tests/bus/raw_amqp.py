"""Publishes what no well-behaved client can: bytes on the wire are replaced after they were encoded."""

import asyncio

import pamqp.body
import pamqp.commands as spec
import pamqp.frame
import pamqp.header
from yarl import URL


async def publish_raw(url: str, exchange: str, key: str, body: bytes, wire: bytes | None, **properties: object) -> None:
    """One confirmed message; ``wire`` stands for the encoded properties (flags and values) where it is given."""
    address = URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port)

    def send(channel: int, frame: object) -> None:
        writer.write(pamqp.frame.marshal(frame, channel))  # type: ignore[arg-type]

    async def receive() -> object:
        head = await reader.readexactly(7)
        rest = await reader.readexactly(int.from_bytes(head[3:7], "big") + 1)
        return pamqp.frame.unmarshal(head + rest)[2]

    writer.write(b"AMQP\x00\x00\x09\x01")
    await receive()
    login = f"\0{address.user}\0{address.password}"
    send(0, spec.Connection.StartOk(client_properties={}, mechanism="PLAIN", response=login, locale="en_US"))
    await receive()
    send(0, spec.Connection.TuneOk(channel_max=10, frame_max=131_072, heartbeat=0))
    send(0, spec.Connection.Open(virtual_host=address.path.strip("/") or "/"))
    await receive()
    send(1, spec.Channel.Open())
    await receive()
    send(1, spec.Confirm.Select())
    await receive()
    send(1, spec.Basic.Publish(exchange=exchange, routing_key=key))
    known = spec.Basic.Properties(**properties)  # type: ignore[arg-type]
    header = pamqp.header.ContentHeader(body_size=len(body), properties=known).marshal()
    payload = header if wire is None else header[:12] + wire
    writer.write(b"\x02\x00\x01" + len(payload).to_bytes(4, "big") + payload + b"\xce")
    send(1, pamqp.body.ContentBody(body))
    answer = await receive()
    writer.close()
    await writer.wait_closed()
    assert isinstance(answer, spec.Basic.Ack)
