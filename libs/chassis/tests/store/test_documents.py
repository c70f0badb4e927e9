import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from notes import NOW, Presses, Rules, body, fact, registered, supplemented, withdrawn

from chassis.activity import Activity
from chassis.bus import ConnectionLost, Delivery, Permanent, PublishFailed
from chassis.clock import VirtualClock
from chassis.document import Answer, Change, Command, Document, Sheet
from chassis.documents import Documents
from chassis.metrics import Metrics
from chassis.mongo import Store
from chassis.presence import Presence
from chassis.wakes import LEASE
from contracts.codec import BadMessage
from contracts.decision import Reaction
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealSupplemented
from contracts.words import Channel, Lane, Service


class Desk:
    """One process of the small service; several on one store are replicas."""

    def __init__(self, store: Store, presses: Presses, name: str, rules: Rules | None = None) -> None:
        self.clock = VirtualClock(NOW)
        self.activity = Activity()
        self.presses = presses
        self.presence = Presence(store, name)
        self.documents = Documents(
            store,
            "orders",
            rules or Rules(),
            bus=presses,  # type: ignore[arg-type] # it only publishes
            clock=self.clock,
            metrics=Metrics(Service.DISPATCHER),
            activity=self.activity,
            presence=self.presence,
        )
        self.documents.start(timers=False)

    async def take(self, *bodies: bytes, lane: Lane = Lane.ORDINARY) -> None:
        await asyncio.gather(*(self.documents.take(Delivery(queue="q", body=one, lane=lane)) for one in bodies))

    async def quiet(self) -> None:
        while self.activity.running:
            await asyncio.sleep(0.005)


@pytest.fixture
async def desk(store: Store) -> AsyncIterator[Desk]:
    desk = Desk(store, Presses(), "one")
    yield desk
    await desk.documents.stop()


def routing_keys(desk: Desk) -> list[str]:
    return [message.routing_key for message in desk.presses.of[Lane.ORDINARY].published]


async def cleared(desk: Desk) -> None:
    async with asyncio.timeout(5):
        while await desk.documents.unpublished():
            await asyncio.sleep(0.02)


async def test_a_fact_its_decision_and_its_message_are_saved_by_one_write_and_then_published(desk: Desk) -> None:
    await desk.take(body(registered("a")))
    await desk.quiet()
    document = await desk.documents.load("a")
    assert [known.type for known in document.facts] == ["appeal.registered", "work_order.dispatched"]
    assert document.version == 1
    assert sorted(routing_keys(desk)) == ["assignments.water-group", "work_order.dispatched"]
    await cleared(desk)


async def test_the_same_fact_again_changes_and_publishes_nothing(desk: Desk) -> None:
    await desk.take(*[body(registered("a"))] * 5)
    await desk.take(body(registered("a")))
    await desk.quiet()
    assert (await desk.documents.load("a")).version == 1
    assert len(desk.presses.of[Lane.ORDINARY].published) == 2


async def test_another_body_under_a_known_id_is_refused_for_good(desk: Desk) -> None:
    await desk.take(body(registered("a")))
    other = fact("a", 1, AppealSupplemented(text_masked="x", channel=Channel.SMS))
    with pytest.raises(Permanent, match="another body is stored under this id"):
        await desk.take(body(other))


async def test_a_second_fact_under_a_known_sequence_is_refused_for_good(desk: Desk) -> None:
    await desk.take(body(registered("a")))
    forged = body(supplemented("a", 1)).replace(b'"id":"a-1"', b'"id":"forged"')
    with pytest.raises(Permanent, match="another fact of this source has this sequence"):
        await desk.take(forged)


async def test_what_is_no_fact_is_refused_and_leaves_its_neighbours_alone(desk: Desk) -> None:
    results = await asyncio.gather(
        desk.take(body(registered("a"))),
        desk.take(b"nonsense"),
        desk.take(body(registered("b"))),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), BadMessage, type(None)]
    assert (await desk.documents.load("b")).version == 1


