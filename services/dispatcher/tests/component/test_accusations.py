"""What an accusation keeps from whom it concerns: behind whatever name, order number, cursor or message."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.events import appeal as ap
from contracts.words import AppealType, Role, Service, Urgency

BRIBE = {"topic": "government.conduct.staff", "accusation": "discipline"}
UNIT = "water-group"


async def accuse(desk: Any, subject: str, unit: str | None = UNIT, **more: Any) -> str:
    """Number of an accusation."""
    number: str = await desk.appeal(subject, "窗口那个科长收了我的红包", **{**BRIBE, "accused_unit": unit, **more})
    return number


async def accuse_later(desk: Any, subject: str, unit: str = UNIT) -> None:
    """The order that is with its unit turns out to accuse it."""
    again = ap.AppealClassified(
        type=AppealType.REPORT, topic="water.supply", units=(), urgency=Urgency.NORMAL, hazard=False,
        emergency_lines=(), work_order_follows=True, accused_unit=unit, accusation="conduct",
    )  # fmt: skip
    await desk.tell(subject, Service.CLASSIFIER, again)


async def read(desk: Any, path: str, role: Role, of: str | None = None, **params: Any) -> Any:
    """What somebody of a unit is answered."""
    return await desk.http.get(path, params=params, headers=desk.token(role, unit=of))


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("城市管理局", "urban-management"),
        ("市城市管理局执法科", "urban-management"),
        ("Urban-Management", "urban-management"),
        ("urban management bureau", "urban-management"),
        ("公安局", "traffic-police"),
        ("交警支队", "public-security"),
    ],
)
async def test_a_unit_that_the_form_names_in_words_is_as_barred_as_by_its_id(
    desk: Any, written: str, unit: str
) -> None:
    number = await desk.appeal(
        "n1", "工作人员收钱不办事", form_accused=written, units=(ap.UnitScore(unit=unit, score=1),)
    )
    assert (await desk.order(number))["proposed_unit"] == "supervision-office"
    for path, body in (("designation", {"unit": unit}), ("signature", {"unit": unit}), ("phoned", {"unit": unit})):
        more = {"taken_by": "x"} if path == "phoned" else {}
        answer = await desk.centre(f"/work-orders/{number}/{path}", {**body, **more})
        assert (answer.status_code, answer.json()["code"]) == (409, "accused_unit")
    assert [] == await desk.messages(unit)
    found = await read(desk, f"/work-orders/{number}", Role.DUTY_OFFICER, unit)
    assert found.status_code == 404


async def test_who_is_accused_under_a_name_that_no_unit_bears_is_proposed_to_the_supervision_office(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("n2", form_accused="不知道哪个局")
    assert (await desk.order(number))["unit"] == "supervision-office"


async def test_a_unit_that_is_accused_beside_another_is_barred_too(desk: Any) -> None:
    number = await accuse(desk, "n3", "gas-company", further_accused=("water-group",))
    for unit in ("gas-company", "water-group"):
        answer = await desk.centre(f"/work-orders/{number}/signature", {"unit": unit})
        assert (answer.status_code, answer.json()["code"]) == (409, "accused_unit")


async def test_an_accusation_without_a_unit_is_not_merged_into_an_order_that_a_unit_holds(desk: Any) -> None:
    await desk.standing()
    plain = await desk.appeal("m1", "窗口排队太久", caller_ref="c")
    number = await accuse(desk, "m2", None, caller_ref="c")
    answer = await desk.centre(f"/work-orders/{number}/merge", {"parent": plain})
    assert (answer.status_code, answer.json()["code"]) == (409, "accused_unit")
    # Nor into an accusation, once somebody else than the supervision office has that one.
    held = await accuse(desk, "m3", None)
    assert (await desk.centre(f"/work-orders/{held}/designation", {"unit": UNIT})).status_code == 200
    answer = await desk.centre(f"/work-orders/{number}/merge", {"parent": held})
    assert (answer.status_code, answer.json()["code"]) == (409, "accused_unit")
    safe = await accuse(desk, "m4", None)
    assert (await desk.centre(f"/work-orders/{number}/merge", {"parent": safe})).status_code == 200
    await desk.later(timedelta(seconds=2))
    assert ["assignment", "assignment"] == [m["type"] for m in await desk.messages()]


async def test_an_accusation_is_merged_into_one_that_accuses_the_same_unit_under_another_name(desk: Any) -> None:
    await desk.standing()
    first = await accuse(desk, "m5")
    again = await accuse(desk, "m6", None, form_accused="水务集团")
    assert (await desk.centre(f"/work-orders/{again}/merge", {"parent": first})).status_code == 200
    await desk.later(timedelta(seconds=2))
    assert (await desk.order(again))["state"] == "MERGED"


async def test_an_order_that_accuses_a_unit_refuses_it_as_any_other_order_does_over_both_doors(desk: Any) -> None:
    numbers = [await accuse(desk, "o1"), await desk.appeal("o2"), "999"]
    commands: list[dict[str, Any]] = [
        {"type": "answer_urge", "urge": "u", "text": "t"},
        {"type": "answer_supervision", "supervision": "u", "text": "t"},
        {"type": "confirm_receipt"},
    ]
    for command in commands:
        answers = [await desk.unit(number, **command) for number in numbers]
        assert [answer.json() for answer in answers] == [answers[0].json()] * 3
    for number in numbers:
        await desk.queue(UNIT, {"command_id": number, "work_order": number, **commands[0]})
    told = await desk.messages()
    assert [m["work_order"] for m in told] == numbers
    differ = ("cursor", "id", "subject", "traceparent", "command_id", "reference", "work_order")
    same = [{name: value for name, value in m.items() if name not in differ} for m in told]
    assert same == [same[0]] * 3
    # No message stands under the subject of the order: that there is one would show.
    assert all(m["subject"].startswith(f"command:{UNIT}:") for m in told)
    assert desk.types("o1").count("barred") == 4


async def test_every_recall_but_the_unit_s_own_return_has_the_same_reason(desk: Any) -> None:
    await desk.standing()
    for subject in ("r1", "r2", "r3", "r4", "r5"):
        await desk.appeal(subject)
    assert 5 == len(await desk.messages())
    await accuse_later(desk, "r1")
    numbers = {subject: (await desk.order(subject))["number"] for subject in ("r2", "r3", "r4", "r5")}
    await desk.tell("r2", Service.INTAKE, ap.AppealWithdrawn())
    await desk.centre(f"/work-orders/{numbers['r3']}/designation", {"unit": "gas-company"})
    await desk.unit(numbers["r4"], "confirm_receipt")
    await desk.unit(numbers["r4"], "request_return", ground="非本单位职责")
    await desk.centre(f"/work-orders/{numbers['r4']}/return-decision", {"accepted": True})
    await desk.centre(f"/work-orders/{numbers['r5']}/merge", {"parent": numbers["r3"]})
    told = {m["subject"]: m["reason"] for m in await desk.messages() if m["type"] == "recalled"}
    neutral = "recalled by the centre"
    assert told == {"r1": neutral, "r2": neutral, "r3": neutral, "r4": "returned", "r5": neutral}


async def test_a_recall_is_shown_to_whoever_got_the_assignment_whatever_the_pages(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("f1")
    await desk.appeal("f2")
    assert ["f1"] == [m["subject"] for m in await desk.messages(limit=1)]
    await accuse_later(desk, "f1")
    await accuse_later(desk, "f2")
    for asked in ({}, {"after": 2, "limit": 1}, {"after": 1}):
        assert [("recalled", "f1")] == [(m["type"], m["subject"]) for m in await desk.messages(**asked)]
    assert [] == await desk.messages(after=3)


async def test_the_centre_s_export_holds_retaliation_back_from_who_names_the_centre_as_his_unit(desk: Any) -> None:
    number = await desk.appeal("e1", "打击报复举报人", **{**BRIBE, "accused_unit": UNIT, "accusation": "retaliation"})
    centre = "hotline-center"
    assert (await desk.centre(f"/work-orders/{number}/signature", {"unit": centre})).status_code == 200
    for asked in ({}, {"unit": centre}):
        lines = await read(desk, "/work-orders/export", Role.DUTY_OFFICER, centre, **asked)
        assert (lines.status_code, number in lines.text) == (200, False)
    own = await read(desk, f"/units/{centre}/work-orders/export", Role.UNIT_HANDLER, centre)
    assert "打击报复" in own.text


async def test_neither_the_cursor_nor_a_short_page_tells_that_something_is_hidden(desk: Any) -> None:
    for at in range(3):
        await accuse(desk, f"c{at}")
    seen = await accuse(desk, "d1", "gas-company")
    more = await accuse(desk, "d2", "gas-company")
    for at in range(3, 6):
        await accuse(desk, f"e{at}")

    async def page(**asked: Any) -> tuple[list[str], str | None]:
        found = (await read(desk, "/work-orders", Role.DUTY_OFFICER, UNIT, q="红包", **asked)).json()
        return [one["number"] for one in found["items"]], found["next"]

    first, cursor = await page(limit=1)
    assert ([seen], True) == (first, cursor is not None and cursor.endswith("~d1"))
    assert ([more], None) == await page(limit=1, cursor=cursor)
    assert ([seen, more], None) == await page(limit=2)


async def test_a_unit_is_not_told_into_which_order_its_own_was_merged(desk: Any) -> None:
    await desk.standing()
    plain, main = await desk.appeal("p1", "窗口排队太久"), await accuse(desk, "p2")
    assert (await desk.centre(f"/work-orders/{plain}/merge", {"parent": main})).status_code == 200
    shown = await read(desk, f"/units/{UNIT}/work-orders/{plain}", Role.UNIT_HANDLER, UNIT)
    assert (shown.status_code, shown.json()["state"], "p2" in shown.text) == (200, "MERGED", False)


@pytest.mark.parametrize("written", ["water-group", "水务集团", "水务集团王经理", "WATER GROUP"])
async def test_a_meeting_about_an_accusation_is_neither_attended_nor_convened_by_whom_it_concerns(
    desk: Any, written: str
) -> None:
    number = await accuse(desk, "k1")
    leader = (await read(desk, "/leaders", Role.LEADER)).json()["items"][0]["id"]
    await desk.centre(f"/work-orders/{number}/submission", {"leader": leader, "brief": "b", "reason": "r"})
    wrong = await desk.centre(f"/work-orders/{number}/instruction", {"text": "开会", "convener": written}, Role.LEADER)
    assert (409, "accused_unit", "convener") == (wrong.status_code, wrong.json()["code"], wrong.json()["field"])
    told = await desk.centre(f"/work-orders/{number}/instruction", {"text": "开会", "convener": "秘书长"}, Role.LEADER)
    assert told.status_code == 200
    held_at = desk.clock.now().isoformat()
    for attendees, status in (([written], 409), (["督查室", "秘书长"], 200)):
        body = {"attendees": attendees, "decisions": ["一起办"], "held_at": held_at}
        assert (await desk.centre(f"/work-orders/{number}/meeting", body)).status_code == status
