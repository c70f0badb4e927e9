"""Returns, extensions, deadlines, submissions and the guard, through the doors."""

from datetime import timedelta
from typing import Any

from contracts.events import appeal as ap
from contracts.events import deadline as dl
from contracts.events import ladder
from contracts.words import AppealType, Clock, DeadlineKind, Outcome, Role, Service, Urgency


async def received(desk: Any, subject: str, **verdict: Any) -> str:
    """An order that its unit has in hand."""
    await desk.standing()
    number: str = await desk.appeal(subject, **verdict)
    assert (await desk.unit(number, "confirm_receipt")).status_code == 200
    return number


async def test_an_accepted_return_moves_the_order_and_the_third_unit_is_designated(desk: Any) -> None:
    number = await received(desk, "r1")
    await desk.unit(number, "request_return", ground="不属本单位职责", proposed_unit="urban-management")
    path = f"/work-orders/{number}/return-decision"
    moved = await desk.centre(path, {"number": 1, "accepted": True, "to_unit": "urban-management"})
    assert moved.status_code == 200
    assert (await desk.unit(number, "reply", public_text="x", signer="x")).json()["code"] == "not_your_order"
    assert [m["type"] for m in await desk.messages()] == ["assignment", "return_decided", "recalled"]
    await desk.unit(number, "confirm_receipt", unit="urban-management")
    await desk.unit(number, "request_return", unit="urban-management", ground="不属本单位职责")
    await desk.centre(path, {"number": 1, "accepted": True, "to_unit": "transport-bureau"})
    await desk.unit(number, "confirm_receipt", unit="transport-bureau")
    third = await desk.unit(number, "request_return", unit="transport-bureau", ground="也不是")
    assert (third.status_code, third.json()["code"]) == (409, "designated")


async def test_an_accepted_return_without_a_new_unit_waits_for_a_signature_with_the_proposal(desk: Any) -> None:
    number = await received(desk, "r2")
    await desk.unit(number, "request_return", ground="不属本单位职责", proposed_unit="urban-management")
    await desk.centre(f"/work-orders/{number}/return-decision", {"accepted": True})
    order = await desk.order(number)
    assert (order["state"], order["proposed_unit"], order["desks"]) == (
        "AWAITING_SIGNATURE", "urban-management", ["signature"],
    )  # fmt: skip
    await desk.centre(f"/work-orders/{number}/signature")
    assert [m["type"] for m in await desk.messages("urban-management")] == ["assignment"]


async def test_a_third_extension_and_one_after_the_due_time_are_refused(desk: Any) -> None:
    number = await received(desk, "e1")
    await desk.due("e1", DeadlineKind.RESOLVE, "water-group", desk.clock.now() + timedelta(days=5))
    for _ in range(2):
        asked = await desk.unit(number, "request_extension", working_days=2, reason="案情复杂")
        assert asked.status_code == 200
        assert (await desk.centre(f"/work-orders/{number}/extension-decision", {"granted": True})).status_code == 200
    third = await desk.unit(number, "request_extension", working_days=2, reason="案情复杂")
    assert third.json()["code"] == "third_extension"
    await desk.later(timedelta(days=6))
    late = await desk.unit(number, "request_extension", working_days=2, reason="案情复杂", special=True)
    assert late.json()["code"] == "extension_after_due"


async def test_an_extension_that_nobody_decided_is_refused_at_the_due_instant(desk: Any) -> None:
    number = await received(desk, "e2")
    due = desk.clock.now() + timedelta(days=5)
    await desk.due("e2", DeadlineKind.RESOLVE, "water-group", due)
    await desk.unit(number, "request_extension", working_days=2, reason="案情复杂")
    await desk.later(timedelta(days=5))
    decided = next(fact for fact in desk.heard if fact.type == "work_order.extension_decided")
    assert (decided.data.granted, decided.data.by, decided.time) == (False, "system", due)
    assert [m["type"] for m in await desk.messages()] == ["assignment", "deadline", "extension_decided"]


