"""The agent's desk and the citizen's page, as people use them: forms in, pages out."""

import asyncio
import re
import secrets
from html import unescape
from typing import Any

import httpx
import pytest

from chassis.clock import infrastructure_now
from contracts.words import Channel, Lane, Role
from intake.domain.number import well_formed
from intake.store import MongoFilings

from .conftest import Intake

HOME = {"Origin": "http://test"}
FIRE = "解放路三号楼着火了，有人被困"


def key_of(page: httpx.Response) -> str:
    """The idempotency key that the page's form carries."""
    found = re.search(r'name="key" value="([^"]+)"', page.text)
    assert found is not None
    return found[1]


def receipt_of(page: httpx.Response) -> tuple[str, str]:
    """Number and query code of a receipt."""
    number, code = re.findall(r"<dd[^>]*>([0-9A-Z]+)</dd>", page.text)
    assert well_formed(number)
    return number, code


async def call(intake: Intake, **form: str) -> httpx.Response:
    """Send the agent's form; without a key under a fresh one."""
    sent = {"key": secrets.token_hex(16), **form}
    answer = await intake.http.post("/desk/intake", data=sent, headers=intake.token(Role.AGENT))
    await intake.quiet()
    return answer


async def file(intake: Intake, origin: dict[str, str] = HOME, **form: str) -> httpx.Response:
    """Send the citizen's form, with consent and a matter unless they are given."""
    sent = {"key": secrets.token_hex(16), "consent": "yes", "text": "解放路路灯坏了", "phone": "13812345678", **form}
    answer = await intake.http.post("/file", data=sent, headers=origin)
    await intake.quiet()
    return answer


async def registered(intake: Intake) -> int:
    """How many appeals there are."""
    return await intake.store.collection("appeals").count_documents({"number": {"$exists": True}})


async def test_an_agent_takes_a_call_and_a_double_press_registers_once(intake: Intake) -> None:
    empty = await intake.http.get("/desk/intake", headers=intake.token(Role.AGENT))
    form = {"key": key_of(empty), "text": "解放路路灯坏了", "phone": "138 1234 5678", "name": "张三"}
    first, again = await asyncio.gather(call(intake, **form), call(intake, **form))
    number, code = receipt_of(first)

    assert (200, 201, 201) == (empty.status_code, first.status_code, again.status_code)
    assert (number, code) == receipt_of(again)
    assert 1 == len(intake.data("appeal.registered"))
    assert Channel.PHONE == intake.data("appeal.registered")[0].channel
    assert "要素不全" not in first.text
    timeline = await intake.http.get(f"/appeals/{number}", headers={"X-Query-Code": code})
    assert 200 == timeline.status_code


async def test_every_fresh_form_registers_another_appeal(intake: Intake) -> None:
    pages = [await intake.http.get("/desk/intake", headers=intake.token(Role.AGENT)) for _ in range(2)]
    numbers = {receipt_of(await call(intake, key=key_of(page), text="解放路路灯坏了"))[0] for page in pages}

    assert 2 == len(numbers)


@pytest.mark.parametrize("phone", ["欧阳建国家里", "12", "1381234567813812345678", "13812345678 张三"])
async def test_a_bad_telephone_number_is_named_and_not_repeated_and_the_text_is_kept(
    intake: Intake, phone: str
) -> None:
    refused = [await call(intake, text="解放路路灯坏了", phone=phone), await file(intake, phone=phone)]

    for page in refused:
        assert 422 == page.status_code
        assert 'href="#phone"' in page.text
        assert "电话号码无法识别" in page.text
        assert f'value="{phone}"' not in page.text
        assert "解放路路灯坏了</textarea>" in page.text
    assert 0 == await registered(intake)


@pytest.mark.parametrize(
    ("field", "value"), [("name", "长" * 101), ("place", "长" * 201), ("area_code", "12"), ("subject_unit", "长" * 201)]
)
async def test_a_wrong_field_is_named_on_the_form(intake: Intake, field: str, value: str) -> None:
    page = await call(intake, **{"text": "解放路路灯坏了", "place": "解放路", field: value})

    assert 422 == page.status_code
    assert f'id="wrong-{field}"' in page.text
    assert f'value="{value}"' not in unescape(page.text)


