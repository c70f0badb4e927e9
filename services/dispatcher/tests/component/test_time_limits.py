"""Instants and days that a unit's commands are held to: the day for returning, a contact's time, days of extension."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.events import deadline as dl
from contracts.events.unit_file import UnitFileStored
from contracts.words import Clock, DeadlineKind, Role, Service

SECOND = timedelta(seconds=1)


async def received(desk: Any, subject: str) -> str:
    """An order that its unit has in hand."""
    await desk.standing()
    number: str = await desk.appeal(subject)
    assert (await desk.unit(number, "confirm_receipt")).status_code == 200
    return number


async def result_due(desk: Any, subject: str, cap: int | None, special_cap: int | None = None) -> None:
    """The result's deadline with what extensions may add, as the monitor tells them."""
    event = dl.DeadlineSet(
        deadline="d", kind=DeadlineKind.RESOLVE, clock=Clock.UNIT, unit="water-group", round=1, number=1,
        due=desk.clock.now() + timedelta(days=3), provisional=False, policy_version="1", calendar_version="1",
        steps=(), extension_cap=cap, special_extension_cap=special_cap,
    )  # fmt: skip
    await desk.tell(subject, Service.SLA_MONITOR, event)


@pytest.mark.parametrize(
    ("late", "code"),
    [(-SECOND, None), (timedelta(0), None), (SECOND, "return_too_late"), (timedelta(days=3), "return_too_late")],
    ids=["a second before", "on the instant", "a second after", "days after"],
)
async def test_an_order_is_returned_within_one_working_day_of_its_receipt_and_not_after(
    desk: Any, late: timedelta, code: str | None
) -> None:
    number = await received(desk, "tl1")
    due = desk.clock.now() + timedelta(days=1)
    await desk.due("tl1", DeadlineKind.RETURN, "water-group", due)
    await desk.later(timedelta(days=1) + late)
    assert desk.clock.now() == due + late
    asked = await desk.unit(number, "request_return", ground="不属本单位职责")
    assert (asked.status_code, asked.json().get("code")) == (200 if code is None else 409, code)
    assert ("return_requested" in desk.types("tl1")) is (code is None)


async def test_another_unit_s_day_for_returning_is_its_own(desk: Any) -> None:
    number = await received(desk, "tl2")
    await desk.due("tl2", DeadlineKind.RETURN, "gas-company", desk.clock.now() - timedelta(days=1))
    assert (await desk.unit(number, "request_return", ground="不属本单位职责")).status_code == 200


async def test_a_unit_says_when_it_spoke_to_the_caller_and_the_order_shows_it(desk: Any) -> None:
    number = await received(desk, "tl3")
    spoke = desk.clock.now()
    await desk.later(timedelta(hours=3))
    told = {"method": "phone", "result": "已联系", "contacted_at": spoke.isoformat()}
    assert (await desk.unit(number, "record_contact", **told)).status_code == 200
    contact = next(one for one in (await desk.order(number))["timeline"] if one["type"] == "work_order.contacted")
    assert datetime.fromisoformat(contact["contacted_at"]) == spoke
    assert datetime.fromisoformat(contact["at"]) == desk.clock.now()
    as_unit = {**desk.token(Role.UNIT_HANDLER, unit="water-group"), "Accept": "text/html"}
    assert f'datetime="{spoke.isoformat()}"' in (await desk.http.get("/desk/unit/tl3", headers=as_unit)).text


async def test_a_contact_without_an_instant_took_place_when_it_was_recorded(desk: Any) -> None:
    number = await received(desk, "tl4")
    await desk.unit(number, "record_contact", method="phone", result="已联系")
    contact = next(fact for fact in desk.heard if fact.type == "work_order.contacted")
    assert contact.data.contacted_at == contact.time


@pytest.mark.parametrize(
    ("after", "code"),
    [(timedelta(hours=1) + SECOND, "date_in_the_future"), (timedelta(minutes=-2), "contact_before_dispatch")],
)
async def test_no_contact_lies_in_the_future_or_before_the_unit_had_the_order(
    desk: Any, after: timedelta, code: str
) -> None:
    number = await received(desk, "tl5")
    at = (desk.clock.now() + after).isoformat()
    await desk.later(timedelta(hours=1))
    refused = await desk.unit(number, "record_contact", method="phone", result="已联系", contacted_at=at)
    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (409, code, "contacted_at")


async def test_extensions_grant_and_tell_no_more_days_than_count(desk: Any) -> None:
    number = await received(desk, "tl6")
    await result_due(desk, "tl6", cap=6)
    decision = f"/work-orders/{number}/extension-decision"
    for days in (4, 2):
        assert (await desk.unit(number, "request_extension", working_days=days, reason="案情复杂")).status_code == 200
        assert (await desk.centre(decision, {"granted": True})).status_code == 200
    told = [m["working_days"] for m in await desk.messages() if m["type"] == "extension_decided"]
    assert told == [4, 2]
    used_up = await desk.unit(number, "request_extension", working_days=1, reason="案情复杂")
    assert used_up.json()["code"] == "extension_used_up"


async def test_more_days_than_are_left_are_refused_when_asked_for_and_cut_when_the_room_shrank(desk: Any) -> None:
    number = await received(desk, "tl7")
    assert (await desk.unit(number, "request_extension", working_days=5, reason="案情复杂")).status_code == 200
    await result_due(desk, "tl7", cap=3)
    decision = f"/work-orders/{number}/extension-decision"
    too_many = await desk.centre(decision, {"granted": True, "working_days": 4})
    assert too_many.json()["code"] == "too_many_days"
    assert (await desk.centre(decision, {"granted": True})).status_code == 200
    granted = next(fact.data for fact in desk.heard if fact.type == "work_order.extension_decided")
    assert granted.working_days == 3
    other = await received(desk, "tl8")
    await result_due(desk, "tl8", cap=3)
    asked = await desk.unit(other, "request_extension", working_days=4, reason="案情复杂")
    assert asked.json()["code"] == "extension_too_long"


async def test_a_period_that_no_extension_lengthens_refuses_one_and_a_special_one_has_a_cap_of_its_own(
    desk: Any,
) -> None:
    number = await received(desk, "tl9")
    await result_due(desk, "tl9", cap=0, special_cap=60)
    asked = await desk.unit(number, "request_extension", working_days=1, reason="案情复杂")
    assert asked.json()["code"] == "extension_used_up"
    stored = UnitFileStored(attachment_id="file-1", unit="water-group", media_type="application/pdf", size=5)
    await desk.tell("file:file-1", Service.INTAKE, stored)
    special = {"special": True, "law": "水污染防治法", "attachment_id": "file-1"}
    assert (
        await desk.unit(number, "request_extension", working_days=30, reason="需监测", **special)
    ).status_code == 200
