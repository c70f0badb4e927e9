"""The desks as people use them: list, one screen per order, a command by form, a preview."""

from datetime import timedelta
from typing import Any

from contracts.words import DeadlineKind, Role


async def page(desk: Any, path: str, role: Role, **more: Any) -> str:
    """The page somebody with this role sees."""
    answer = await desk.http.get(path, headers={**desk.token(role, **more), "Accept": "text/html"})
    assert answer.status_code == 200, path
    text: str = answer.text
    return text


async def press(desk: Any, path: str, role: Role, form: dict[str, Any], **more: Any) -> str:
    """The page after a form was sent."""
    answer = await desk.http.post(path, data={"key": path, **form}, headers=desk.token(role, **more))
    assert answer.status_code == 200, path
    await desk.quiet()
    text: str = answer.text
    return text


async def test_the_duty_officer_signs_on_the_page_and_sees_what_happened(desk: Any) -> None:
    number = await desk.appeal("v1")
    assert number in await page(desk, "/desk/duty", Role.DUTY_OFFICER)
    assert "水务集团" in await page(desk, "/desk/orders/v1", Role.DUTY_OFFICER)
    done = await press(
        desk, "/desk/orders/v1/signature", Role.DUTY_OFFICER, {"unit": "water-group", "co_units": ["fire-bureau"]}
    )
    assert "已办" in done
    assert desk.types("v1") == ["awaiting_signature", "signed", "dispatched", "dispatched"]
    assert number not in await page(desk, "/desk/duty", Role.DUTY_OFFICER)


async def test_a_unit_confirms_previews_and_replies_on_its_desk(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("v2")
    await desk.due("v2", DeadlineKind.RECEIPT, "water-group", desk.clock.now() + timedelta(hours=2))
    of_unit = {"role": Role.UNIT_HANDLER, "unit": "water-group"}
    listed = await page(desk, "/desk/unit", **of_unit)
    assert number in listed
    assert "剩余" in listed
    assert "签收" in await press(desk, "/desk/unit/v2/confirm_receipt", form={}, **of_unit)
    reply = {"public_text": "已修好，联系人13812345678", "signer": "值班长"}
    shown = await press(desk, "/desk/unit/v2/preview", form=reply, **of_unit)
    assert "已修好" in shown
    assert "13812345678" not in shown
    again = await press(desk, "/desk/unit/v2/reply", form={"signer": "值班长"}, **of_unit)
    assert "请检查这一项" in again
    await press(desk, "/desk/unit/v2/reply", form={**reply, "key": "second"}, **of_unit)
    assert desk.types("v2")[-1] == "replied"
    assert "答复待审" in await page(desk, "/desk/unit/v2", **of_unit)
    assert number in await page(desk, "/desk/review", Role.REVIEWER)
    await press(
        desk,
        "/desk/orders/v2/review",
        Role.REVIEWER,
        {"approve": "true", "number": "1", "checklist": desk.approval["checklist"]},
    )
    assert desk.types("v2")[-1] == "approved"


async def test_a_rule_s_refusal_is_told_in_words_on_the_page(desk: Any) -> None:
    await desk.appeal("v3", accused_unit="traffic-police")
    told = await press(desk, "/desk/orders/v3/signature", Role.DUTY_OFFICER, {"unit": "public-security"})
    assert "被举报" in told
    assert desk.types("v3") == ["awaiting_signature", "barred"]


async def test_a_role_presses_only_its_own_buttons(desk: Any) -> None:
    await desk.appeal("v4")
    headers = desk.token(Role.REVIEWER)
    refused = await desk.http.post("/desk/orders/v4/signature", data={"key": "k"}, headers=headers)
    assert refused.status_code == 403


async def test_everybody_reads_the_directory_in_both_languages(desk: Any) -> None:
    chinese = await desk.http.get("/public/units", headers={"Accept": "text/html"})
    english = await desk.http.get("/directory?lang=en", headers={"Accept": "text/html"})
    assert "水务集团" in chinese.text
    assert "Water Group" in english.text
