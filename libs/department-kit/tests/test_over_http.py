"""The same program over HTTP: cursor, long poll, commands, and doors that close."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from department_kit import Department, MemorySeen, Message, NotAllowed, SqliteSeen


class Hotline:
    """A door like the hotline's, with one unit's messages behind it."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.commands: list[dict[str, Any]] = []
        self.asked: list[int] = []
        self.away = 0
        self.status = 200

    def tell(self, order: str, seq: int) -> None:
        cursor = len(self.messages) + 1
        common = {"type": "assignment", "subject": order, "work_order": order, "time": "2026-03-02T01:00:00+00:00"}
        self.messages.append({"cursor": cursor, "id": f"{order}-{seq}", "work_order_seq": seq, **common})

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            self.away -= 1
            raise httpx.ConnectError("away")
        if self.status != 200:
            return httpx.Response(self.status, json={"title": "Forbidden"})
        assert request.headers["Authorization"] == "Bearer t"
        if request.url.path.endswith("/commands"):
            body = json.loads(request.content)
            self.commands.append(body)
            accepted = body["type"] == "confirm_receipt"
            return httpx.Response(200 if accepted else 409, json={"accepted": accepted, "code": "not_received"})
        after = int(request.url.params["after"])
        self.asked.append(after)
        found = [one for one in self.messages if one["cursor"] > after]
        if not found:
            await asyncio.sleep(0.01)
        return httpx.Response(200, json={"items": found, "next": found[-1]["cursor"] if found else after})

    def department(self, **more: Any) -> Department:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        return Department("http://hotline", unit="water-group", token="t", client=client, **more)


async def until(true: Any) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.01)


async def test_messages_come_in_order_and_answers_come_to_the_handler() -> None:
    hotline = Hotline()
    hotline.tell("A", 2)
    hotline.tell("A", 1)
    got: list[Message] = []

    async def handle(message: Message) -> None:
        got.append(message)
        if message.work_order_seq == 1:
            await desk.confirm_receipt(message.work_order)
            await desk.reply(message.work_order, public_text="已修好", signer="甲")

    async with hotline.department() as desk:
        running = asyncio.create_task(desk.run(handle))
        await until(lambda: len(got) == 4)
        running.cancel()
    notices = [message.work_order_seq for message in got if message.accepted is None]
    assert [1, 2] == notices
    assert {"command.accepted": None, "command.refused": "not_received"} == {
        message.type: message.refusal for message in got if message.accepted is not None
    }
    assert ["confirm_receipt", "reply"] == [command["type"] for command in hotline.commands]


async def test_a_program_that_starts_again_goes_on_after_what_it_handled(tmp_path: Path) -> None:
    hotline, got = Hotline(), []
    hotline.tell("A", 1)

    async def handle(message: Message) -> None:
        got.append(message.id)

    for expected in (["A-1"], ["A-1", "B-1"]):
        async with hotline.department(seen=SqliteSeen(tmp_path / "seen.db")) as desk:
            running = asyncio.create_task(desk.run(handle))
            await until(lambda expected=expected: got == expected)
            await asyncio.sleep(0.05)
            running.cancel()
        hotline.asked.clear()
        hotline.tell("B", 1)
    async with hotline.department(seen=SqliteSeen(tmp_path / "seen.db")) as desk:
        running = asyncio.create_task(desk.run(handle))
        await until(lambda: bool(hotline.asked))
        running.cancel()
    assert 2 == hotline.asked[0]


async def test_the_cursor_does_not_pass_a_message_that_is_still_at_hand() -> None:
    hotline, seen, go = Hotline(), MemorySeen(), asyncio.Event()
    for order in ("A", "B", "C"):
        hotline.tell(order, 1)
    handled: list[str] = []

    async def handle(message: Message) -> None:
        if message.subject == "B":
            await go.wait()
        handled.append(message.subject)

    async with hotline.department(seen=seen) as desk:
        running = asyncio.create_task(desk.run(handle))
        await until(lambda: len(handled) == 2)
        await asyncio.sleep(0.05)
        assert 1 == await seen.cursor()
        go.set()
        await until(lambda: len(handled) == 3)
        await asyncio.sleep(0.05)
        assert 3 == await seen.cursor()
        running.cancel()


async def test_a_hotline_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("department_kit.department.FIRST_PAUSE", 0.01)
    hotline, got = Hotline(), []
    hotline.away = 2
    hotline.tell("A", 1)

    async def handle(message: Message) -> None:
        got.append(message.id)

    async with hotline.department() as desk:
        running = asyncio.create_task(desk.run(handle))
        await until(lambda: got == ["A-1"])
        running.cancel()


async def test_a_token_of_another_unit_ends_the_program_with_a_reason() -> None:
    hotline = Hotline()
    hotline.status = 403

    async def handle(_: Message) -> None:
        return

    async with hotline.department() as desk:
        with pytest.raises(NotAllowed, match="403"):
            await desk.run(handle)


@pytest.mark.parametrize("address", ["ftp://x", "hotline", ""])
def test_an_address_that_is_neither_amqp_nor_http_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="must begin with"):
        Department(address)


def test_an_http_address_needs_unit_and_token() -> None:
    with pytest.raises(ValueError, match="unit and token"):
        Department("https://hotline")
