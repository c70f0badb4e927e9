"""The supervision board as a page and as a stream."""

import asyncio
from typing import Any

from contracts.words import Role
from sla_monitor.board_feed import BoardFeed

PAGE = {"headers": {"accept": "text/html"}}


async def test_the_board_shows_what_is_due_today_and_what_is_overdue_per_unit(monitor: Any) -> None:
    number = await monitor.order("a1")
    await monitor.order("a2", "heating-group")
    page = (await monitor.get("/desk/deadlines", **PAGE)).text
    assert page.count(f'href="/desk/deadlines/{number}"') == 1
    assert "今日到期" in page
    assert ">水务集团</a>" in page
    assert ">heating-group</a>" in page
    await monitor.until("2026-03-02 14:00")
    overdue = (await monitor.get("/desk/deadlines?view=overdue&unit=heating-group&lang=en", **PAGE)).text
    assert f'href="/desk/deadlines/{number}"' not in overdue
    assert "Confirm receipt" in overdue


async def test_one_click_shows_why_and_a_supervisor_acts_on_the_same_page(monitor: Any) -> None:
    number = await monitor.order("b1")
    why = await monitor.get(f"/desk/deadlines/{number}/why", params={"deadline": "receipt/unit/water-group/1/1"})
    assert "2小时" in why.text or "2个工作小时" in why.text
    page = await monitor.get(f"/desk/deadlines/{number}", **PAGE)
    assert "发起督办" in page.text
    assert "发起督办" not in (await monitor.get(f"/desk/deadlines/{number}", Role.DUTY_OFFICER, **PAGE)).text
    form = {"key": "k1", "unit": "water-group", "kind": "WRITTEN", "reason": "逾期"}
    done = await monitor.http.post(
        f"/desk/deadlines/{number}/supervisions", data=form, headers=monitor.token(Role.SUPERVISOR)
    )
    assert f"DB{number}01" in done.text
    refused = await monitor.http.post(
        f"/desk/deadlines/{number}/supervisions", data={**form, "key": "k2"}, headers=monitor.token(Role.SUPERVISOR)
    )
    assert "同类督办尚未解除" in refused.text
    lifting = {"key": "k3", "supervision": f"DB{number}01", "reason": "办结"}
    lifted = await monitor.http.post(
        f"/desk/deadlines/{number}/liftings", data=lifting, headers=monitor.token(Role.SUPERVISOR)
    )
    assert "已解除" in lifted.text


async def test_the_board_opens_to_supervisors_and_duty_officers_alone(monitor: Any) -> None:
    for role in (Role.AGENT, Role.CITIZEN, Role.LEADER, Role.OPERATOR):
        for path in ("/desk/deadlines", "/desk/deadlines/events", "/desk/deadlines/1"):
            assert (await monitor.get(path, role)).status_code == 403


async def test_a_listener_hears_of_a_change_and_of_nothing_else(monitor: Any) -> None:
    from sla_monitor.store import StoredBoard

    feed = BoardFeed(StoredBoard(monitor.cases), every_seconds=0.02)
    await feed.start()
    stream = feed.events()
    try:
        first = await asyncio.wait_for(anext(stream), 5)
        assert first.startswith("event: changed")
        following = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.2)
        assert not following.done()
        await monitor.order("c1")
        second = await asyncio.wait_for(following, 5)
        assert second.startswith("event: changed")
        assert second != first
    finally:
        await stream.aclose()
        await feed.stop()
