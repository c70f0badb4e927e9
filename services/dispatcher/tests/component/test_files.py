"""Files: of a unit with a reply and a special written extension, of a citizen with an appeal and what was added."""

import json
from typing import Any

import pytest

from contracts.events import appeal as ap
from contracts.events.unit_file import UnitFileStored
from contracts.words import Channel, Role, Service
from dispatcher.use_cases import obey_unit

FILE = "0a1b2c3d-0000-4000-8000-000000000001"


async def in_hand(desk: Any, subject: str) -> str:
    """An order that its unit has received."""
    await desk.standing()
    number: str = await desk.appeal(subject)
    await desk.unit(number, "confirm_receipt")
    return number


async def stored(desk: Any, file: str, unit: str = "water-group") -> None:
    """Intake tells of a unit's upload."""
    told = UnitFileStored(attachment_id=file, unit=unit, media_type="application/pdf", size=5)
    await desk.tell(f"file:{file}", Service.INTAKE, told)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits seconds for a file that does not come."""
    monkeypatch.setattr(obey_unit, "FILE_SECONDS", 0.3)


async def test_a_reply_carries_its_files_and_the_centre_s_page_links_them(desk: Any) -> None:
    number = await in_hand(desk, "f1")
    await stored(desk, FILE)
    await desk.unit(number, "reply", public_text="已修好", signer="甲", attachments=[FILE])
    assert desk.heard[-1].data.attachments == (FILE,)
    page = await desk.http.get("/desk/orders/f1", headers={**desk.token(Role.REVIEWER), "Accept": "text/html"})
    assert f'href="/attachments/{FILE}"' in page.text


async def test_a_special_extension_needs_law_and_file_and_too_many_or_odd_file_ids_are_refused(desk: Any) -> None:
    number = await in_hand(desk, "f2")
    await stored(desk, FILE)
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


WISH = {"working_days": 30, "reason": "需鉴定", "special": True, "law": "建设工程质量管理条例"}


@pytest.mark.parametrize(
    ("type", "more", "field"),
    [
        ("reply", {"public_text": "已修好", "signer": "甲", "attachments": [FILE, "does-not-exist"]}, "attachments"),
        ("request_extension", {**WISH, "attachment_id": "nope"}, "attachment_id"),
    ],
)
async def test_a_file_that_is_not_stored_is_refused_with_what_to_do_and_nothing_changes(
    desk: Any, type: str, more: dict[str, Any], field: str
) -> None:
    number = await in_hand(desk, "f4")
    await stored(desk, FILE)
    before = desk.types("f4")
    refused = await desk.unit(number, type, key="k1", **more)
    said = refused.json()
    assert (409, "file_not_stored", field) == (refused.status_code, said["code"], said["field"])
    assert "stored a moment ago" in said["text_en"]
    assert "重新发送" in said["text_zh"]
    assert before == desk.types("f4")
    await stored(desk, "does-not-exist")
    await stored(desk, "nope")
    assert 200 == (await desk.unit(number, type, key="k1", **more)).status_code


async def test_a_file_of_another_unit_is_refused_as_one_that_nobody_stored(desk: Any) -> None:
    number = await in_hand(desk, "f5")
    await stored(desk, FILE, unit="gas-company")
    reply = {"public_text": "已修好", "signer": "甲"}
    told = [(await desk.unit(number, "reply", **reply, attachments=[file])).json() for file in (FILE, "nope")]
    assert ["file_not_stored"] * 2 == [one["code"] for one in told]
    assert told[0]["text_en"] == told[1]["text_en"]


async def test_over_the_queue_a_command_waits_for_the_file_that_it_names(desk: Any) -> None:
    number = await in_hand(desk, "f6")
    reply = {"type": "reply", "public_text": "已修好", "signer": "甲", "attachments": [FILE]}
    await desk.queue("water-group", {"command_id": "c1", "work_order": number, **reply})
    assert "replied" not in desk.types("f6")
    await stored(desk, FILE)
    await desk.quiet()
    assert "replied" == desk.types("f6")[-1]
    assert ["c1"] == [one["command_id"] for one in await desk.messages() if one["type"] == "command.accepted"]


async def test_over_the_queue_a_file_that_never_comes_is_refused_when_its_time_is_over(desk: Any) -> None:
    number = await in_hand(desk, "f7")
    wish = {"command_id": "c1", "type": "request_extension", "work_order": number, **WISH, "attachment_id": "nope"}
    await desk.queue("water-group", wish)
    row = await desk.orders.collection.find_one({"_id": "f7"})
    late = [{**entry, "until": "2026-01-01T00:00:00+00:00"} for entry in row["private"]["waiting"]]
    past = row["retry_at"].replace(year=2020)
    await desk.orders.collection.update_one({"_id": "f7"}, {"$set": {"private.waiting": late, "retry_at": past}})
    await desk.orders.wakes.fire()
    await desk.quiet()
    answers = [one for one in await desk.messages() if one["type"].startswith("command.")]
    assert [("c1", "file_not_stored")] == [(one["command_id"], one["answer"]["code"]) for one in answers]
    assert "extension_requested" not in desk.types("f7")


async def test_that_a_file_is_stored_tells_nothing_but_the_unit_and_makes_no_order(desk: Any) -> None:
    await stored(desk, FILE)
    await stored(desk, FILE)
    kept = await desk.store.find(desk.store.collection("unit_files"), {})
    assert [{"_id": FILE, "unit": "water-group"}] == json.loads(json.dumps(kept))
    assert [] == await desk.store.find(desk.store.collection("orders"), {})
