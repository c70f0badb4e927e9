"""The dispatch catalogue edited row by row: a draft that is tried and put into force like a file."""

import html
import re
from typing import Any

import pytest

from contracts.words import Role
from dispatcher.shipped_tables import text_of

DRAFT = "/desk/catalogue/draft"
ROW = "/desk/catalogue/row"
FIELDS = {
    "id": "water.supply", "topic": "water.supply", "area": "*", "level": "city", "unit": "housing-construction",
    "valid_from": "2026-01-01", "valid_until": "",
}  # fmt: skip
NEW = {**FIELDS, "id": "water.supply.zhanhe", "area": "410411", "level": "district"}


async def page(desk: Any, path: str, role: Role = Role.DUTY_OFFICER, status: int = 200) -> str:
    """The page somebody with this role sees."""
    answer = await desk.http.get(path, headers={**desk.token(role), "Accept": "text/html"})
    assert answer.status_code == status, answer.text
    text: str = answer.text
    return text


async def press(desk: Any, path: str, form: dict[str, Any], status: int = 200, role: Role = Role.DUTY_OFFICER) -> str:
    """The page after a form was sent."""
    answer = await desk.http.post(path, data=form, headers=desk.token(role))
    assert answer.status_code == status, answer.text
    text: str = answer.text
    return text


async def seen(desk: Any) -> str:
    """The number of the draft as the page has it now."""
    found = re.search(r'name="number" value="(\d+)"', await page(desk, DRAFT))
    assert found is not None
    return found[1]


async def save(desk: Any, was: str = "water.supply", status: int = 200, **changed: str) -> str:
    """Save a row as its form does."""
    fields = {**(FIELDS if was else NEW), **changed}
    return await press(desk, ROW, {"was": was, "number": await seen(desk), **fields}, status)


def file_in(text: str) -> str:
    """The file that the page holds."""
    found = re.search(r'<textarea name="table"[^>]*>(.*?)</textarea>', text, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


async def test_a_row_is_changed_by_its_form_tried_against_last_month_and_put_into_force(desk: Any) -> None:
    number = await desk.appeal("w1")
    assert "逐行修改" in await page(desk, "/desk/catalogue")
    form = await page(desk, f"{ROW}?id=water.supply")
    assert '<option value="water-group" selected>' in form
    assert '<option value="water.supply" selected>water.supply 水费与开户、水管漏损、停水…' in form
    saved = await save(desk)
    assert "第 water.supply 行已记入草稿，尚未生效" in saved
    assert desk.standing_tables().catalogue.version == "2026.1"
    assert "有未生效的草稿" in await page(desk, "/desk/catalogue")
    tried = await press(desk, "/desk/catalogue/trial", {"table": file_in(saved)})
    assert number in tried
    assert "1件诉求中，1件会派往其他单位" in tried
    done = await press(desk, "/desk/catalogue", {"table": file_in(tried)})
    assert "版本 2026.2 已生效" in done
    assert "有未生效的草稿" not in done
    row = next(row for row in desk.standing_tables().catalogue.rows if row.id == "water.supply")
    assert row.unit == "housing-construction"
    assert "不在这份草稿中" not in await page(desk, DRAFT)


async def test_a_saved_row_leaves_every_other_line_of_the_file_as_it_was(desk: Any) -> None:
    before = text_of("dispatch_catalog.toml").splitlines()
    after = file_in(await save(desk)).splitlines()
    different = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert different == [
        ('version = "2026.1"', 'version = "2026.2"'),
        ('unit = "water-group"', 'unit = "housing-construction"'),
    ]


async def test_a_new_row_follows_one_that_gets_a_last_day(desk: Any) -> None:
    await save(desk, unit="water-group", valid_until="2026-07-01")
    form = await page(desk, f"{ROW}?like=water.supply")
    assert 'name="valid_from" value="2026-07-01"' in form
    saved = await save(desk, "", id="water.supply.2", area="*", level="city", valid_from="2026-07-01")
    assert "valid_until = 2026-07-01\n" in file_in(saved)
    assert "water.supply.2 → 住房和城乡建设局" in saved
    await press(desk, "/desk/catalogue", {"table": file_in(saved)})
    rows = {row.id: row for row in desk.standing_tables().catalogue.rows}
    assert (str(rows["water.supply"].valid_until), rows["water.supply.2"].unit) == (
        "2026-07-01",
        "housing-construction",
    )


async def test_a_row_is_deleted_and_the_last_steps_are_undone_or_all_given_up(desk: Any) -> None:
    gone = await press(desk, f"{ROW}/deletion", {"was": "water.supply", "number": await seen(desk)})
    assert 'id = "water.supply"\n' not in file_in(gone)
    await save(desk, "")
    back = await press(desk, f"{DRAFT}/undo", {"number": await seen(desk)})
    assert ("water.supply.zhanhe" in back, 'id = "water.supply"\n' in file_in(back)) == (False, False)
    given_up = await press(desk, f"{DRAFT}/discard", {"number": await seen(desk)})
    assert "草稿已放弃" in given_up
    assert 'name="table"' not in given_up
    assert await page(desk, f"{ROW}?id=water.supply")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", "", "须为1至100个字"),
        ("id", "energy.gas", "已有第 energy.gas 行"),
        ("topic", "Water", "须为主题编码"),
        ("topic", "energy.gas", "第 energy.gas 行在同一时期已规定同一主题、区划和层级"),
        ("area", "city", "须为六位区划代码"),
        ("level", "village", "须为市级或区县"),
        ("unit", "nobody-here", "不是网络成员单位"),
        ("valid_from", "soon", "须填写日期"),
        ("valid_until", "2026-02-31", "须为日期"),
        ("valid_until", "2025-01-01", "失效日期须晚于生效日期"),
    ],
)
async def test_a_bad_field_is_told_beside_it_with_what_was_typed_and_nothing_is_saved(
    desk: Any, field: str, value: str, reason: str
) -> None:
    told = await save(desk, status=422, **{field: value})
    named = "topic" if "同一时期" in reason else field
    assert f'<small class="wrong" id="{named}-wrong">{reason}' in told
    assert f'aria-describedby="{named}-wrong"' in told
    assert 'value="housing-construction" selected' in told or field == "unit"
    assert await seen(desk) == "0"


