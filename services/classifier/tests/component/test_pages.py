"""The desks as people see them: Chinese first, reasons marked, one key to decide, red until taken."""

import re
from typing import Any

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
    assert re.search(r'<mark title="exclusion: [^"]+">', page)
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
