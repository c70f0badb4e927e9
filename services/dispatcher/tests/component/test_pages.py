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
    assert desk.types("v3") == ["awaiting_signature", "units_barred", "barred"]


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


async def test_an_officer_goes_from_order_to_order_of_a_list_and_sees_how_many_wait(desk: Any) -> None:
    for at in range(3):
        await desk.appeal(f"n{at}")
    listed = await page(desk, "/desk/duty", Role.DUTY_OFFICER)
    assert '<span class="count">3</span>' in listed
    assert 'href="/desk/orders/n0?list=signature"' in listed
    opened = await page(desk, "/desk/orders/n0?list=signature", Role.DUTY_OFFICER)
    assert "/desk/duty/next?list=signature" in opened
    # signed on the page that came from the list: the way on stays there
    headers = {**desk.token(Role.DUTY_OFFICER), "HX-Current-URL": "http://test/desk/orders/n0?list=signature"}
    signed = await desk.http.post("/desk/orders/n0/signature", data={"key": "k"}, headers=headers)
    await desk.quiet()
    assert "/desk/duty/next?list=signature" in signed.text
    assert ["n1", "n2", "n1"] == [await following(desk, but) for but in ("n0", "n1", "n2")]
    await press(desk, "/desk/orders/n1/signature", Role.DUTY_OFFICER, {})
    await press(desk, "/desk/orders/n2/signature", Role.DUTY_OFFICER, {})
    assert "/desk/duty?list=signature" == await following(desk, "n2")


async def following(desk: Any, but: str) -> str:
    """Where the way on leads from this order."""
    place = (await desk.orders.load(but)).row["place"]
    answer = await desk.http.get(
        "/desk/duty/next",
        params={"list": "signature", "after": place, "but": but},
        headers=desk.token(Role.DUTY_OFFICER),
        follow_redirects=False,
    )
    assert 303 == answer.status_code
    where: str = answer.headers["location"]
    return where.removeprefix("/desk/orders/").removesuffix("?list=signature") if "/orders/" in where else where


async def test_no_count_tells_people_of_a_unit_what_the_guard_hides(desk: Any) -> None:
    await desk.appeal("a1", accused_unit="traffic-police")
    of_unit = await page(desk, "/desk/duty", Role.DUTY_OFFICER, unit="traffic-police")
    assert 'class="count"' not in of_unit
    assert 'class="count"' in await page(desk, "/desk/duty", Role.DUTY_OFFICER)


async def test_the_order_says_by_which_row_its_unit_was_chosen_and_under_whose_standing_sign_off(desk: Any) -> None:
    await desk.appeal("r1")
    assert "目录第 water.supply 行，版本 2026.1" in await page(desk, "/desk/orders/r1", Role.DUTY_OFFICER)
    await desk.standing()
    await desk.appeal("r2")
    shown = await page(desk, "/desk/orders/r2", Role.DUTY_OFFICER)
    assert "目录第 water.supply 行，版本 2026.1" in shown
    assert "长期签批 routine-2026" in shown


async def test_what_a_unit_asks_stands_beside_the_decision_with_its_figures_filled_in(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("q1")
    await desk.unit(number, "confirm_receipt")
    await desk.unit(number, "request_return", ground="不属本单位职责", proposed_unit="housing-construction")
    shown = await page(desk, "/desk/orders/q1?list=return", Role.DUTY_OFFICER)
    assert "不属本单位职责" in shown
    assert '<option value="housing-construction" selected>' in shown