async def test_after_a_corrected_field_the_same_form_registers(intake: Intake) -> None:
    refused = await call(intake, text="解放路路灯坏了", phone="12")
    page = await call(intake, key=key_of(refused), text="解放路路灯坏了", phone="0375-1234567转8")

    assert 201 == page.status_code
    assert 1 == await registered(intake)


async def test_an_incomplete_call_is_registered_and_marked(intake: Intake) -> None:
    page = await call(intake, text="太吵了，睡不着")
    nothing = await call(intake)

    assert 201 == page.status_code
    assert "要素不全" in page.text
    assert ("place", "contact") == intake.data("appeal.registered")[0].missing
    assert (422, True) == (nothing.status_code, "请写明诉求内容" in nothing.text)


async def test_while_the_agent_types_a_possible_emergency_shows_and_nothing_is_kept(intake: Intake) -> None:
    agent = intake.token(Role.AGENT)
    key = secrets.token_hex(16)
    danger = await intake.http.post("/desk/intake/look", data={"key": key, "text": FIRE}, headers=agent)
    calm = await intake.http.post("/desk/intake/look", data={"key": key, "text": "太吵了"}, headers=agent)
    english = await intake.http.post("/desk/intake/look?lang=en", data={"key": key, "text": FIRE}, headers=agent)
    citizen = await intake.http.post("/file/look?lang=zh", data={"key": key, "text": FIRE})

    assert "可能是险情" in danger.text
    assert "119" in danger.text
    assert "可能是险情" not in calm.text
    assert "还可以问" in calm.text
    assert "Possible emergency" in english.text
    assert "请马上拨打" in citizen.text
    assert 0 == await intake.store.collection("appeals").count_documents({})


async def test_what_an_agent_or_citizen_reports_of_a_fire_takes_the_emergency_lane(intake: Intake) -> None:
    called = await call(intake, text=FIRE)
    filed = await file(intake, text=FIRE)

    assert [Lane.EMERGENCY] * 2 == [fact.lane for fact in intake.heard]
    assert "119" in called.text
    assert "119" in filed.text


async def test_the_changed_text_of_a_registered_form_is_asked_about_before_it_becomes_another(intake: Intake) -> None:
    key = secrets.token_hex(16)
    await call(intake, key=key, text="解放路路灯坏了")
    changed = await call(intake, key=key, text="人民路漏水")
    anew = await call(intake, key=key_of(changed), text="人民路漏水")

    assert (409, 201) == (changed.status_code, anew.status_code)
    assert "先前的内容已经登记" in changed.text
    assert 2 == await registered(intake)


async def test_a_repeated_call_is_added_to_the_appeal_that_its_number_finds(intake: Intake) -> None:
    number, _ = receipt_of(await call(intake, text="太吵了，睡不着"))
    agent = intake.token(Role.AGENT)
    found = await intake.http.get(f"/desk/intake/find?number=%20{number}", headers=agent)
    unknown = await intake.http.get("/desk/intake/find?number=123", headers=agent)
    page = await intake.http.get(found.headers["location"], headers=agent)
    added = {"key": key_of(page), "text": "今天更吵", "repeat": "yes", "phone": "13812345678", "place": "解放路"}
    bad = await intake.http.post(found.headers["location"], data={**added, "phone": "无号"}, headers=agent)
    done = [await intake.http.post(found.headers["location"], data=added, headers=agent) for _ in range(2)]
    await intake.quiet()

    assert (303, 404, 200) == (found.status_code, unknown.status_code, page.status_code)
    assert (422, True) == (bad.status_code, "无号" not in bad.text)
    assert [201, 201] == [answer.status_code for answer in done]
    (fact,) = intake.data("appeal.supplemented")
    assert (True, {"place", "matter", "contact"}) == (fact.repeat, set(fact.completes))
    nothing = await intake.http.post(found.headers["location"], data={"key": secrets.token_hex(16)}, headers=agent)
    assert (409, True) == (nothing.status_code, "没有补充任何内容" in nothing.text)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.AGENT}))
