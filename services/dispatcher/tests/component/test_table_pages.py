"""Knowledge base and dispatch catalogue on their pages: read, previewed, tried, put into force."""

import re
from datetime import timedelta
from typing import Any

import pytest

from contracts.words import Role
from dispatcher.shipped_tables import tables, text_of

FIELDS = {
    "title": "公交卡遗失补办",
    "topics": "transport.bus",
    "must": "公交卡\n丢、遗失、补办",
    "questions": "公交卡丢了怎么补办\n余额怎么办",
    "answer": "带身份证到任一公交卡服务点挂失补办，工本费二十元，余额七日后转入新卡。",
    "source": "公交卡使用办法",
}


async def page(desk: Any, path: str, role: Role = Role.DUTY_OFFICER, status: int = 200) -> str:
    """The page somebody with this role sees."""
    answer = await desk.http.get(path, headers={**desk.token(role), "Accept": "text/html"})
    assert answer.status_code == status, path
    text: str = answer.text
    return text


async def press(desk: Any, path: str, form: dict[str, Any], role: Role = Role.DUTY_OFFICER, status: int = 200) -> str:
    """The page after a form was sent."""
    answer = await desk.http.post(path, data=form, headers=desk.token(role))
    assert answer.status_code == status, answer.text
    text: str = answer.text
    return text


def version_of(text: str) -> str:
    """The version that a form was made from."""
    found = re.search(r'name="base_version" value="([^"]+)"', text)
    assert found is not None
    return found[1]


async def test_an_item_is_added_on_the_page_after_a_preview_and_answers_with_its_version(desk: Any) -> None:
    form = {**FIELDS, "base_version": version_of(await page(desk, "/desk/knowledge/new"))}
    preview = await press(desk, "/desk/knowledge/new/preview", form)
    assert FIELDS["answer"] in preview
    assert "公交卡使用办法" in preview
    # one of its questions would be answered, the other lacks a word that must occur
    assert ("由本条目直接答复" in preview, "不会由本条目直接答复" in preview) == (True, True)
    assert tables().knowledge.version in await page(desk, "/desk/knowledge")
    saved = await press(desk, "/desk/knowledge/new", {**form, "id": "bus-card-lost"})
    assert "2026.1+1" in saved
    assert "公交卡遗失补办" in await page(desk, "/desk/knowledge?q=公交卡丢了")
    shown = (await desk.http.get("/knowledge/bus-card-lost", headers=desk.token(Role.AGENT))).json()
    assert shown["item"]["must"] == [["公交卡"], ["丢", "遗失", "补办"]]
    assert [one["by"] for one in shown["history"]] == ["duty_officer"]


async def test_who_saves_what_somebody_else_changed_meanwhile_keeps_what_they_typed(desk: Any) -> None:
    base = version_of(await page(desk, "/desk/knowledge/new"))
    await press(desk, "/desk/knowledge/new", {**FIELDS, "id": "bus-card-lost", "base_version": base})
    late = {**FIELDS, "title": "我的标题", "base_version": base}
    told = await press(desk, "/desk/knowledge/bus-card-lost", late, status=409)
    assert "刚被他人修改" in told
    assert "我的标题" in told
    assert version_of(told) == "2026.1+1"


async def test_an_item_is_withdrawn_and_brought_back_with_all_its_versions(desk: Any) -> None:
    base = version_of(await page(desk, "/desk/knowledge/new"))
    await press(desk, "/desk/knowledge/new", {**FIELDS, "id": "bus-card-lost", "base_version": base})
    gone = await press(desk, "/desk/knowledge/bus-card-lost/withdrawal", {"base_version": "2026.1+1"})
    assert "该条目已停用" in gone
    back = await press(desk, "/desk/knowledge/bus-card-lost", {**FIELDS, "base_version": "2026.1+2"})
    assert "该条目已停用" not in back
    assert back.count("修改 ") == 3


async def test_a_bad_field_is_named_and_nothing_is_saved(desk: Any) -> None:
    base = version_of(await page(desk, "/desk/knowledge/new"))
    form = {**FIELDS, "id": "bus-card-lost", "base_version": base}
    for wrong, word in (({"answer": "短"}, "答复内容"), ({"id": "Bus Card"}, "编号"), ({"must": ""}, "必含词")):
        told = await press(desk, "/desk/knowledge/new", {**form, **wrong}, status=422)
        assert f"请检查这一项: {word}" in told
    assert await page(desk, "/desk/knowledge/bus-card-lost", status=404)


