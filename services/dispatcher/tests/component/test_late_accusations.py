"""An accusation that becomes known when a unit has the order: who signs for the next unit, and who leads."""

from typing import Any

from contracts.events import appeal as ap
from contracts.events import revisit as rv
from contracts.words import AppealType, Channel, Role, Service, Urgency

REVOCATION = "/sign-offs/routine-2026/revocation"


def steps(desk: Any, subject: str) -> list[str]:
    """What happened to the order, without the fact by which other services know whom to keep out."""
    return [kind for kind in desk.types(subject) if kind != "units_barred"]


async def accused(desk: Any, subject: str, unit: str, accusation: str = "conduct") -> None:
    """The classifier's later word on an order that is with its unit."""
    verdict = ap.AppealClassified(
        type=AppealType.COMPLAINT, topic="water.supply.outage", units=(), urgency=Urgency.NORMAL, hazard=False,
        emergency_lines=(), work_order_follows=True, accused_unit=unit, accusation=accusation,
    )  # fmt: skip
    await desk.tell(subject, Service.CLASSIFIER, verdict)


async def joint(desk: Any, subject: str, *co_units: str) -> str:
    """An order that the water group leads."""
    number: str = await desk.appeal(subject)
    signed = await desk.centre(f"/work-orders/{number}/signature", {"unit": "water-group", "co_units": co_units})
    assert signed.status_code == 200
    return number


def signatures(desk: Any, subject: str) -> list[tuple[str, str | None]]:
    """Who signed, and under which standing sign-off."""
    signed = [fact.data for fact in desk.heard if fact.subject == subject and fact.type == "work_order.signed"]
    return [(one.unit, one.standing_sign_off) for one in signed]