async def test_many_handlers_share_a_few_round_trips(desk: Desk, store: Store) -> None:
    before = store.round_trips
    await desk.take(*(body(registered(f"s{number}")) for number in range(100)))
    assert store.round_trips - before <= 8


async def test_an_appeals_first_fact_is_saved_without_a_load_before_it(desk: Desk, store: Store) -> None:
    await desk.take(body(registered("warm")))
    before = store.round_trips
    await desk.documents.take(Delivery(queue="q", body=body(registered("a")), lane=Lane.EMERGENCY))
    assert 1 == store.round_trips - before
    await desk.quiet()


async def test_a_first_fact_that_comes_late_is_added_to_what_another_process_knows(desk: Desk, store: Store) -> None:
    other = Desk(store, desk.presses, "other")
    await other.take(body(withdrawn("a", 2)))
    await desk.take(body(registered("a")))
    await asyncio.gather(desk.quiet(), other.quiet())
    document = await desk.documents.load("a")
    assert {"appeal.withdrawn", "appeal.registered", "work_order.dispatched", "work_order.recalled"} == {
        known.type for known in document.facts
    }
    assert 2 == document.version
    await other.documents.stop()


async def test_two_replicas_deciding_the_same_decide_it_once(store: Store) -> None:
    presses = Presses()
    one, two = Desk(store, presses, "one"), Desk(store, presses, "two")
    subjects = [f"s{number}" for number in range(30)]
    for sequence in range(2, 6):
        bodies = [body(supplemented(subject, sequence)) for subject in subjects]
        await asyncio.gather(one.take(*bodies), two.take(*bodies))
    bodies = [body(registered(subject)) for subject in subjects]
    await asyncio.gather(one.take(*bodies), two.take(*bodies))
    await asyncio.gather(one.quiet(), two.quiet())
    for subject in subjects:
        document = await one.documents.load(subject)
        assert sorted(known.type for known in document.facts).count("work_order.dispatched") == 1
        assert len(document.facts) == 6
    published = [message.id for message in presses.of[Lane.ORDINARY].published]
    assert len(published) == len(set(published)) == 60
    await one.documents.stop()
    await two.documents.stop()


async def test_what_a_lost_process_saved_but_did_not_publish_is_published_by_another(store: Store) -> None:
    lost = Desk(store, Presses(), "lost")
    lost.presses.of[Lane.ORDINARY].stopped.clear()
    await lost.take(body(registered("a")))
    await lost.documents.stop()
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    aged = {"$set": {"outbox.$[].until": long_ago, "outbox_since": long_ago}}
    await store.collection("orders").update_one({"_id": "a"}, aged)
    heir = Desk(store, Presses(), "heir")
    async with asyncio.timeout(10):
        while await heir.documents.unpublished():
            await asyncio.sleep(0.02)
    assert sorted(routing_keys(heir)) == ["assignments.water-group", "work_order.dispatched"]
    await heir.documents.stop()


async def test_what_two_processes_published_and_cleared_can_still_be_added_to(store: Store) -> None:
    slow = Desk(store, Presses(), "slow")
    slow.presses.of[Lane.ORDINARY].stopped.clear()
    await slow.take(body(registered("a")))
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    aged = {"$set": {"outbox.$[].until": long_ago, "outbox_since": long_ago}}
    await store.collection("orders").update_one({"_id": "a"}, aged)
    other = Desk(store, Presses(), "other")
    async with asyncio.timeout(10):
        while await other.documents.unpublished():
            await asyncio.sleep(0.02)
    slow.presses.of[Lane.ORDINARY].stopped.set()
    await slow.quiet()
    await other.take(body(withdrawn("a", 2)))
    await other.quiet()
    assert "work_order.recalled" in routing_keys(other)
    await slow.documents.stop()
    await other.documents.stop()


async def outbox(store: Store, subject: str) -> list[str]:
    (row,) = await store.find(store.collection("orders"), {"_id": subject})
    return [entry["k"] for entry in row.get("outbox", ())]