async def test_a_missed_receipt_counts_as_received_and_urges_reach_the_unit(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("d1")
    due = desk.clock.now() + timedelta(hours=2)
    breach = dl.DeadlineBreached(
        deadline="d", kind=DeadlineKind.RECEIPT, clock=Clock.UNIT, unit="water-group", round=1, number=1, due=due
    )
    await desk.tell("d1", Service.SLA_MONITOR, breach)
    urge = ladder.UrgeIssued(
        urge="CB1", unit="water-group", round=1, number=1, kind=DeadlineKind.RECEIPT, deadline="d", reply_due=due
    )
    await desk.tell("d1", Service.SLA_MONITOR, urge)
    assert desk.types("d1")[-1] == "deemed_received"
    assert [m["type"] for m in await desk.messages()] == ["assignment", "deemed_received", "urge"]
    assert (await desk.unit(number, "answer_urge", urge="CB1", text="已派人")).status_code == 200
    assert (await desk.unit(number, "answer_urge", urge="CB1", text="已派人")).json()["code"] == "already_answered"


async def test_a_breach_of_an_order_that_was_received_changes_nothing(desk: Any) -> None:
    await received(desk, "d2")
    breach = dl.DeadlineBreached(
        deadline="d", kind=DeadlineKind.RECEIPT, clock=Clock.UNIT, unit="water-group", round=1, number=1,
        due=desk.clock.now(),
    )  # fmt: skip
    await desk.tell("d2", Service.SLA_MONITOR, breach)
    assert "deemed_received" not in desk.types("d2")


async def test_an_accusation_goes_to_the_supervision_office_and_no_path_leads_to_the_accused(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("g1", "举报车管所工作人员收红包", accused_unit="traffic-police", topic="traffic.licence")
    assert [m["type"] for m in await desk.messages("supervision-office")] == ["assignment"]
    for barred in ("traffic-police", "public-security"):
        refused = await desk.centre(f"/work-orders/{number}/designation", {"unit": barred})
        assert (refused.status_code, refused.json()["code"]) == (409, "accused_unit")
        assert await desk.messages(barred) == []
        seen = await desk.http.get(
            f"/units/{barred}/work-orders/{number}", headers=desk.token(Role.UNIT_HEAD, unit=barred)
        )
        assert seen.status_code == 404


async def test_an_accusation_found_after_dispatch_takes_the_order_away_from_the_accused(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("g2")
    verdict = next(fact for fact in [*desk.heard] if fact.type == "work_order.dispatched").data
    assert verdict.unit == "water-group"
    assert ["assignment"] == [m["type"] for m in await desk.messages()]
    again = ap.AppealClassified(
        type=AppealType.REPORT, topic="water.supply", units=(), urgency=Urgency.NORMAL, hazard=False,
        emergency_lines=(),
        work_order_follows=True, accused_unit="water-group",
    )  # fmt: skip
    await desk.tell("g2", Service.CLASSIFIER, again)
    assert desk.types("g2") == ["signed", "dispatched", "recalled", "signed", "dispatched", "units_barred"]
    # It had read the assignment: it learns that the order is gone, and reads nothing else of it any more.
    for after in (1, 0):
        told = [(m["type"], m["reason"]) for m in await desk.messages(after=after)]
        assert told == [("recalled", "recalled by the centre")]
    assert [m["type"] for m in await desk.messages("supervision-office")] == ["assignment"]


async def test_a_major_event_is_submitted_and_the_leader_s_instruction_dispatches_it(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal(
        "m1", "燃气爆炸多人受伤", hazard=True, emergency_lines=("119", "120"), urgency=Urgency.EMERGENCY
    )
    assert desk.types("m1") == ["submitted", "awaiting_signature"]
    due = (desk.clock.now() + timedelta(days=1)).isoformat()
    body = {"text": "立即处置", "unit": "emergency-management", "due": due, "staff_on_site": True}
    assert (await desk.centre(f"/work-orders/{number}/instruction", body, Role.LEADER)).status_code == 200
    assert desk.types("m1")[2:] == ["instructed", "signed", "dispatched"]
    assert [m["mode"] for m in await desk.messages("emergency-management")] == ["SUBMIT"]


async def test_joint_handling_is_closed_by_the_lead_unit(desk: Any) -> None:
    number = await desk.appeal("j1")
    await desk.centre(f"/work-orders/{number}/signature", {"co_units": ["urban-management", "fire-bureau"]})
    for unit in ("water-group", "urban-management"):
        await desk.unit(number, "confirm_receipt", unit=unit)
        await desk.unit(number, "reply", unit=unit, public_text="已处理", signer="甲")
    path = f"/work-orders/{number}/review"
    alone = await desk.centre(path, {**desk.approval, "unit": "urban-management"}, Role.REVIEWER)
    assert alone.json()["code"] == "lead_closes"
    assert (await desk.centre(path, desk.approval, Role.REVIEWER)).status_code == 200
    assert desk.types("j1")[-3:] == ["approved", "approved", "recalled"]


async def test_a_merged_order_leaves_its_unit_and_comes_back_when_unmerged(desk: Any) -> None:
    await desk.standing()
    parent = await desk.appeal("p1")
    child = await desk.appeal("p2")
    assert (await desk.centre(f"/work-orders/{child}/merge", {"parent": parent})).status_code == 200
    assert (await desk.order(child))["state"] == "MERGED"
    assert (await desk.unit(child, "confirm_receipt")).json()["code"] == "not_your_order"
    assert (await desk.centre(f"/work-orders/{child}/unmerge")).status_code == 200
    assert (await desk.order(child))["proposed_unit"] == "water-group"


async def test_a_withdrawn_appeal_is_recalled_and_a_closed_one_takes_no_more_commands(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("w1")
    await desk.tell("w1", Service.INTAKE, ap.AppealWithdrawn(reason="已解决"))
    assert desk.types("w1")[-1] == "recalled"
    number = await desk.appeal("w2")
    await desk.unit(number, "confirm_receipt")
    await desk.tell("w2", Service.REVISIT, ap.AppealClosed(outcome=Outcome.RESOLVED))
    assert (await desk.unit(number, "reply", public_text="x", signer="x")).json()["code"] == "closed"


async def test_a_unit_sees_its_own_orders_by_due_and_nobody_else_s(desk: Any) -> None:
    await desk.standing()
    for at, subject in enumerate(("l1", "l2", "l3")):
        await desk.appeal(subject)
        due = desk.clock.now() + timedelta(days=9 - at)
        await desk.due(subject, DeadlineKind.RESOLVE, "water-group", due)
    head = desk.token(Role.UNIT_HANDLER, unit="water-group")
    first = (await desk.http.get("/units/water-group/work-orders?limit=2", headers=head)).json()
    rest = await desk.http.get("/units/water-group/work-orders", params={"cursor": first["next"]}, headers=head)
    assert [item["subject"] for item in [*first["items"], *rest.json()["items"]]] == ["l3", "l2", "l1"]
    other = await desk.http.get("/units/gas-company/work-orders", headers=head)
    assert other.status_code == 403
    assert (await desk.http.get("/units")).json()["items"][0]["phone"] == "0375-2600100"
    assert (await desk.http.get("/units?format=csv")).text.splitlines()[1].startswith("water-group,")
