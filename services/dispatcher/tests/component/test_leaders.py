"""Leaders' matters: brief, instruction, mandated meeting, staff on site, special report; major events."""

from datetime import timedelta
from typing import Any

from contracts.words import Role, Urgency


async def _submitted(desk: Any, subject: str, **verdict: Any) -> str:
    number: str = await desk.appeal(subject, **verdict)
    body = {"leader": "vice-mayor", "brief": "多次停水", "reason": "影响面大"}
    assert (await desk.centre(f"/work-orders/{number}/submission", body)).status_code == 200
    return number


async def test_an_instruction_with_its_own_date_assigns_the_unit(desk: Any) -> None:
    number = await _submitted(desk, "l1")
    due = (desk.clock.now() + timedelta(days=2)).isoformat()
    body = {"text": "请水务集团限期解决", "unit": "water-group", "due": due}
    assert (await desk.centre(f"/work-orders/{number}/instruction", body, Role.LEADER)).status_code == 200
    assert desk.types("l1") == ["awaiting_signature", "submitted", "instructed", "signed", "dispatched"]


async def test_a_mandated_meeting_is_held_before_anybody_is_assigned_and_its_decision_assigns(desk: Any) -> None:
    number = await _submitted(desk, "l2")
    body = {"text": "请市政府办召集协调", "convener": "市政府办公室"}
    await desk.centre(f"/work-orders/{number}/instruction", body, Role.LEADER)
    assert desk.types("l2")[-1] == "instructed"
    assert "meeting" in (await desk.order(number))["desks"]
    held = {
        "attendees": ["water-group", "housing-construction", "市政府办公室"],
        "decisions": ["由水务集团更换主管道", "住建局协助开挖"],
        "held_at": desk.clock.now().isoformat(),
        "unit": "water-group",
        "co_units": ["housing-construction"],
    }
    assert (await desk.centre(f"/work-orders/{number}/meeting", held, Role.SUPERVISOR)).status_code == 200
    assert desk.types("l2")[-4:] == ["coordination_met", "signed", "dispatched", "dispatched"]
    met = next(fact.data for fact in desk.heard if fact.type == "work_order.coordination_met")
    assert (met.mandate, met.convener, len(met.decisions)) == ("请市政府办召集协调", "市政府办公室", 2)
    assert "meeting" not in (await desk.order(number))["desks"]
    page = await desk.http.get("/desk/orders/l2", headers={**desk.token(Role.LEADER), "Accept": "text/html"})
    assert "由水务集团更换主管道" in page.text
    of_unit = await desk.http.get(
        f"/units/water-group/work-orders/{number}", headers=desk.token(Role.UNIT_HANDLER, unit="water-group")
    )
    assert "更换主管道" not in of_unit.text


async def test_no_meeting_without_a_mandate_none_in_the_future_and_none_with_the_accused(desk: Any) -> None:
    number = await _submitted(desk, "l3", accused_unit="traffic-police")
    now = desk.clock.now()
    held = {"attendees": ["市政府办公室"], "decisions": ["无"], "held_at": now.isoformat()}

    async def code(**more: Any) -> str:
        answer = await desk.centre(f"/work-orders/{number}/meeting", {**held, **more})
        found: str = answer.json().get("code", "accepted")
        return found

    assert await code() == "no_mandate"
    await desk.centre(f"/work-orders/{number}/instruction", {"text": "开会", "convener": "办公室"}, Role.LEADER)
    assert await code(held_at=(now + timedelta(hours=1)).isoformat()) == "date_in_the_future"
    assert await code(attendees=["public-security"]) == "accused_unit"
    assert await code(unit="traffic-police") == "accused_unit"
    assert await code() == "accepted"
    assert desk.types("l3").count("barred") == 2


async def test_a_major_event_is_on_its_list_until_staff_were_sent_and_the_leaders_were_told(desk: Any) -> None:
    lines = ("119", "120")
    number = await desk.appeal("l4", hazard=True, emergency_lines=lines, urgency=Urgency.EMERGENCY)
    assert desk.types("l4") == ["submitted", "awaiting_signature"]
    assert {"major", "leader", "signature"} <= set((await desk.order(number))["desks"])
    sent = {"staff": ["带班副主任"], "reason": "火灾并有人受伤", "member_units": ["fire-bureau"]}
    assert (await desk.centre(f"/work-orders/{number}/staff-on-site", sent)).status_code == 200
    visit = {"found": "明火已扑灭", "visited_at": desk.clock.now().isoformat()}
    assert (await desk.centre(f"/work-orders/{number}/site-visit", visit)).status_code == 200
    report = {"leader": "vice-mayor", "text": "现场情况汇报", "advice": "转燃气公司排查"}
    assert (await desk.centre(f"/work-orders/{number}/special-report", report)).status_code == 200
    assert (await desk.centre(f"/work-orders/{number}/signature", {"unit": "gas-company"})).status_code == 200
    assert desk.types("l4")[2:] == ["staff_sent", "site_visited", "specially_reported", "signed", "dispatched"]
    assert "major" not in (await desk.order(number))["desks"]


async def test_joint_handling_records_the_site_visit_of_a_unit_and_a_plain_order_refuses_one(desk: Any) -> None:
    visit = {"found": "管道破裂", "visited_at": desk.clock.now().isoformat()}
    plain = await desk.appeal("l5")
    await desk.centre(f"/work-orders/{plain}/signature")
    await desk.unit(plain, "confirm_receipt")
    assert (await desk.unit(plain, "record_site_visit", **visit)).json()["code"] == "nobody_sent"
    joint = await desk.appeal("l6")
    await desk.centre(f"/work-orders/{joint}/signature", {"co_units": ["housing-construction"]})
    await desk.unit(joint, "confirm_receipt")
    assert (await desk.unit(joint, "record_site_visit", **visit)).status_code == 200
    future = {**visit, "visited_at": (desk.clock.now() + timedelta(days=1)).isoformat()}
    assert (await desk.unit(joint, "record_site_visit", **future)).json()["code"] == "date_in_the_future"