async def test_two_officers_do_not_overwrite_each_other_s_draft_and_keep_what_they_typed(desk: Any) -> None:
    mine = {"was": "", "number": await seen(desk), **NEW}
    await save(desk)
    told = await press(desk, ROW, mine, 409)
    assert "草稿刚被他人修改" in told
    assert 'value="water.supply.zhanhe"' in told
    assert 'name="number" value="1"' in told
    for path in (f"{ROW}/deletion", f"{DRAFT}/undo", f"{DRAFT}/discard"):
        assert "草稿刚被他人修改" in await press(desk, path, {"was": "energy.gas", "number": "0"}, 409)
    assert await seen(desk) == "1"


async def test_edits_on_a_version_that_was_replaced_are_named_and_not_carried_over(desk: Any) -> None:
    await save(desk)
    other = text_of("dispatch_catalog.toml").replace('version = "2026.1"', 'version = "2026.5"')
    await press(desk, "/desk/catalogue", {"table": other})
    shown = await page(desk, DRAFT)
    assert "不在这份草稿中： water.supply" in shown
    assert 'name="table"' not in shown
    assert 'version = "2026.6"' in file_in(await save(desk, ""))
    assert "不在这份草稿中" not in await page(desk, DRAFT)


async def test_a_row_that_the_draft_does_not_have_is_neither_shown_nor_deleted(desk: Any) -> None:
    await page(desk, f"{ROW}?id=nothing", status=404)
    told = await press(desk, f"{ROW}/deletion", {"was": "nothing", "number": "0"}, 422)
    assert "草稿中没有第 nothing 行" in told
    assert await seen(desk) == "0"


async def test_the_pages_speak_english_to_who_asks_for_it(desk: Any) -> None:
    form = await page(desk, f"{ROW}?id=water.supply&lang=en")
    assert "water.supply Water bills and accounts, Leaking water pipe, No water…" in form
    assert "a date such as 2026-01-01" in await save(desk, status=422, valid_from="soon")


async def test_who_only_reads_the_catalogue_and_every_other_role_edits_no_draft(desk: Any) -> None:
    assert DRAFT not in await page(desk, "/desk/catalogue", Role.AUDITOR)
    assert await page(desk, DRAFT, Role.OPERATOR)
    for role in (Role.AUDITOR, Role.SUPERVISOR, Role.AGENT):
        await page(desk, DRAFT, role, 403)
        await press(desk, ROW, {"was": "", "number": "0", **NEW}, 403, role)