async def test_what_nobody_checked_for_long_is_flagged_and_saving_it_counts_as_a_check(desk: Any) -> None:
    count = len(tables().knowledge.items)
    assert "待更新 0" in await page(desk, "/desk/knowledge")
    await desk.later(timedelta(days=500))
    stale = await page(desk, "/desk/knowledge?stale=true")
    assert f"待更新 {count}" in stale
    item = tables().knowledge.items[0]
    form = {
        "title": item.title, "topics": " ".join(item.topics), "must": "\n".join("、".join(one) for one in item.must),
        "questions": "\n".join(item.questions), "answer": item.answer, "answer_en": item.answer_en,
        "source": item.source, "base_version": version_of(await page(desk, f"/desk/knowledge/{item.id}")),
    }  # fmt: skip
    assert "核对并保存" in await page(desk, f"/desk/knowledge/{item.id}")
    await press(desk, f"/desk/knowledge/{item.id}", form)
    assert f"待更新 {count - 1}" in await page(desk, "/desk/knowledge")
    assert item.id not in await page(desk, "/desk/knowledge?stale=true")
    base = desk.standing_tables()
    assert base.knowledge.of(item.id) == item


async def test_a_catalogue_is_tried_on_the_page_and_put_into_force_only_from_the_trial(desk: Any) -> None:
    number = await desk.appeal("w1")
    shipped = text_of("dispatch_catalog.toml")
    changed = shipped.replace('version = "2026.1"', 'version = "2026.2"')
    at = changed.index('id = "water.supply"')
    changed = changed[:at] + changed[at:].replace('unit = "water-group"', 'unit = "housing-construction"', 1)
    assert "生效 " not in await page(desk, "/desk/catalogue")
    tried = await press(desk, "/desk/catalogue/trial", {"table": changed.replace("\n", "\r\n")})
    assert number in tried
    assert "1件诉求中，1件会派往其他单位" in tried
    assert "版本 2026.2 生效" in tried
    assert "版本 2026.2 生效" not in await press(desk, "/desk/catalogue/trial", {"table": changed}, Role.SUPERVISOR)
    assert desk.standing_tables().catalogue.version == "2026.1"
    done = await press(desk, "/desk/catalogue", {"table": changed})
    assert "版本 2026.2 已生效" in done
    assert desk.standing_tables().catalogue.version == "2026.2"
    assert "已用过" in await press(desk, "/desk/catalogue", {"table": changed}, status=409)
    assert "已用过" in await press(desk, "/desk/catalogue/trial", {"table": changed})
    asked = await page(desk, "/desk/catalogue?topic=water.supply.outage&area=410400")
    assert "按第 water.supply 行" in asked
    assert "住房和城乡建设" in asked or "住建" in asked


async def test_a_bad_catalogue_is_told_its_line_on_the_page(desk: Any) -> None:
    told = await press(desk, "/desk/catalogue/trial", {"table": 'version = "9"\n\n[[row]]\nid = 3\n'}, status=422)
    assert "Line 4" in told


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/desk/knowledge", Role.AGENT),
        ("/desk/knowledge/new", Role.SUPERVISOR),
        ("/desk/catalogue", Role.PUBLISHER),
        ("/desk/catalogue", Role.UNIT_HEAD),
    ],
)
async def test_other_roles_do_not_see_the_tables_pages(desk: Any, path: str, role: Role) -> None:
    more = {"unit": "water-group"} if role is Role.UNIT_HEAD else {}
    answer = await desk.http.get(path, headers={**desk.token(role, **more), "Accept": "text/html"})
    assert answer.status_code == 403


async def test_who_may_only_read_the_catalogue_does_not_load_it(desk: Any) -> None:
    text = text_of("dispatch_catalog.toml").replace('version = "2026.1"', 'version = "2026.9"')
    await press(desk, "/desk/catalogue", {"table": text}, Role.AUDITOR, status=403)
    assert desk.standing_tables().catalogue.version == "2026.1"