async def test_clearing_what_we_published_leaves_what_another_process_still_has_to_publish(store: Store) -> None:
    slow = Desk(store, Presses(), "slow")
    slow.presses.of[Lane.ORDINARY].stopped.clear()
    await slow.take(body(registered("a")))
    quick = Desk(store, Presses(), "quick")
    await quick.take(body(withdrawn("a", 2)))
    await quick.quiet()
    async with asyncio.timeout(5):
        while "work_order.recalled" in await outbox(store, "a"):
            await asyncio.sleep(0.02)
    assert sorted(await outbox(store, "a")) == ["assignments.water-group", "work_order.dispatched"]
    slow.presses.of[Lane.ORDINARY].stopped.set()
    await slow.quiet()
    await cleared(slow)
    await slow.documents.stop()
    await quick.documents.stop()


async def test_clearing_leaves_what_was_saved_and_is_not_yet_confirmed(desk: Desk, store: Store) -> None:
    await desk.take(body(registered("a")))
    await desk.quiet()
    desk.presses.of[Lane.ORDINARY].stopped.clear()
    await desk.take(body(withdrawn("a", 2)))
    async with asyncio.timeout(5):
        while "work_order.dispatched" in await outbox(store, "a"):
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)
    assert "work_order.recalled" in await outbox(store, "a")
    desk.presses.of[Lane.ORDINARY].stopped.set()
    await desk.quiet()
    await cleared(desk)


async def test_a_lease_keeps_another_process_from_publishing_what_was_just_saved(store: Store) -> None:
    slow = Desk(store, Presses(), "slow")
    slow.presses.of[Lane.ORDINARY].stopped.clear()
    await slow.take(body(registered("a")))
    other = Desk(store, Presses(), "other")
    await asyncio.sleep(0.2)
    assert routing_keys(other) == []
    await slow.documents.stop()
    await other.documents.stop()


async def test_a_refused_or_lost_publish_stays_first_in_its_stream_and_is_tried_again(desk: Desk) -> None:
    desk.presses.of[Lane.ORDINARY].fails = [PublishFailed("unroutable"), ConnectionLost("gone")]
    await desk.take(body(registered("a")))
    await desk.quiet()
    assert sorted(routing_keys(desk)) == ["assignments.water-group", "work_order.dispatched"]


async def test_facts_of_one_document_leave_in_the_order_of_their_sequence(desk: Desk) -> None:
    await desk.take(body(registered("a")), body(withdrawn("a", 2)))
    await desk.quiet()
    facts = [m for m in desk.presses.of[Lane.ORDINARY].published if m.exchange == "facts"]
    assert [message.routing_key for message in facts] == ["work_order.dispatched", "work_order.recalled"]


async def test_facts_of_one_save_leave_as_one_message_where_receivers_take_it_apart(desk: Desk) -> None:
    press = desk.presses.of[Lane.ORDINARY]
    press.bundles = True
    await desk.take(body(registered("a")), body(withdrawn("a", 2)))
    await desk.quiet()
    ours = [message for message in press.published if message.stream == "facts"]
    assert [("work_order.dispatched", ("work_order.recalled",))] == [(one.routing_key, one.also) for one in ours]
    assert ["assignments.water-group"] == [one.routing_key for one in press.published if one.stream != "facts"]
    await cleared(desk)


async def test_a_bundle_that_is_refused_is_tried_again_and_cleared_whole(desk: Desk) -> None:
    press = desk.presses.of[Lane.ORDINARY]
    press.bundles, press.fails = True, [PublishFailed("unroutable"), ConnectionLost("gone")]
    await desk.take(body(registered("a")), body(withdrawn("a", 2)))
    await desk.quiet()
    assert [2, 1] == sorted((one.body.count(b'"specversion"') or 1 for one in press.published), reverse=True)
    await cleared(desk)