async def test_nobody_but_an_agent_opens_the_desk(intake: Intake, role: Role) -> None:
    who = intake.token(role, unit="lamps", line="fire-119")
    form = {"key": secrets.token_hex(16), "text": "解放路路灯坏了"}
    answers = [
        await intake.http.get("/desk/intake", headers=who),
        await intake.http.post("/desk/intake", data=form, headers=who),
        await intake.http.post("/desk/intake/look", data=form, headers=who),
        await intake.http.get("/desk/intake/appeals/1", headers=who),
        await intake.http.post("/desk/intake/appeals/1", data=form, headers=who),
    ]

    assert [403] * 5 == [answer.status_code for answer in answers]
    assert 401 == (await intake.http.post("/desk/intake", data=form)).status_code
    assert 0 == await registered(intake)


async def test_a_citizen_files_without_an_account_and_reads_it_by_number_and_code(intake: Intake) -> None:
    key = key_of(await intake.http.get("/file"))
    one, two = await file(intake, key=key, name="张三"), await file(intake, key=key, name="张三")
    number, code = receipt_of(one)
    shown = await intake.http.post("/query", data={"number": number, "code": code})
    (fact,) = intake.data("appeal.registered")

    assert (number, code) == receipt_of(two)
    assert "请同时记下编号和查询码" in one.text
    assert (200, True) == (shown.status_code, "解放路路灯坏了" in shown.text)
    assert Channel.MAYOR_MAILBOX == fact.channel
    assert 'href="/file"' in (await intake.http.get("/query")).text


async def test_without_consent_or_words_nothing_is_filed_and_the_form_says_why(intake: Intake) -> None:
    for form, field in (({"consent": ""}, "consent"), ({"text": " "}, "text")):
        page = await file(intake, **form)
        assert (422, True) == (page.status_code, f'id="wrong-{field}"' in page.text)
    assert 0 == await registered(intake)


async def test_a_citizen_cannot_choose_channel_or_staffs_fields(intake: Intake) -> None:
    await file(intake, channel="phone", source_number="7", accused_unit="水务局")
    (fact,) = intake.data("appeal.registered")

    assert (Channel.MAYOR_MAILBOX, None, None) == (fact.channel, fact.source_number, fact.accused_unit)


@pytest.mark.parametrize("origin", [{}, {"Origin": "http://evil.test"}, {"Origin": "null"}])
async def test_another_sites_form_files_nothing(intake: Intake, origin: dict[str, str]) -> None:
    assert 403 == (await file(intake, origin)).status_code
    assert 0 == await registered(intake)


async def test_one_address_may_file_so_much_an_hour_and_an_emergency_still_passes(
    intake: Intake,
) -> None:
    limit = intake.hosted.runtime.settings.public_appeals_an_hour
    form = {"key": secrets.token_hex(16)}
    first = await file(intake, **form)
    row = await intake.store.collection("filings").find_one({})
    assert row is not None
    await intake.store.collection("filings").update_one({"_id": row["_id"]}, {"$set": {"filed": limit}})
    full, again, fire = await file(intake), await file(intake, **form), await file(intake, text=FIRE)

    assert (201, 429, 201) == (first.status_code, full.status_code, fire.status_code)
    assert receipt_of(first) == receipt_of(again)
    assert "3600" == full.headers["retry-after"]
    assert "解放路路灯坏了</textarea>" in full.text
    rows: list[Any] = await intake.store.collection("filings").find({}).to_list(None)
    assert 2 == len(rows)
    assert "127.0.0.1" not in str(rows)


async def test_what_comes_together_is_counted_exactly(intake: Intake) -> None:
    filings = MongoFilings(intake.store, limit=5)
    now = infrastructure_now()
    passed = await asyncio.gather(*(filings.count("one", f"key-{i % 8}", now) for i in range(24)))

    assert 5 == len({i % 8 for i, room in enumerate(passed) if room})
    assert passed == [await filings.count("one", f"key-{i % 8}", now) for i in range(24)]
    assert await filings.count("other", "key-0", now)


async def test_a_body_beyond_the_limit_is_refused_before_it_is_read(intake: Intake) -> None:
    assert 413 == (await file(intake, text="长" * 100_000)).status_code


async def test_what_people_type_is_never_markup(intake: Intake) -> None:
    for page in (await call(intake, text="<b>x</b>", phone="12"), await file(intake, text="<b>x</b>", phone="12")):
        assert "<b>x" not in page.text
        assert "&lt;b&gt;x" in page.text
