"""A unit's messages sent again: the same ids and words, in order, and nothing that the guard withholds now."""

import json
from datetime import datetime, timedelta
from typing import Any

from chassis.bus import Outgoing
from contracts.events import appeal as ap
from contracts.words import AppealType, DeadlineKind, Role, Service, Urgency
from dispatcher.store import StoredOrderNumbers
from dispatcher.use_cases.replay_unit import Replayed, replay_unit

UNIT = "water-group"
START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")


class Queue:
    """A publisher that keeps what it is given."""

    def __init__(self) -> None:
        self.got: list[Outgoing] = []

    async def publish(self, message: Outgoing) -> None:
        """Confirmed at once."""
        self.got.append(message)

    async def close(self) -> None:
        """Nothing to close."""

    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(message.body) for message in self.got]


async def replayed(
    desk: Any, since: datetime, unit: str = UNIT, after: str | None = None, limit: int = 100
) -> tuple[Queue, Replayed]:
    queue, orders = Queue(), desk.hosted.built.documents[0]
    sign_offs = desk.hosted.built.parts[0]
    numbers = StoredOrderNumbers(orders)
    return queue, await replay_unit(orders, numbers, sign_offs, queue, unit, since, after, limit, "operator")


async def lived(desk: Any, subject: str) -> str:
    """An order with notices and answers over the queue."""
    number: str = await desk.appeal(subject)
    await desk.due(subject, DeadlineKind.RECEIPT, UNIT, START + timedelta(hours=2))
    for at, asked in enumerate(
        (
            {"type": "confirm_receipt"},
            {"type": "confirm_receipt"},
            {"type": "reply", "public_text": "已修好", "signer": "甲"},
        )
    ):
        await desk.queue(UNIT, {"command_id": f"{subject}-{at}", "work_order": number, **asked})
    return number


def plain(body: dict[str, Any]) -> dict[str, Any]:
    """Without what belongs to the way, not to the message."""
    return {name: value for name, value in body.items() if name not in ("cursor", "traceparent")}


async def test_what_is_sent_again_is_what_was_sent_with_the_same_ids(desk: Any) -> None:
    await desk.standing()
    await lived(desk, "r1")
    sent = [plain(body) for body in await desk.messages()]
    queue, done = await replayed(desk, START - timedelta(days=1))
    again = [plain(body) for body in queue.bodies()]
    assert {"assignment", "deadline", "command.accepted", "command.refused"} == {body["type"] for body in again}
    assert sorted(sent, key=lambda body: body["id"]) == sorted(again, key=lambda body: body["id"])
    assert [message.id for message in queue.got] == [body["id"] for body in again]
    assert (1, len(sent), 0, None) == (done.orders, done.messages, done.withheld, done.next)


async def test_notices_of_an_order_are_sent_again_in_order_and_without_a_gap(desk: Any) -> None:
    await desk.standing()
    for at in range(5):
        await lived(desk, f"r2-{at}")
    queue, _ = await replayed(desk, START)
    for at in range(5):
        mine = [body for body in queue.bodies() if body["subject"] == f"r2-{at}"]
        seqs = [body["work_order_seq"] for body in mine if "work_order_seq" in body]
        assert list(range(1, len(seqs) + 1)) == seqs


async def test_only_what_came_since_the_instant_is_sent_again(desk: Any) -> None:
    await desk.standing()
    await lived(desk, "old")
    await desk.later(timedelta(days=3))
    await lived(desk, "new")
    await desk.due("old", DeadlineKind.RESOLVE, UNIT, START + timedelta(days=9))
    queue, done = await replayed(desk, START + timedelta(days=2))
    about_old = [body for body in queue.bodies() if body["subject"] == "old"]
    assert [("deadline", "resolve".upper())] == [(body["type"], body["kind"].upper()) for body in about_old]
    assert 2 == done.orders


async def test_pages_together_are_the_whole(desk: Any) -> None:
    await desk.standing()
    for at in range(5):
        await lived(desk, f"r3-{at}")
    whole, _ = await replayed(desk, START)
    found, after = [], None
    while True:
        queue, done = await replayed(desk, START, after=after, limit=2)
        found += [message.id for message in queue.got]
        if (after := done.next) is None:
            break
    assert sorted(message.id for message in whole.got) == sorted(found)


async def test_an_order_in_which_an_accusation_concerns_the_unit_is_withheld_on_replay(desk: Any) -> None:
    await desk.standing()
    await lived(desk, "r4")
    await lived(desk, "r5")
    accused = ap.AppealClassified(
        **{**_verdict(), "type": AppealType.REPORT, "accused_unit": UNIT},
    )
    await desk.tell("r4", Service.CLASSIFIER, accused)
    queue, done = await replayed(desk, START)
    assert {"r5"} == {body["subject"] for body in queue.bodies()}
    assert (1, 1) == (done.orders, done.withheld)
    assert "barred" in desk.types("r4")


async def test_another_unit_s_messages_are_not_sent(desk: Any) -> None:
    await desk.standing()
    await lived(desk, "r6")
    queue, done = await replayed(desk, START, unit="gas-company")
    assert ([], 0) == (queue.got, done.messages)


async def test_the_door_is_the_operator_s_alone_and_sends_units_over_http_to_their_list(desk: Any) -> None:
    body = {"since": START.isoformat()}
    refused = await desk.http.post("/units/water-group/replay", json=body, headers=desk.token(Role.DUTY_OFFICER))
    assert 403 == refused.status_code
    headers = desk.token(Role.OPERATOR)
    told = await desk.http.post("/units/water-group/replay", json=body, headers=headers)
    assert (409, "unit-over-http") == (told.status_code, told.json()["type"].rsplit(":", 1)[-1])
    unknown = await desk.http.post("/units/no-such-unit/replay", json=body, headers=headers)
    assert 404 == unknown.status_code
    naive = await desk.http.post("/units/water-group/replay", json={"since": "2026-03-02"}, headers=headers)
    assert 422 == naive.status_code


def _verdict() -> dict[str, Any]:
    return {
        "topic": "water.supply.outage",
        "units": (ap.UnitScore(unit=UNIT, score=0.9),),
        "urgency": Urgency.NORMAL,
        "hazard": False,
        "emergency_lines": (),
        "work_order_follows": True,
    }