async def test_a_command_sent_twice_is_decided_once_and_answered_twice(desk: Desk) -> None:
    calls = 0

    def step(_: Document) -> Change:
        nonlocal calls
        calls += 1
        return Change(answer=Answer(status=200, body={"call": calls}))

    command = Command.of("unit.water", "c-1", {"text": "x"})
    first = await desk.documents.answer("a", step, command)
    again = await desk.documents.answer("a", step, command)
    assert (first, again, calls) == (Answer(status=200, body={"call": 1}), first, 1)


async def test_a_command_id_used_for_another_request_is_refused(desk: Desk) -> None:
    def step(_: Document) -> Change:
        return Change(answer=Answer(status=200, body={}))

    await desk.documents.answer("a", step, Command.of("unit.water", "c-1", {"text": "x"}))
    other = await desk.documents.answer("a", step, Command.of("unit.water", "c-1", {"text": "y"}))
    assert other.status == 422


async def test_a_step_that_fails_saves_nothing_and_spares_the_others_on_the_same_document(desk: Desk) -> None:
    def broken(_: Document) -> Change:
        raise LookupError("broken")

    results = await asyncio.gather(
        desk.documents.change("a", broken), desk.take(body(registered("a"))), return_exceptions=True
    )
    assert isinstance(results[0], LookupError)
    assert len((await desk.documents.load("a")).facts) == 2


class Asked(Rules):
    """Counts how often it is asked, and stumbles over what was supplemented under ``bad``."""

    def __init__(self) -> None:
        self.times = 0

    def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
        self.times += 1
        if any(fact.id.startswith("bad-") and isinstance(fact.data, AppealSupplemented) for fact in facts):
            raise RuntimeError("no rule for this")
        return super().react(facts, now)


async def test_the_rules_are_asked_once_for_all_facts_that_one_save_brings(store: Store) -> None:
    rules = Asked()
    desk = Desk(store, Presses(), "one", rules)
    await desk.take(body(registered("a")), *(body(supplemented("a", nth)) for nth in range(2, 8)))
    document = await desk.documents.load("a")
    # Once more because of the decision that followed.
    assert (1, 8, 2) == (document.version, len(document.facts), rules.times)
    await desk.documents.stop()


async def test_rules_that_say_they_are_at_rest_are_not_asked_again(store: Store) -> None:
    class AtRest(Asked):
        def react(self, facts: Sequence[Fact[Event]], now: datetime) -> Reaction:
            return replace(super().react(facts, now), at_rest=True)

    rules = AtRest()
    desk = Desk(store, Presses(), "one", rules)
    await desk.take(body(registered("a")))
    assert (2, 1) == (len((await desk.documents.load("a")).facts), rules.times)
    await desk.documents.stop()


async def test_a_fact_that_the_rules_stumble_over_spares_those_that_came_with_it(store: Store) -> None:
    desk = Desk(store, Presses(), "one", Asked())
    facts = (registered("bad"), supplemented("bad", 2), withdrawn("bad", 3))
    taking = [desk.documents.take(Delivery(queue="q", body=body(one))) for one in facts]
    results = await asyncio.gather(*taking, return_exceptions=True)
    assert [False, True, False] == [isinstance(result, RuntimeError) for result in results]
    kept = {known.type for known in (await desk.documents.load("bad")).facts}
    assert {"appeal.registered", "appeal.withdrawn", "work_order.dispatched", "work_order.recalled"} == kept
    await desk.documents.stop()


async def test_a_command_that_comes_with_facts_sees_what_the_rules_made_of_them(desk: Desk) -> None:
    seen: list[str] = []

    def look(document: Document) -> Change | None:
        seen.extend(known.type for known in document.facts)
        return None

    taking = [desk.documents.take(Delivery(queue="q", body=body(one))) for one in (registered("a"), withdrawn("a", 2))]
    await asyncio.gather(*taking, desk.documents.change("a", look))
    assert {"appeal.registered", "work_order.dispatched", "appeal.withdrawn", "work_order.recalled"} == {*seen}


