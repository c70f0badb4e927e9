"""Every message reaches the handler until it returns, once, in its order's order; other orders go on."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from department_kit import desk as desk_module
from department_kit.desk import AT_HAND, Desk
from department_kit.link import Arrived
from department_kit.message import Message
from department_kit.seen import MemorySeen


class Box:
    """What arrived and was said to be done, as a broker would know it."""

    def __init__(self) -> None:
        self.done: list[str] = []

    def message(self, order: str, seq: int | None, name: str | None = None) -> Arrived:
        known = name or f"{order}-{seq}"
        message = Message(known, "urge", order, order, seq, datetime(2026, 3, 2, tzinfo=UTC), {})

        async def done() -> None:
            self.done.append(known)

        return Arrived(message, done)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.005)


def made(handler: Callable[[Message], Awaitable[None]], patience: float = 30.0, room: int = 100) -> Desk:
    desk = Desk(MemorySeen(), patience=patience, room=room, parallel=4)
    desk.handler = handler
    return desk


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_module, "FIRST_PAUSE", 0.01)


async def test_a_message_that_comes_twice_is_handled_once_and_answered_as_done_twice() -> None:
    box, handled = Box(), []

    async def handler(message: Message) -> None:
        handled.append(message.id)

    desk = made(handler)
    await desk.take(box.message("a", 1))
    await until(lambda: len(box.done) == 1)
    await desk.take(box.message("a", 1))
    assert (["a-1"], ["a-1", "a-1"]) == (handled, box.done)


async def test_a_copy_that_comes_while_the_first_is_at_hand_is_not_handled_beside_it() -> None:
    box, second, go, handled = Box(), Box(), asyncio.Event(), []

    async def handler(message: Message) -> None:
        await go.wait()
        handled.append(message.id)

    desk = made(handler)
    await desk.take(box.message("a", 1))
    await desk.take(second.message("a", 1))
    go.set()
    await until(lambda: bool(second.done))
    assert (["a-1"], [], ["a-1"]) == (handled, box.done, second.done)


async def test_early_messages_wait_and_each_order_s_are_handled_in_order() -> None:
    box, handled = Box(), []

    async def handler(message: Message) -> None:
        await asyncio.sleep(0.001)
        handled.append((message.subject, message.work_order_seq))

    desk = made(handler)
    for seq in (3, 1, 2):
        for order in "abc":
            await desk.take(box.message(order, seq))
    await until(lambda: len(box.done) == 9)
    assert all([1, 2, 3] == [seq for order, seq in handled if order == one] for one in "abc")


async def test_what_stays_early_is_handed_out_after_patience() -> None:
    box, handled = Box(), []

    async def handler(message: Message) -> None:
        handled.append(message.work_order_seq)

    desk = made(handler, patience=0.05)
    await desk.take(box.message("a", 5))
    assert [] == handled
    await until(lambda: handled == [5])


@pytest.mark.usefixtures("quick")
async def test_a_handler_that_fails_gets_the_message_again_and_blocks_only_its_own_order() -> None:
    box, tries = Box(), []

    async def handler(message: Message) -> None:
        tries.append(message.id)
        if message.subject == "a" and tries.count("a-1") < 3:
            raise ValueError("not today")

    desk = made(handler)
    await desk.take(box.message("a", 1))
    await desk.take(box.message("a", 2))
    await desk.take(box.message("b", 1))
    await until(lambda: len(box.done) == 3)
    assert ["b-1", "a-1", "a-2"] == box.done
    assert 3 == tries.count("a-1")


@pytest.mark.usefixtures("quick")
async def test_a_message_that_is_handled_again_starts_counting_its_commands_anew() -> None:
    box, found = Box(), []

    async def handler(message: Message) -> None:
        at_hand = AT_HAND.get()
        assert at_hand is not None
        at_hand.commands += 1
        found.append((at_hand.message_id, at_hand.commands))
        if len(found) == 1:
            raise ValueError("after the first command")

    desk = made(handler)
    await desk.take(box.message("a", 1))
    await until(lambda: bool(box.done))
    assert [("a-1", 1), ("a-1", 1)] == found


async def test_there_is_no_more_at_hand_than_there_is_room_for() -> None:
    box, go, most = Box(), asyncio.Event(), []

    async def handler(message: Message) -> None:
        most.append(message.id)
        await go.wait()

    desk = made(handler, room=3)

    async def pour() -> None:
        for at in range(10):
            await desk.take(box.message(f"order-{at}", 1))

    pouring = asyncio.create_task(pour())
    await asyncio.sleep(0.05)
    assert not pouring.done()
    go.set()
    await until(lambda: len(box.done) == 10)
    await pouring


async def test_stopping_leaves_what_is_not_handled_with_the_hotline() -> None:
    box = Box()

    async def handler(message: Message) -> None:
        await asyncio.sleep(60)

    desk = made(handler)
    await desk.take(box.message("a", 1))
    await asyncio.sleep(0.01)
    await desk.stop()
    assert [] == box.done
