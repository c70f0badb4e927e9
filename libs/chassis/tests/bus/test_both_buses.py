"""What every bus promises; each test runs on the local bus and on a real RabbitMQ."""

import asyncio

import pytest
from bus_rig import Rig, Row, Seen, eventually

from chassis.bus import Delivery, Passing, Permanent, PublishFailed
from contracts.codec import BadMessage
from contracts.words import Lane, Service


async def test_a_message_reaches_each_queue_whose_pattern_takes_its_key_exactly_once(rig: Rig) -> None:
    patterns = {
        "all": ("#",),
        "family": ("work_order.*",),
        "exact": ("appeal.registered",),
        "under": ("appeal.#",),
        "twice": ("appeal.*", "appeal.registered"),
        "middle": ("*.registered",),
    }
    seen = {queue: Seen() for queue in patterns}
    await rig.start(**{queue: Row(seen[queue], taken) for queue, taken in patterns.items()})
    keys = ("appeal", "appeal.registered", "appeal.a.b", "work_order.replied", "work_order", "redo.registered")
    for key in keys:
        await rig.publish(key, key.encode())
    expected = {
        "all": {
            b"appeal",
            b"appeal.registered",
            b"appeal.a.b",
            b"work_order.replied",
            b"work_order",
            b"redo.registered",
        },
        "family": {b"work_order.replied"},
        "exact": {b"appeal.registered"},
        "under": {b"appeal", b"appeal.registered", b"appeal.a.b"},
        "twice": {b"appeal.registered"},
        "middle": {b"appeal.registered", b"redo.registered"},
    }
    await eventually(lambda: all(len(seen[queue].bodies) >= len(bodies) for queue, bodies in expected.items()))
    assert {queue: sorted(bodies) for queue, bodies in expected.items()} == {
        queue: sorted(one.bodies) for queue, one in seen.items()
    }


async def test_what_was_published_arrives_unchanged(rig: Rig) -> None:
    seen = Seen()
    await rig.start(work=Row(seen))
    body = "不是 JSON \x00".encode() + b"\xff"
    await rig.publish("a", body, id="the-id")
    await eventually(lambda: len(seen.deliveries) == 1)
    got = seen.deliveries[0]
    assert (body, "the-id", 1, "work", Lane.ORDINARY) == (
        got.body,
        got.message_id,
        got.attempt,
        got.queue,
        got.lane,
    )


async def test_an_unroutable_message_is_refused_and_the_next_one_goes_through(rig: Rig) -> None:
    seen = Seen()
    await rig.start(work=Row(seen, ("known",)))
    with pytest.raises(PublishFailed):
        await rig.publish("unknown")
    with pytest.raises(PublishFailed):
        await rig.publish("known", exchange="no-such-exchange")
    await rig.publish("known", b"next")
    await eventually(lambda: seen.bodies == [b"next"])


async def test_a_retry_comes_back_to_the_queue_that_failed_and_to_no_other(rig: Rig) -> None:
    failing, calm = Seen([Passing("store away"), Passing("store away")]), Seen()
    await rig.start(failing=Row(failing), calm=Row(calm, service=Service.REVISIT))
    await rig.publish("a", b"once", id="same")
    await eventually(lambda: len(failing.deliveries) == 3)
    assert ([1, 2, 3], [b"once"], ["same"] * 3) == (
        failing.attempts,
        calm.bodies,
        [delivery.message_id for delivery in failing.deliveries],
    )


async def test_a_passing_reason_never_exhausts(rig: Rig) -> None:
    seen = Seen([Passing("store away")] * 12)
    await rig.start(work=Row(seen))
    await rig.publish("a")
    await eventually(lambda: len(seen.deliveries) == 13)
    assert (list(range(1, 14)), []) == (seen.attempts, rig.parked)


@pytest.mark.parametrize("error", [Permanent("no such unit"), BadMessage("not json")])
async def test_what_can_never_be_handled_is_parked_at_once_and_says_why(rig: Rig, error: Exception) -> None:
    seen = Seen([error])
    await rig.start(work=Row(seen))
    await rig.publish("a", b"poison", id="bad")
    await eventually(lambda: len(rig.parked) == 1)
    parked = rig.parked[0]
    assert (b"poison", "bad", f"{type(error).__name__}: {error}", "work", 1) == (
        parked.body,
        parked.message_id,
        parked.headers["reason"],
        parked.headers["origin_queue"],
        parked.headers["attempts"],
    )
    assert [1] == seen.attempts


