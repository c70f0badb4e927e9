"""Files: of a unit with a reply and a special written extension, of a citizen with an appeal and what was added."""

from typing import Any

import pytest

from contracts.events import appeal as ap
from contracts.words import Channel, Role, Service

FILE = "0a1b2c3d-0000-4000-8000-000000000001"


async def in_hand(desk: Any, subject: str) -> str:
    """An order that its unit has received."""
    await desk.standing()
    number: str = await desk.appeal(subject)
    await desk.unit(number, "confirm_receipt")
    return number


async def test_a_reply_carries_its_files_and_the_centre_s_page_links_them(desk: Any) -> None:
    number = await in_hand(desk, "f1")
    await desk.unit(number, "reply", public_text="已修好", signer="甲", attachments=[FILE])
    assert desk.heard[-1].data.attachments == (FILE,)
    page = await desk.http.get("/desk/orders/f1", headers={**desk.token(Role.REVIEWER), "Accept": "text/html"})
    assert f'href="/attachments/{FILE}"' in page.text


async def test_a_special_extension_needs_law_and_file_and_too_many_or_odd_file_ids_are_refused(desk: Any) -> None:
    number = await in_hand(desk, "f2")
    ask = {"working_days": 30, "reason": "需鉴定", "special": True, "law": "建设工程质量管理条例"}
    assert (await desk.unit(number, "request_extension", **ask)).json()["code"] == "special_needs_file"
    assert (await desk.unit(number, "request_extension", **ask, attachment_id="../etc/passwd")).status_code == 422
    assert (await desk.unit(number, "request_extension", **ask, attachment_id=FILE)).status_code == 200
    many = [f"{FILE}{at}" for at in range(11)]
    refused = await desk.unit(number, "reply", public_text="x", signer="甲", attachments=many)
    assert refused.status_code == 422
    page = await desk.http.get(
        "/desk/unit/f2", headers={**desk.token(Role.UNIT_HANDLER, unit="water-group"), "Accept": "text/html"}
    )
    assert 'name="special" value="true"' in page.text


PHOTO = ap.AttachmentRef(attachment_id="0a1b2c3d-0000-4000-8000-000000000002", media_type="image/jpeg", size=250_000)
RECORDING = ap.AttachmentRef(
    attachment_id="0a1b2c3d-0000-4000-8000-000000000003", media_type="audio/amr", size=2_500_000
)


async def page(desk: Any, path: str, role: Role, unit: str | None = None) -> str:
    """The page somebody with this role sees."""
    answer = await desk.http.get(path, headers={**desk.token(role, unit=unit), "Accept": "text/html"})
    assert answer.status_code == 200
    text: str = answer.text
    return text


async def with_files(desk: Any, subject: str) -> None:
    """An order at its unit: a photograph came with the appeal, a recording with an addition."""
    await desk.standing()
    await desk.appeal(subject, attachments=(PHOTO,))
    added = ap.AppealSupplemented(text_masked="附录音", channel=Channel.PHONE, attachments=(RECORDING,))
    await desk.tell(subject, Service.INTAKE, added)


async def test_the_order_says_which_files_the_citizen_attached_and_links_them_for_who_may_fetch_them(
    desk: Any,
) -> None:
    await with_files(desk, "f3")
    for role in (Role.DUTY_OFFICER, Role.REVIEWER):
        shown = await page(desk, "/desk/orders/f3", role)
        assert "诉求人附件 2" in shown
        assert ("244 KB" in shown, "2.4 MB" in shown) == (True, True)
        assert f'href="/attachments/{PHOTO.attachment_id}" hx-boost="false">照片</a>' in shown
        assert f'href="/attachments/{RECORDING.attachment_id}" hx-boost="false">录音</a>' in shown
        assert "media_type" not in shown
    for role in (Role.SUPERVISOR, Role.LEADER):
        shown = await page(desk, "/desk/orders/f3", role)
        assert ("诉求人附件 2" in shown, "/attachments/" in shown) == (True, False)


async def test_a_unit_sees_no_file_of_an_addition_before_it_is_known_to_accuse_nobody(desk: Any) -> None:
    await with_files(desk, "f4")
    added = next(fact.id for fact in reversed((await desk.orders.load("f4")).facts) if fact.source is Service.INTAKE)
    handler = {"headers": desk.token(Role.UNIT_HANDLER, unit="water-group")}

    async def told() -> tuple[bool, ...]:
        shown = await page(desk, "/desk/unit/f4", Role.UNIT_HANDLER, "water-group")
        body = (await desk.http.get("/units/water-group/work-orders/f4", **handler)).text
        return tuple(file.attachment_id in text for text in (shown, body) for file in (PHOTO, RECORDING))

    assert await told() == (True, False, True, False)
    await desk.tell("f4", Service.CLASSIFIER, ap.SupplementJudged(supplement=added))
    assert await told() == (True, True, True, True)


async def test_a_unit_sees_no_file_of_an_addition_that_accuses_somebody(desk: Any) -> None:
    await with_files(desk, "f5")
    added = next(fact.id for fact in reversed((await desk.orders.load("f5")).facts) if fact.source is Service.INTAKE)
    await desk.tell("f5", Service.CLASSIFIER, ap.SupplementJudged(supplement=added, accusation="conduct"))
    shown = await page(desk, "/desk/unit/f5", Role.UNIT_HANDLER, "water-group")
    assert (PHOTO.attachment_id in shown, RECORDING.attachment_id in shown) == (True, False)


@pytest.mark.parametrize(("accusation", "shown"), [(None, True), ("retaliation", False)])
async def test_files_and_place_of_an_addition_are_shown_to_the_unit_once_it_is_known_to_accuse_nobody(
    desk: Any, accusation: str | None, shown: bool
) -> None:
    number = await in_hand(desk, "f6")
    file = ap.AttachmentRef(attachment_id=FILE, media_type="image/png", size=5)
    added = ap.AppealSupplemented(
        text_masked="见照片", channel=Channel.PHONE, place=ap.Place(text="三号窗口"), attachments=(file,)
    )
    handler = desk.token(Role.UNIT_HANDLER, unit="water-group")

    async def seen() -> set[bool]:
        api = await desk.http.get(f"/units/water-group/work-orders/{number}", headers=handler)
        page = await desk.http.get(f"/desk/unit/{number}", headers={**handler, "Accept": "text/html"})
        return {FILE in api.text, "三号窗口" in api.text, FILE in page.text}

    await desk.tell("f6", Service.INTAKE, added)
    assert {False} == await seen()
    await desk.tell("f6", Service.CLASSIFIER, ap.SupplementJudged(supplement="f6-intake-2", accusation=accusation))
    assert {shown} == await seen()
    assert FILE in str((await desk.order(number))["timeline"])