async def test_a_command_that_comes_with_a_repeated_first_fact_sees_the_whole_document(store: Store) -> None:
    await Desk(store, Presses(), "one").take(body(registered("a")), body(supplemented("a", 2)))
    other = Desk(store, Presses(), "two")
    seen: list[int] = []

    def look(document: Document) -> Change | None:
        seen.append(len(document.facts))
        return None

    again = other.documents.take(Delivery(queue="q", body=body(registered("a"))))
    await asyncio.gather(again, other.documents.change("a", look))
    assert [3] == seen
    await other.documents.stop()


async def test_what_a_service_inserted_itself_is_changed_without_a_load(desk: Desk, store: Store) -> None:
    sheet = Sheet("a", None, Rules())
    sheet.apply(Change(received=(registered("a"),)), None, NOW)
    await store.collection("orders").insert_one(sheet.born(NOW))
    desk.documents.born(sheet)
    before = store.round_trips
    await desk.take(body(supplemented("a", 2)))
    # One save, beside the look at the server's clock.
    assert store.round_trips - before <= 2
    assert (2, 3) == ((await desk.documents.load("a")).version, len((await desk.documents.load("a")).facts))


async def test_a_timer_wakes_the_rules_when_its_business_time_has_come_and_not_before(desk: Desk) -> None:
    await desk.take(body(registered("a")))
    assert await desk.documents.wakes.fire() == 0
    assert await desk.documents.wakes.next_wake() == NOW + timedelta(hours=1)
    desk.clock.advance_to(NOW + timedelta(hours=1))
    assert await desk.documents.wakes.fire() == 1
    assert await desk.documents.wakes.next_wake() is None


async def test_what_a_living_monitor_has_claimed_is_left_to_it_until_its_lease_ends(store: Store) -> None:
    slow, quick = Desk(store, Presses(), "slow"), Desk(store, Presses(), "quick")
    await asyncio.gather(slow.presence.start(), quick.presence.start())
    await slow.take(*(body(registered(f"s{number}")) for number in range(3)))
    quick.clock.advance_to(NOW + timedelta(hours=1))
    now, rows = await store.server_now(), quick.documents.collection
    for subject, since in (("s0", timedelta(seconds=5)), ("s1", LEASE + timedelta(seconds=5))):
        await rows.update_one({"_id": subject}, {"$set": {"woken_at": now - since, "woken_by": "slow"}})
    assert await quick.documents.wakes.fire() == 2
    versions = [(await quick.documents.load(f"s{number}")).version for number in range(3)]
    assert versions == [1, 2, 2]
    for desk in (slow, quick):
        await desk.documents.stop()
        await desk.presence.stop()


async def test_what_a_monitor_had_claimed_is_free_as_soon_as_it_is_gone(store: Store) -> None:
    gone, living = Desk(store, Presses(), "gone"), Desk(store, Presses(), "living")
    await asyncio.gather(gone.presence.start(), living.presence.start())
    await gone.take(*(body(registered(f"s{number}")) for number in range(3)))
    living.clock.advance_to(NOW + timedelta(hours=1))
    claim = {"woken_at": await store.server_now(), "woken_by": "gone"}
    await living.documents.collection.update_many({}, {"$set": claim})
    assert await living.documents.wakes.fire() == 0
    await gone.presence.stop()
    await living.presence.look()
    assert await living.documents.wakes.fire() == 3
    await living.presence.stop()
    for desk in (gone, living):
        await desk.documents.stop()


async def test_of_two_monitors_one_fires_a_timer(store: Store) -> None:
    one, two = Desk(store, Presses(), "one"), Desk(store, Presses(), "two")
    await one.take(*(body(registered(f"s{number}")) for number in range(50)))
    for desk in (one, two):
        desk.clock.advance_to(NOW + timedelta(hours=1))
        await desk.presence.start()
    await asyncio.gather(one.documents.wakes.fire(), two.documents.wakes.fire())
    documents = [await one.documents.load(f"s{number}") for number in range(50)]
    assert {document.version for document in documents} == {2}
    for desk in (one, two):
        await desk.documents.stop()
        await desk.presence.stop()