async def test_a_failure_of_our_own_code_is_parked_after_five_attempts_without_its_text(rig: Rig) -> None:
    seen = Seen([ValueError("phone 13800000000")] * 9)
    await rig.start(work=Row(seen))
    await rig.publish("a")
    await eventually(lambda: len(rig.parked) == 1)
    assert ([1, 2, 3, 4, 5], "ValueError") == (seen.attempts, rig.parked[0].headers["reason"])


async def test_attempts_lost_to_a_store_outage_do_not_count_against_our_own_code(rig: Rig) -> None:
    seen = Seen([*[Passing("store away")] * 6, KeyError("x"), KeyError("x")])
    await rig.start(work=Row(seen))
    await rig.publish("a")
    await eventually(lambda: len(seen.deliveries) == 9)
    assert [] == rig.parked


async def test_what_cannot_be_drained_from_parking_stays_in_it_with_its_reason(rig: Rig) -> None:
    drained = Seen([Permanent("a rule of parking itself"), Passing("store away")])
    rig.park = drained
    await rig.start(work=Row(Seen([Permanent("no such unit")])))
    await rig.publish("a", b"poison")
    await eventually(lambda: len(drained.deliveries) == 3)
    assert [("Permanent: no such unit", "work")] * 3 == [
        (one.headers["reason"], one.headers["origin_queue"]) for one in drained.deliveries
    ]


class _Counting:
    """Notes how many run side by side, and holds them until released."""

    def __init__(self) -> None:
        self.now = self.most = self.done = 0
        self.release = asyncio.Event()

    async def __call__(self, delivery: Delivery) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await self.release.wait()
        await asyncio.sleep(0.01)
        self.now -= 1
        self.done += 1


async def test_no_more_handlers_run_side_by_side_than_the_prefetch(rig: Rig) -> None:
    handler = _Counting()
    await rig.start(work=Row(handler, prefetch=3))
    publishing = asyncio.gather(*(rig.publish("a") for _ in range(12)))
    await eventually(lambda: handler.now == 3)
    await asyncio.sleep(0.1)
    handler.release.set()
    await publishing
    await eventually(lambda: 12 == handler.done)
    assert 3 == handler.most


async def test_messages_published_one_after_the_other_arrive_in_that_order(rig: Rig) -> None:
    seen = Seen()
    await rig.start(work=Row(seen))
    bodies = [str(number).encode() for number in range(50)]
    for body in bodies:
        await rig.publish("a", body)
    await eventually(lambda: len(seen.deliveries) == 50)
    assert bodies == seen.bodies


async def test_an_emergency_passes_while_ordinary_handlers_are_all_stuck(rig: Rig) -> None:
    stuck, emergency = _Counting(), Seen()
    await rig.start(work=Row(stuck, prefetch=2), urgent=Row(emergency, lane=Lane.EMERGENCY))
    ordinary = asyncio.gather(*(rig.publish("a") for _ in range(6)))
    await eventually(lambda: stuck.now == 2)
    await rig.publish("emergency.raised", b"fire", lane=Lane.EMERGENCY)
    await eventually(lambda: emergency.bodies == [b"fire"], seconds=2)
    assert 0 == stuck.done
    stuck.release.set()
    await ordinary
    await eventually(lambda: stuck.done == 6)


async def test_nothing_is_handled_while_paused_and_everything_after(rig: Rig) -> None:
    seen = Seen()
    await rig.start(work=Row(seen))
    assert rig.buses[0].attached() is True
    await rig.buses[0].pause()
    assert rig.buses[0].attached() is False
    publishing = asyncio.gather(*(rig.publish("a", str(number).encode()) for number in range(5)))
    await asyncio.sleep(0.2)
    assert [] == seen.bodies
    await rig.buses[0].resume()
    await publishing
    await eventually(lambda: len(seen.deliveries) == 5)
    assert rig.buses[0].attached() is True


async def test_stopping_lets_the_running_handler_end(rig: Rig) -> None:
    handler = _Counting()
    await rig.start(work=Row(handler))
    publishing = asyncio.create_task(rig.publish("a"))
    await eventually(lambda: handler.now == 1)
    stopping = asyncio.create_task(rig.stop())
    await asyncio.sleep(0.05)
    handler.release.set()
    await stopping
    await publishing
    assert 1 == handler.done
