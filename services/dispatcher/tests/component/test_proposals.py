"""Proposed repeats through the doors: found, shown with reasons, merged or dismissed by a person, never by itself."""

from datetime import timedelta
from typing import Any

from contracts.events import appeal as ap
from contracts.words import Outcome, Role, Service

TEXT = "建设路阳光小区三号楼从昨天晚上开始停水，物业说不知道原因，家里有老人，希望尽快恢复供水"
OTHER = "请问社保卡丢了去哪里补办，需要带什么材料，多长时间能办好"


async def listed(desk: Any, path: str = "/repeats", role: Role = Role.DUTY_OFFICER) -> list[dict[str, Any]]:
    await desk.search.catch_up(timedelta())
    answer = await desk.http.get(path, headers=desk.token(role))
    assert answer.status_code == 200
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_repeat_is_proposed_with_reasons_and_merged_by_nobody_but_a_person(desk: Any) -> None:
    await desk.standing()
    first = await desk.appeal("r1", TEXT, caller_ref="anna")
    await desk.appeal("r2", OTHER, topic="social.card", caller_ref="carl")
    again = await desk.appeal("r3", TEXT + "！", caller_ref="berta")
    (pair,) = await listed(desk)
    assert (pair["repeat"]["number"], pair["main"]["number"]) == (again, first)
    assert list(pair["reasons"])[:2] == ["text", "topic"]
    assert (await desk.order("r3"))["state"] == "DISPATCHED"
    assert [one["main"]["number"] for one in await listed(desk, f"/work-orders/{again}/repeats")] == [first]
    refused = await desk.http.get("/repeats", headers=desk.token(Role.REVIEWER))
    assert refused.status_code == 403


async def test_what_was_merged_dismissed_or_closed_is_proposed_no_more(desk: Any) -> None:
    await desk.standing()
    for nth in range(5):
        await desk.appeal(f"r{nth}", TEXT, caller_ref="anna")
    pairs = {(one["repeat"]["subject"], one["main"]["subject"]) for one in await listed(desk)}
    assert len(pairs) == 10
    dismissed = await desk.centre("/repeats/r4~r3/dismissal")
    assert dismissed.status_code == 200
    assert (await desk.centre("/repeats/r9~r8/dismissal")).status_code == 404
    assert (await desk.centre("/work-orders/r1/merge", {"parent": "r0"})).status_code == 200
    await desk.later(timedelta(seconds=1))
    await desk.tell("r2", Service.REVISIT, ap.AppealClosed(outcome=Outcome.RESOLVED))
    left = {(one["repeat"]["subject"], one["main"]["subject"]) for one in await listed(desk)}
    assert left == {("r3", "r0"), ("r4", "r0")}


async def test_a_later_repeat_is_proposed_for_the_main_order_of_what_it_resembles(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("r0", "道路塌陷出现大坑，车辆无法通行", topic="road.damage", caller_ref="anna")
    await desk.appeal("r1", TEXT, caller_ref="berta")
    assert (await desk.centre("/work-orders/r1/merge", {"parent": "r0"})).status_code == 200
    await desk.appeal("r2", TEXT, caller_ref="carl")
    assert [(one["repeat"]["subject"], one["main"]["subject"]) for one in await listed(desk)] == [("r2", "r0")]


async def test_an_accusation_is_not_proposed_for_an_order_that_accuses_nobody(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("r0", TEXT)
    await desk.appeal("r1", TEXT, form_accused="water-group")
    assert await listed(desk) == []


async def test_who_recused_from_one_of_the_two_does_not_see_the_pair(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("r0", TEXT)
    await desk.appeal("r1", TEXT)
    assert len(await listed(desk)) == 1
    assert (await desk.centre("/work-orders/r0/recusal", {"reason": "亲属"})).status_code == 200
    assert await listed(desk) == []


async def test_the_same_registration_leaves_one_trace_and_one_proposal(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("r0", TEXT)
    await desk.appeal("r1", TEXT)
    assert len(await listed(desk)) == 1
    compared = await desk.store.collection("traces").find({}).to_list(None)
    assert await desk.store.collection("traces_waiting").count_documents({}) == 0
    # As a crash between the two writes leaves it: compared, and still waiting.
    await desk.store.collection("traces_waiting").insert_many([{**row, "since": desk.clock.now()} for row in compared])
    assert len(await listed(desk)) == 1
    assert await desk.store.collection("traces_waiting").count_documents({}) == 0
    assert await desk.store.collection("traces").count_documents({}) == 2


async def test_the_desk_shows_both_sides_and_merges_at_a_button(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("r0", TEXT, caller_ref="anna")
    await desk.appeal("r1", TEXT, caller_ref="anna")
    head = {**desk.token(Role.DUTY_OFFICER), "Accept": "text/html"}
    await desk.search.catch_up(timedelta())
    shown = (await desk.http.get("/desk/repeats", headers=head)).text
    assert "同一诉求人" in shown
    assert 'hx-post="/desk/repeats/r1~r0/merge"' in shown.replace("%7E", "~")
    done = await desk.http.post("/desk/repeats/r1~r0/merge", data={"key": "k1"}, headers=head)
    await desk.quiet()
    assert "没有疑似重复的诉求" in done.text
    await desk.later(timedelta(seconds=1))
    assert [one["subject"] for one in (await desk.order("r0"))["repeats"]] == ["r1"]
    undone = await desk.http.post("/desk/orders/r1/unmerge", data={"key": "k2", "reason": "不同"}, headers=head)
    assert "已办" in undone.text


async def test_every_query_of_the_search_follows_an_index(desk: Any) -> None:
    now = desk.clock.now()
    for name, where in (
        ("traces", {"keys": {"$in": ["c:anna", "c:berta"]}}),
        ("traces_waiting", {"since": {"$lte": now}}),
        ("repeat_proposals", {"waits": {"$gt": ""}}),
    ):
        plan = await desk.store.collection(name).find(where).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]), where
