"""The desks as people see them: Chinese first, reasons marked, one key to decide, red until taken."""

import re
from dataclasses import replace
from typing import Any

from contracts.events.appeal import AttachmentRef
from contracts.words import Role

LEGAL = "我不服法院判决,要求改判"
FIRE = "我家厨房着火了,火很大,快来人"
REFERENCE = "EM41040020260302000001-119"


async def _page(rig: Any, path: str, role: Role, line: str | None = None) -> str:
    answer = await rig.get(path, role, line=line)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


async def _press(rig: Any, path: str, form: dict[str, str], role: Role, line: str | None = None) -> str:
    headers = rig.token(role, line=line)
    answer = await rig.http.post(path, data=form, headers=headers)
    assert answer.status_code == 200, answer.text
    await rig.quiet()
    return str(answer.text)


async def test_the_triage_desk_shows_words_evidence_and_buttons_and_decides_with_one(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", LEGAL))
    page = await _page(rig, "/desk/triage", Role.TRIAGE_OFFICER)
    assert "研判台" in page
    assert re.search(r'<mark title="不予受理情形: [^"]+">', page)
    assert 'data-key="g"' in page
    english = await _page(rig, "/desk/triage?lang=en", Role.TRIAGE_OFFICER)
    assert "Triage desk" in english
    await _page(rig, "/desk/triage?lang=zh", Role.TRIAGE_OFFICER)
    form = {
        "command_id": "c1",
        "type": "COMPLAINT",
        "topic": "government.other.legal",
        "exclusion": "LEGAL_CHANNEL",
    }
    after = await _press(rig, "/desk/triage/000001", form, Role.TRIAGE_OFFICER)
    assert "没有等待研判的诉求" in after
    assert rig.facts("appeal.guided")[0].data.exclusion == "LEGAL_CHANNEL"
    assert "不在研判台上" in await _press(rig, "/desk/triage/000001", {**form, "command_id": "c2"}, Role.TRIAGE_OFFICER)


async def test_the_detail_page_offers_every_topic_and_unit(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", "<b>" + LEGAL))
    page = await _page(rig, "/desk/triage/000001", Role.TRIAGE_OFFICER)
    assert '<option value="water.supply.outage"' in page
    assert '<option value="water-group"' in page
    assert "<b>" not in page


async def test_a_hand_over_is_red_until_a_line_takes_it_on_its_page(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", FIRE, suspects=("119",)))
    assert "无人接手" in await _page(rig, "/desk/emergency", Role.DUTY_OFFICER)
    assert "没有未接手的紧急移交" in await _page(rig, "/desk/emergency", Role.LINE_OPERATOR, line="110")
    path = f"/desk/emergency/{REFERENCE}"
    assert "接手" in await _page(rig, path, Role.LINE_OPERATOR, line="119")
    form = {"command_id": "c1", "deed": "acknowledge", "words": "F-1"}
    assert "已接手" in await _press(rig, path, form, Role.LINE_OPERATOR, line="119")
    assert "没有未接手的紧急移交" in await _page(rig, "/desk/emergency", Role.DUTY_OFFICER)
    assert "F-1" in await _page(rig, "/desk/emergency?open=false", Role.DUTY_OFFICER)


async def test_a_line_cannot_open_or_lower_another_lines_case(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", FIRE, suspects=("119",)))
    path = f"/desk/emergency/{REFERENCE}"
    assert (await rig.get(path, Role.LINE_OPERATOR, line="110")).status_code == 404
    form = {"command_id": "c1", "deed": "lower", "words": "r"}
    answer = await rig.http.post(path, data=form, headers=rig.token(Role.LINE_OPERATOR, line="119"))
    assert answer.status_code == 403


async def test_an_objection_to_guidance_waits_for_a_person_even_under_a_standing_sign_off(
    rig: Any, register: Any
) -> None:
    signing = {"grounds": ["LEGAL_CHANNEL"], "least_confidence": 0.0}
    await rig.post("/guidance-sign-offs", signing, Role.DUTY_OFFICER)
    await rig.publish(register("000001", LEGAL), register("000002", LEGAL, objects_to="000001"))
    page = await _page(rig, "/desk/triage", Role.TRIAGE_OFFICER)

    assert ["000001"] == [fact.subject for fact in rig.facts("appeal.guided")]
    assert "000002" in page
    assert "诉求人对引导处理有异议" in page


async def test_the_board_says_how_many_nobody_took_and_what_happened_to_each(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", FIRE, suspects=("119",)))
    board = await _page(rig, "/desk/emergency", Role.DUTY_OFFICER)
    path = f"/desk/emergency/{REFERENCE}"
    await _press(rig, path, {"command_id": "c1", "deed": "take", "words": "F-1"}, Role.DUTY_OFFICER)
    course = await _page(rig, path, Role.DUTY_OFFICER)
    quiet = await _page(rig, "/desk/emergency", Role.DUTY_OFFICER)

    assert re.search(r'class="alarm"><span>[1-9] 件无人接手', board)
    assert '<tr data-row class="red">' in board
    assert course.index("移交") < course.rindex("已接手") < course.index(" · F-1")
    assert "没有未接手的紧急移交" in quiet
    assert 'class="alarm"' not in quiet


async def test_the_triage_desk_names_what_is_missing_and_shows_files_and_odds(rig: Any, register: Any) -> None:
    fact = register("000001", LEGAL)
    file = AttachmentRef(attachment_id="file-1", media_type="image/png", size=5)
    data = replace(fact.data, attachments=(file,), incomplete=True, missing=("contact",))
    await rig.publish(replace(fact, data=data))
    page = await _page(rig, "/desk/triage", Role.TRIAGE_OFFICER)
    english = await _page(rig, "/desk/triage?lang=en", Role.TRIAGE_OFFICER)

    assert "缺少: 联系方式" in page
    assert 'href="/attachments/file-1"' in page
    assert re.search(r"</meter> \d+%", page)
    assert "missing: contact" in english.lower()


async def test_what_a_colleague_has_claimed_or_a_duty_officer_only_watches_has_no_keys(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", LEGAL))
    claim = {"command_id": "c1", "claim": "yes"}
    mine = await rig.http.post("/desk/triage/000001", data=claim, headers=rig.token(Role.TRIAGE_OFFICER, user="li"))
    path = "/desk/triage/000001"
    other = await rig.http.get(path, headers=rig.token(Role.TRIAGE_OFFICER, user="wang"))
    watching = await rig.http.get(path, headers=rig.token(Role.DUTY_OFFICER))

    assert 'data-key="g"' in mine.text
    assert 'data-key="c"' not in mine.text
    assert "li 已认领，租期到前由其决定" in other.text
    assert "只能查看" in watching.text
    for page in (other.text, watching.text):
        assert "data-key=" not in page
        assert "hx-post" not in page
