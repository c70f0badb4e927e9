"""What a handler sends carries on the trace of the message it handles, and only that one's."""

import asyncio
from datetime import UTC, datetime

import httpx

from department_kit.desk import Desk
from department_kit.http_link import HttpLink
from department_kit.link import Arrived
from department_kit.message import Message, traceparent
from department_kit.seen import MemorySeen

CONTEXT = {name: f"00-{digit * 32}-{digit * 16}-01" for name, digit in (("a", "1"), ("b", "2"))}


async def test_two_orders_side_by_side_answer_each_in_its_own_trace_and_a_third_in_none() -> None:
    asked: dict[str, str | None] = {}

    def hotline(request: httpx.Request) -> httpx.Response:
        asked[request.headers["Idempotency-Key"]] = request.headers.get("traceparent")
        return httpx.Response(200, json={})

    seen = MemorySeen()
    client = httpx.AsyncClient(transport=httpx.MockTransport(hotline))
    link = HttpLink("http://hotline", "water-group", "token", seen, client)
    desk = Desk(seen, patience=30.0, room=100, parallel=4)
    answered = asyncio.Event()

    async def take(_: Arrived) -> None:
        return None

    async def handler(message: Message) -> None:
        await asyncio.sleep(0.01)
        await link.send({"type": "confirm_receipt", "work_order": message.work_order}, message.work_order, take)
        if len(asked) == 3:
            answered.set()

    desk.handler = handler
    for order in ("a", "b", "c"):
        body = {"traceparent": CONTEXT[order]} if order in CONTEXT else {}
        message = Message(f"{order}-1", "urge", order, order, 1, datetime(2026, 3, 2, tzinfo=UTC), body)
        await desk.take(Arrived(message))
    async with asyncio.timeout(5):
        await answered.wait()
    assert {**CONTEXT, "c": None} == asked
    assert traceparent.get() is None
    await desk.stop()
    await link.close()
