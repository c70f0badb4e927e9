"""Merged orders from end to end: joined, told, let go, ended; each order in its own document."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from contracts.events import appeal as ap
from contracts.events import revisit as rv
from contracts.events import work_order as wo
from contracts.words import Outcome, Role, Service

SOON = timedelta(seconds=2)


async def merged(desk: Any, child: str, parent: str) -> None:
    answer = await desk.centre(f"/work-orders/{child}/merge", {"parent": parent})
    assert answer.status_code == 200, answer.json()
    await desk.later(SOON)


async def answered(desk: Any, order: str, text: str = "已修好") -> None:
    await desk.unit(order, "confirm_receipt", key=f"{order}-receipt")
    await desk.unit(order, "reply", public_text=text, signer="甲", key=f"{order}-reply")
    assert (await desk.centre(f"/work-orders/{order}/review", desk.approval, Role.REVIEWER)).status_code == 200
    await desk.later(SOON)


def said(desk: Any, subject: str, event: type[Any]) -> list[Any]:
    return [fact.data for fact in desk.heard if fact.subject == subject and isinstance(fact.data, event)]


async def test_the_main_order_knows_its_repeats_and_its_unit_reads_their_words(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("p1")
    number = await desk.appeal("c1", "三号楼也停水", caller_ref="anna")
    await merged(desk, "c1", "p1")
    (joined,) = said(desk, "p1", wo.RepeatJoined)
    assert (joined.repeat, joined.number, joined.caller_ref, joined.merge) == ("c1", number, "anna", 1)
    supplements = [one["text_masked"] for one in await desk.messages() if one["type"] == "supplement"]
    assert supplements == ["三号楼也停水"]


async def test_the_caller_of_a_repeat_is_told_the_main_orders_words_and_its_end(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("p1", caller_ref="anna")
    await desk.appeal("c1", caller_ref="anna")
    await merged(desk, "c1", "p1")
    await desk.unit("p1", "confirm_receipt")
    await desk.unit("p1", "interim_reply", public_text="正在抢修")
    await answered(desk, "p1")
    await desk.appeal("c2", caller_ref="berta")
    await merged(desk, "c2", "p1")
    told = {
        one: [(w.public_text, w.interim, w.same_caller) for w in said(desk, one, wo.MainReplied)]
        for one in ("c1", "c2")
    }
    assert told == {
        "c1": [("正在抢修", True, True), ("已修好", False, True)],
        "c2": [("正在抢修", True, False), ("已修好", False, False)],
    }
    await desk.tell("p1", Service.REVISIT, ap.AppealClosed(outcome=Outcome.RESOLVED))
    for one in ("c1", "c2"):
        assert [end.outcome for end in said(desk, one, wo.MainClosed)] == [Outcome.RESOLVED]


async def test_an_unmerged_order_has_left_its_main_order_and_may_join_again(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("p1")
    await desk.appeal("c1")
    await merged(desk, "c1", "p1")
    assert (await desk.centre("/work-orders/c1/unmerge")).status_code == 200
    await desk.later(SOON)
    assert [one.merge for one in said(desk, "p1", wo.RepeatLeft)] == [1]
    await merged(desk, "c1", "p1")
    assert [one.merge for one in said(desk, "p1", wo.RepeatJoined)] == [1, 2]
    await answered(desk, "p1")
    assert len(said(desk, "c1", wo.MainReplied)) == 1
    refused = await desk.centre("/work-orders/c1/unmerge")
    assert refused.json()["code"] == "main_replied"


async def test_a_main_order_that_ends_without_a_result_lets_its_repeats_go(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("p1")
    await desk.appeal("c1")
    await merged(desk, "c1", "p1")
    await desk.tell("p1", Service.INTAKE, ap.AppealWithdrawn())
    await desk.tell("p1", Service.REVISIT, ap.AppealClosed(outcome=Outcome.WITHDRAWN))
    order = await desk.order("c1")
    assert (order["state"], order["merged_into"], order["reason"]) == (
        "AWAITING_SIGNATURE", None, "main ended without a result",
    )  # fmt: skip
    assert len(said(desk, "p1", wo.RepeatLeft)) == 1


async def test_a_redo_after_the_callers_visit_is_done_under_the_repeats_own_number(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("p1", caller_ref="anna")
    await desk.appeal("c1", caller_ref="berta")
    await merged(desk, "c1", "p1")
    await answered(desk, "p1")
    redo = rv.RedoOrdered(unit="water-group", round=2, number="CH1", reasons=("x",), audited_by="auditor")
    await desk.tell("c1", Service.REVISIT, redo)
    order = await desk.order("c1")
    assert (order["state"], order["unit"], order["round"], order["merged_into"]) == (
        "DISPATCHED", "water-group", 2, None,
    )  # fmt: skip
    assert len(said(desk, "p1", wo.RepeatLeft)) == 1


async def test_an_order_with_repeats_or_an_answer_is_not_merged_and_an_accusation_only_with_its_like(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("p1")
    await desk.appeal("p2")
    await desk.appeal("c1")
    await merged(desk, "c1", "p1")
    refused = await desk.centre("/work-orders/p1/merge", {"parent": "p2"})
    assert refused.json()["code"] == "has_repeats"
    await desk.appeal("a1", form_accused="urban-management")
    refused = await desk.centre("/work-orders/a1/merge", {"parent": "p2"})
    assert refused.json()["code"] == "accused_unit"
    await desk.appeal("a2", form_accused="urban-management")
    await merged(desk, "a2", "a1")
    assert [one.repeat for one in said(desk, "a1", wo.RepeatJoined)] == ["a2"]


async def test_an_accusation_that_becomes_known_after_the_merge_is_looked_at_by_itself(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("p1")
    await desk.appeal("c1")
    await merged(desk, "c1", "p1")
    verdict = next(f.data for f in (await desk.orders.load("c1")).facts if isinstance(f.data, ap.AppealClassified))
    again = ap.AppealClassified(
        **{name: getattr(verdict, name) for name in verdict.__slots__ if name != "accused_unit"},
        accused_unit="water-group",
    )
    await desk.tell("c1", Service.CLASSIFIER, again)
    order = await desk.order("c1")
    assert (order["state"], order["merged_into"]) == ("AWAITING_SIGNATURE", None)
    signed = await desk.centre("/work-orders/c1/signature", {"unit": "water-group"})
    assert signed.json()["code"] == "accused_unit"
    assert len(said(desk, "p1", wo.RepeatLeft)) == 1


@pytest.mark.parametrize("stop_after", range(4))
async def test_a_crash_between_the_two_documents_is_made_good_by_the_timer(desk: Any, stop_after: int) -> None:
    """The process dies after so many of the writes that carry a merge over."""
    await desk.standing()
    await desk.appeal("p1")
    await answered(desk, "p1")
    await desk.appeal("c1")
    assert (await desk.centre("/work-orders/c1/merge", {"parent": "p1"})).status_code == 200
    change, left = desk.orders.change, stop_after

    async def dying(*args: Any, **more: Any) -> Any:
        nonlocal left
        if left == 0:
            raise RuntimeError("the process is gone")
        left -= 1
        return await change(*args, **more)

    desk.orders.change = dying
    with suppress(RuntimeError):
        await desk.later(SOON)
    desk.orders.change = change
    # The lease of the dead process has run out.
    await desk.orders.collection.update_many({}, {"$unset": {"woken_at": ""}})
    await desk.later(SOON)
    assert len(said(desk, "p1", wo.RepeatJoined)) == 1
    assert len(said(desk, "c1", wo.MainReplied)) == 1