async def test_retaliation_found_late_takes_its_own_lane_and_waits_for_a_person(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("la1")
    await accused(desk, "la1", "water-group", "retaliation")
    order = await desk.order(number)
    assert (order["state"], order["desks"], order["proposed_unit"]) == (
        "AWAITING_SIGNATURE", ["retaliation"], "supervision-office",
    )  # fmt: skip
    assert steps(desk, "la1") == ["signed", "dispatched", "recalled", "awaiting_signature"]
    assert await desk.messages("supervision-office") == []
    assert (await desk.centre(f"/work-orders/{number}/signature")).status_code == 200
    assert [m["type"] for m in await desk.messages("supervision-office")] == ["assignment"]


async def test_a_revoked_sign_off_signs_no_order_that_the_guard_moves(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("la2")
    await desk.centre(REVOCATION)
    await accused(desk, "la2", "water-group")
    order = await desk.order(number)
    assert (order["state"], order["desks"]) == ("AWAITING_SIGNATURE", ["signature"])
    assert (order["proposed_unit"], order["reason"]) == ("supervision-office", "no standing sign-off covers it")
    assert signatures(desk, "la2") == [("water-group", "routine-2026")]


async def test_the_officer_who_signed_for_the_accused_unit_has_not_signed_for_the_next(desk: Any) -> None:
    number = await joint(desk, "la3")
    await accused(desk, "la3", "water-group")
    assert signatures(desk, "la3") == [("water-group", None)]
    assert (await desk.order(number))["desks"] == ["signature"]


async def test_a_sign_off_in_force_forwards_it_in_its_own_name(desk: Any) -> None:
    number = await joint(desk, "la4")
    await desk.standing()
    await accused(desk, "la4", "water-group")
    assert signatures(desk, "la4") == [("water-group", None), ("supervision-office", "routine-2026")]
    assert (await desk.order(number))["unit"] == "supervision-office"


async def test_the_supervision_office_leads_where_it_helped_and_the_lead_is_accused(desk: Any) -> None:
    number = await joint(desk, "la5", "supervision-office", "gas-company")
    await desk.standing()
    await desk.unit(number, "confirm_receipt", unit="supervision-office")
    await accused(desk, "la5", "water-group")
    order = await desk.order(number)
    assert (order["unit"], order["state"]) == ("supervision-office", "DISPATCHED")
    parts = {one["unit"]: one["part"] for one in order["work"]}
    assert parts == {"gas-company": "co_unit", "supervision-office": "lead_unit"}
    office = await desk.messages("supervision-office")
    assert [(m["type"], m.get("part")) for m in office] == [
        ("assignment", "co_unit"), ("recalled", None), ("assignment", "lead_unit"),
    ]  # fmt: skip
    await desk.unit(number, "confirm_receipt", unit="supervision-office")
    await desk.unit(number, "reply", unit="supervision-office", public_text="已查实", signer="甲")
    reviewed = await desk.centre(f"/work-orders/{number}/review", desk.approval, Role.REVIEWER)
    assert reviewed.status_code == 200
    assert (await desk.order(number))["state"] == "RETURN_VISIT"


async def test_without_a_sign_off_the_officer_signs_for_the_helping_office_to_lead(desk: Any) -> None:
    number = await joint(desk, "la6", "supervision-office", "gas-company")
    await accused(desk, "la6", "water-group", "retaliation")
    assert (await desk.order(number))["desks"] == ["retaliation"]
    assert (await desk.centre(f"/work-orders/{number}/signature")).status_code == 200
    order = await desk.order(number)
    parts = {one["unit"]: one["part"] for one in order["work"]}
    assert parts == {"gas-company": "co_unit", "supervision-office": "lead_unit"}


async def test_after_an_approved_result_the_order_stays_with_the_return_visit(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("la7")
    await desk.unit(number, "confirm_receipt")
    await desk.unit(number, "reply", public_text="已处理", signer="甲")
    await desk.centre(f"/work-orders/{number}/review", desk.approval, Role.REVIEWER)
    await accused(desk, "la7", "water-group")
    assert ((await desk.order(number))["state"], steps(desk, "la7")[-1]) == ("RETURN_VISIT", "recalled")
    redo = rv.RedoOrdered(unit="water-group", round=2, number="CH1", audited_by="audit", reasons=("未查实",))
    await desk.tell("la7", Service.REVISIT, redo)
    order = await desk.order(number)
    assert (order["state"], order["unit"], order["round"]) == ("DISPATCHED", "supervision-office", 2)


CONDUCT = {"unit": "water-group", "accusation": "conduct", "reason": "来电人称抄表员收钱"}


async def test_an_officer_who_sees_what_the_machine_missed_makes_the_guard_hold(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("la8")
    told = await desk.centre(f"/work-orders/{number}/accusation", CONDUCT, Role.SUPERVISOR)
    assert told.status_code == 200
    assert steps(desk, "la8") == ["signed", "dispatched", "accused", "recalled", "signed", "dispatched"]
    assert (await desk.order(number))["unit"] == "supervision-office"
    assert await desk.messages() == []
    seen = await desk.http.get(
        f"/units/water-group/work-orders/{number}", headers=desk.token(Role.UNIT_HEAD, unit="water-group")
    )
    assert seen.status_code == 404
    back = await desk.centre(f"/work-orders/{number}/designation", {"unit": "water-group"})
    assert back.json()["code"] == "accused_unit"


async def test_an_officer_who_sees_retaliation_sends_it_to_its_own_lane(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("la9")
    body = {**CONDUCT, "accusation": "retaliation"}
    assert (await desk.centre(f"/work-orders/{number}/accusation", body)).status_code == 200
    assert (await desk.order(number))["desks"] == ["retaliation"]


async def test_an_accusation_is_found_once_for_a_known_unit_by_the_centre_s_offices_before_the_end(desk: Any) -> None:
    number = await desk.appeal("la10")
    path = f"/work-orders/{number}/accusation"
    assert (await desk.centre(path, {**CONDUCT, "unit": "nobody-known"})).json()["code"] == "unknown_unit"
    assert (await desk.centre(path, CONDUCT, Role.REVIEWER)).status_code == 403
    assert (await desk.centre(path, CONDUCT)).status_code == 200
    assert (await desk.centre(path, CONDUCT)).json()["code"] == "already_accused"
    assert (await desk.order(number))["proposed_unit"] == "supervision-office"
    await desk.tell("la10", Service.INTAKE, ap.AppealWithdrawn(reason="x"))
    assert (await desk.centre(path, {**CONDUCT, "accusation": "retaliation"})).json()["code"] == "closed"


async def test_what_comes_before_the_verdict_decides_nothing_about_where_the_order_goes(desk: Any) -> None:
    await desk.standing()
    number, registered = "410400000000000000123", ap.AppealRegistered(
        number="410400000000000000123", jurisdiction="410400", area="410400", channel=Channel.PHONE,
        text_masked="停水", caller_ref=None, accused_unit="traffic-police",
    )  # fmt: skip
    await desk.tell("la11", Service.INTAKE, registered)
    await desk.unit(number, "confirm_receipt", unit="traffic-police")
    await desk.centre(f"/work-orders/{number}/recusal", {"person": "li.wei", "reason": "亲属"})
    await desk.centre(f"/work-orders/{number}/accusation", CONDUCT)
    assert steps(desk, "la11") == ["barred", "recused", "accused"]
    await accused(desk, "la11", "traffic-police")
    assert (await desk.order(number))["unit"] == "supervision-office"
