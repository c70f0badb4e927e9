"""联办: a lead unit with co-units, when one of them gives the order back or a meeting decides anew."""

from typing import Any

from contracts.words import Role

LEAD, CO = "lead_unit", "co_unit"


async def joint(desk: Any, subject: str, *co_units: str) -> str:
    """An order that the water group leads, in everybody's hands."""
    number: str = await desk.appeal(subject)
    body = {"unit": "water-group", "co_units": co_units or ("gas-company",)}
    assert (await desk.centre(f"/work-orders/{number}/signature", body)).status_code == 200
    for unit in ("water-group", *body["co_units"]):
        await desk.unit(number, "confirm_receipt", unit=unit)
    return number


async def parts(desk: Any, number: str) -> dict[str, str]:
    """Who has the order now, as what."""
    return {one["unit"]: one["part"] for one in (await desk.order(number))["work"]}


async def returned(desk: Any, number: str, unit: str, **decision: Any) -> Any:
    """The answer to the centre's acceptance of a unit's return."""
    asked = await desk.unit(number, "request_return", unit=unit, ground="不属本单位职责")
    assert asked.status_code == 200
    path = f"/work-orders/{number}/return-decision"
    return await desk.centre(path, {"accepted": True, "unit": unit, **decision})


async def test_another_co_unit_takes_the_place_of_one_that_gave_it_back(desk: Any) -> None:
    number = await joint(desk, "jo1")
    assert (await returned(desk, number, "gas-company", to_unit="power-supply")).status_code == 200
    assert await parts(desk, number) == {"water-group": LEAD, "power-supply": CO}
    order = await desk.order(number)
    assert (order["unit"], order["state"]) == ("water-group", "RECEIVED")


async def test_a_co_unit_that_gave_it_back_leaves_the_lead_unit_as_it_was(desk: Any) -> None:
    number = await joint(desk, "jo2")
    assert (await returned(desk, number, "gas-company")).status_code == 200
    order = await desk.order(number)
    assert (await parts(desk, number), order["state"], order["desks"]) == ({"water-group": LEAD}, "RECEIVED", [])


async def test_a_co_unit_s_place_is_not_given_to_who_has_the_order(desk: Any) -> None:
    number = await joint(desk, "jo3", "gas-company", "power-supply")
    refused = await returned(desk, number, "gas-company", to_unit="water-group")
    assert (refused.status_code, refused.json()["code"]) == (409, "has_it_already")
    body = {"accepted": True, "to_unit": "power-supply"}
    assert (await desk.centre(f"/work-orders/{number}/return-decision", body)).json()["code"] == "has_it_already"


async def test_a_co_unit_leads_where_the_lead_s_return_goes_to_it(desk: Any) -> None:
    number = await joint(desk, "jo4", "gas-company", "power-supply")
    assert (await returned(desk, number, "water-group", to_unit="gas-company")).status_code == 200
    assert await parts(desk, number) == {"gas-company": LEAD, "power-supply": CO}
    told = [(m["type"], m.get("part")) for m in await desk.messages("gas-company")]
    assert told == [("assignment", CO), ("recalled", None), ("assignment", LEAD)]


async def test_an_order_that_waits_for_a_lead_goes_on_waiting_when_a_co_unit_is_replaced(desk: Any) -> None:
    number = await joint(desk, "jo5")
    await returned(desk, number, "water-group")
    assert (await returned(desk, number, "gas-company", to_unit="power-supply")).status_code == 200
    order = await desk.order(number)
    assert (order["state"], order["desks"]) == ("AWAITING_SIGNATURE", ["signature"])
    body = {"unit": "urban-management", "co_units": ["power-supply"]}
    assert (await desk.centre(f"/work-orders/{number}/signature", body)).status_code == 200
    assert await parts(desk, number) == {"power-supply": CO, "urban-management": LEAD}
    # Who has it already is not sent it once more.
    assert [m["type"] for m in await desk.messages("power-supply")] == ["assignment"]


async def test_returns_of_co_units_do_not_bind_the_next_lead_unit(desk: Any) -> None:
    number = await joint(desk, "jo6", "gas-company", "power-supply")
    for unit in ("gas-company", "power-supply"):
        await returned(desk, number, unit)
    assert (await returned(desk, number, "water-group", to_unit="urban-management")).status_code == 200
    assert "designated" not in desk.types("jo6")
    await desk.unit(number, "confirm_receipt", unit="urban-management")
    asked = await desk.unit(number, "request_return", unit="urban-management", ground="不属本单位职责")
    assert asked.status_code == 200


async def _meeting(desk: Any, subject: str, **decided: Any) -> str:
    """An order that the water group has; then a leader mandates a meeting, which decides."""
    await desk.standing()
    number: str = await desk.appeal(subject)
    await desk.unit(number, "confirm_receipt")
    body = {"leader": "vice-mayor", "brief": "多次停水", "reason": "影响面大"}
    await desk.centre(f"/work-orders/{number}/submission", body)
    await desk.centre(f"/work-orders/{number}/instruction", {"text": "开会", "convener": "市政府办"}, Role.LEADER)
    held = {"attendees": ["市政府办"], "decisions": ["共同办理"], "held_at": desk.clock.now().isoformat()}
    answer = await desk.centre(f"/work-orders/{number}/meeting", {**held, **decided})
    assert answer.status_code == 200
    return number


async def test_a_meeting_that_keeps_the_lead_unit_sends_its_co_units_beside_it(desk: Any) -> None:
    co_units = ["gas-company", "power-supply"]
    number = await _meeting(desk, "jo7", unit="water-group", co_units=co_units)
    assert await parts(desk, number) == {"water-group": LEAD, "gas-company": CO, "power-supply": CO}
    assert (await desk.order(number))["state"] == "RECEIVED"
    for unit in co_units:
        assert [(m["type"], m["mode"]) for m in await desk.messages(unit)] == [("assignment", "JOINT")]
    assert [m["type"] for m in await desk.messages()] == ["assignment"]


async def test_a_meeting_may_make_the_lead_unit_a_co_unit_of_another(desk: Any) -> None:
    number = await _meeting(desk, "jo8", unit="gas-company", co_units=["water-group"])
    assert await parts(desk, number) == {"gas-company": LEAD, "water-group": CO}
