"""Deadlines, urges and supervisions through the monitor's doors, on a clock that tests move."""

import asyncio
from typing import Any

from contracts.events import appeal as ap
from contracts.events import work_order as wo
from contracts.words import Outcome

UNIT = "water-group"


async def test_a_missed_deadline_is_urged_and_an_ignored_urge_is_supervised(monitor: Any) -> None:
    number = await monitor.order("a1")
    await monitor.tell("a1", wo.Received(unit=UNIT, round=1, by="w"))
    await monitor.tell("a1", wo.Contacted(unit=UNIT, round=1, by="w", method="phone", result="ok"))
    await monitor.until("2026-03-09 17:29")
    assert "deadline.breached" not in monitor.types("a1")
    await monitor.until("2026-03-10 09:00")
    assert monitor.types("a1").count("urge.issued") == 1
    row = await monitor.row(number)
    assert (row["overdue"], row["urged"]) == (True, True)
    assert "supervised" not in row
    await monitor.until("2026-03-12 09:00")
    assert monitor.types("a1", "supervision") == ["supervision.opened"]
    listed = (await monitor.get("/supervisions", params={"unit": UNIT})).json()["items"]
    assert [(one["number"], one["supervisions"]) for one in listed] == [(number, [f"DB{number}01"])]


async def test_a_timer_that_two_monitors_see_fires_once(two_monitors: Any) -> None:
    monitor = two_monitors
    for nth in range(5):
        await monitor.order(f"b{nth}")
    monitor.clock.advance_to(await monitor.cases.wakes.next_wake())
    for _ in range(4):
        await asyncio.gather(*(one.built.documents[0].wakes.fire() for one in monitor.monitors))
    stored = [[fact.type for fact in (await monitor.cases.load(f"b{nth}")).facts] for nth in range(5)]
    assert [types.count("deadline.warned") for types in stored] == [1] * 5
    sequences = [
        [fact.sequence for fact in (await monitor.cases.load(f"b{nth}")).facts if fact.type.startswith("deadline")]
        for nth in range(5)
    ]
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in sequences)


async def test_a_taken_back_order_leaves_the_units_clock_stopped_and_the_citizens_running(monitor: Any) -> None:
    number = await monitor.order("c1")
    before = {(one["kind"], one["clock"]) for one in (await monitor.row(number))["open"]}
    assert ("resolve", "unit") in before
    await monitor.tell("c1", wo.Recalled(unit=UNIT, round=1, reason="wrong unit"))
    after = {(one["kind"], one["clock"]) for one in (await monitor.row(number))["open"]}
    assert {clock for _, clock in after} == {"citizen"}


async def test_a_reply_under_review_is_held_and_a_closed_appeal_has_nothing_open(monitor: Any) -> None:
    number = await monitor.order("d1")
    await monitor.tell("d1", wo.Received(unit=UNIT, round=1, by="w"))
    await monitor.tell("d1", wo.Replied(unit=UNIT, round=1, number=1, public_text="p", signer="s", by="w"))
    row = await monitor.row(number)
    states = {one["state"] for one in row["open"] if (one["kind"], one["clock"]) == ("resolve", "unit")}
    assert states == {"held"}
    await monitor.tell("d1", ap.AppealClosed(outcome=Outcome.WITHDRAWN))
    row = await monitor.row(number)
    assert (row["open"], "due" in row, "until" in row) == ([], False, False)


async def test_every_clock_explains_itself(monitor: Any) -> None:
    number = await monitor.order("e1")
    answer = await monitor.get(f"/deadlines/{number}")
    assert answer.status_code == 200
    resolve = next(one for one in answer.json()["items"] if one["deadline"].startswith("resolve/unit"))
    assert resolve["due"] == "2026-03-09T09:30:00Z"
    assert "Mon 9 Mar 2026 17:30" in resolve["steps"][-1]["en"]
    assert (await monitor.get("/deadlines/410400000000000000000")).status_code == 404
