"""What a caller does on the page that shows the appeal: add, object to guidance, take it back."""

import re
import secrets
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chassis.clock import infrastructure_now
from contracts.events import appeal as a
from contracts.words import Channel, Exclusion, Lane, Role
from intake.tickets import GOOD_FOR, Tickets
from intake.uploads import MOST, TOGETHER

from ..facts import Teller
from .conftest import Intake
from .test_filing_pages import FIRE, HOME, receipt_of

PICTURE = ("lamp.png", b"\x89PNG\r\n\x1a\n" + b"lamp" * 1000, "image/png")
REPORT = ("report.pdf", b"%PDF-1.7 report", "application/pdf")


class Caller:
    """Somebody with number and query code in front of the page."""

    def __init__(self, intake: Intake, number: str, code: str) -> None:
        self.intake, self.number, self.code = intake, number, code
        self.tell = Teller(intake.heard[-1].subject)
        self.page: httpx.Response

    async def look(self) -> httpx.Response:
        self.page = await self.intake.http.post("/query", data={"number": self.number, "code": self.code})
        return self.page

    def form(self, name: str) -> dict[str, str]:
        """The hidden fields of a form of the page."""
        found = re.search(rf'action="/query/{name}".*?</form>', self.page.text, re.DOTALL)
        assert found is not None, name
        return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', found[0]))

    async def send(self, name: str, origin: dict[str, str] = HOME, files: Any = None, **fields: str) -> httpx.Response:
        answer = await self.intake.http.post(f"/query/{name}", data=fields, files=files, headers=origin)
        await self.intake.quiet()
        return answer


@pytest.fixture
async def caller(intake: Intake) -> Caller:
    """A caller whose appeal is registered, with the page open."""
    answer = await intake.appeal(caller={"name": "张三", "phone": "13812345678"})
    await intake.quiet()
    one = Caller(intake, answer.json()["number"], answer.json()["query_code"])
    await one.look()
    return one


async def guide(caller: Caller) -> None:
    """The centre guides the appeal elsewhere."""
    guided = a.AppealGuided(exclusion=Exclusion.LEGAL_CHANNEL, right_channel="请向法院起诉", signed_by="duty")
    await caller.intake.publish(caller.tell.fact(guided))


async def test_a_caller_adds_words_a_place_and_files_once_however_often_it_is_sent(
    intake: Intake, caller: Caller
) -> None:
    form = {**caller.form("supplement"), "text": "今天又灭了，电话13912345678", "place": "解放路三号"}
    files = [("files", PICTURE), ("files", REPORT)]
    pages = [await caller.send("supplement", files=files, **form) for _ in range(2)]
    (fact,) = intake.data("appeal.supplemented")

    assert [201, 201] == [page.status_code for page in pages]
    assert "已收到您的补充" in pages[0].text
    assert "13912345678" not in fact.text_masked
    assert ("解放路三号", Channel.MAYOR_MAILBOX) == (fact.place.text, fact.channel)
    assert ["image/png", "application/pdf"] == [file.media_type for file in fact.attachments]
    assert 2 == await intake.store.collection("attachments").count_documents({})
    assert "附件：" in pages[1].text


async def test_what_a_caller_attached_is_read_by_the_holder_and_the_centre_alone(
    intake: Intake, caller: Caller
) -> None:
    await caller.send("supplement", files=[("files", PICTURE)], **caller.form("supplement"))
    (added,) = intake.facts("appeal.supplemented")
    (fact,) = intake.data("appeal.supplemented")
    await intake.publish(caller.tell.dispatched("lamps"), caller.tell.fact(a.SupplementJudged(supplement=added.id)))

    async def read(role: Role, **who: str) -> int:
        path = f"/attachments/{fact.attachments[0].attachment_id}"
        return (await intake.http.get(path, headers=intake.token(role, **who))).status_code

    assert 200 == await read(Role.AGENT)
    assert 200 == await read(Role.UNIT_HANDLER, unit="lamps")
    assert 404 == await read(Role.UNIT_HANDLER, unit="water")
    assert 404 == await read(Role.CITIZEN, user="public-page")


async def test_a_dangerous_word_of_a_caller_takes_the_emergency_lane(intake: Intake, caller: Caller) -> None:
    await caller.send("supplement", text=FIRE, **caller.form("supplement"))

    assert Lane.EMERGENCY == intake.heard[-1].lane


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("a.exe", b"MZ", "application/x-dosexec")], "只接受照片"),
        ([("a.html", b"<script>", "text/html")], "只接受照片"),
        ([("a.svg", b"<svg onload=alert(1)>", "image/svg+xml")], "只接受照片"),
        ([("a.png", b"MZ", "image/png")], "只接受照片"),
        ([("a.png", b"", "image/png")], "有文件是空的"),
        ([REPORT] * (MOST + 1), f"最多只能附 {MOST} 个文件"),
        ([("a.pdf", b"%PDF-" + b"x" * (TOGETHER - 4), "application/pdf")], "合计超过 10 MB"),
    ],
)
async def test_a_wrong_file_is_refused_on_the_form_and_nothing_is_kept(
    intake: Intake, caller: Caller, files: list[Any], words: str
) -> None:
    form = {**caller.form("supplement"), "text": "今天又灭了"}
    refused = [
        await caller.send("supplement", files=[("files", file) for file in files], **form),
        await intake.http.post(
            "/file",
            data={"key": secrets.token_hex(16), "text": "今天又灭了", "consent": "yes"},
            files=[("files", file) for file in files],
            headers=HOME,
        ),
    ]

    for page in refused:
        assert (422, True) == (page.status_code, words in page.text)
        assert "今天又灭了</textarea>" in page.text
    assert [] == intake.data("appeal.supplemented")
    assert 1 == len(intake.data("appeal.registered"))
    assert 0 == await intake.store.collection("attachments").count_documents({})


async def test_only_a_form_with_files_may_be_large(intake: Intake, caller: Caller) -> None:
    large = "长" * 200_000
    plain = await caller.send("supplement", text=large, **caller.form("supplement"))
    withdrawal = await caller.send("withdrawal", files=[("files", REPORT)], text=large, **caller.form("withdrawal"))

    assert (413, 413) == (plain.status_code, withdrawal.status_code)


async def test_a_citizen_files_with_pictures_and_a_double_press_keeps_them_once(intake: Intake) -> None:
    sent = {"key": secrets.token_hex(16), "text": "解放路路灯坏了", "consent": "yes"}
    pages = [await intake.http.post("/file", data=sent, files=[("files", PICTURE)], headers=HOME) for _ in range(2)]
    await intake.quiet()
    (fact,) = intake.data("appeal.registered")

    assert receipt_of(pages[0]) == receipt_of(pages[1])
    assert ["image/png"] == [file.media_type for file in fact.attachments]
    assert 1 == await intake.store.collection("attachments").count_documents({})


async def test_an_agent_attaches_what_was_uploaded_and_an_unknown_file_is_named(intake: Intake) -> None:
    agent = intake.token(Role.AGENT)
    upload = {**agent, "Idempotency-Key": "u1", "Content-Type": "image/png"}
    file = (await intake.http.post("/attachments", content=PICTURE[1], headers=upload)).json()["attachment_id"]
    form = {"key": secrets.token_hex(16), "text": "解放路路灯坏了"}
    gone = await intake.http.post("/desk/intake", data={**form, "attachments": ["nothing"]}, headers=agent)
    done = await intake.http.post("/desk/intake", data={**form, "attachments": [file]}, headers=agent)
    number, _ = receipt_of(done)
    more = {"key": secrets.token_hex(16), "text": "补一张", "attachments": file}
    added = await intake.http.post(f"/desk/intake/appeals/{number}", data=more, headers=agent)
    await intake.quiet()

    assert (422, True) == (gone.status_code, "有附件找不到了" in gone.text)
    assert [file] == [one.attachment_id for one in intake.data("appeal.registered")[0].attachments]
    assert [file] == [one.attachment_id for one in intake.data("appeal.supplemented")[0].attachments]
    assert (201, True) == (added.status_code, f'href="/attachments/{file}"' in added.text)


async def test_a_caller_withdraws_once_and_the_forms_are_gone(intake: Intake, caller: Caller) -> None:
    form = caller.form("withdrawal")
    done = await caller.send("withdrawal", text="已经修好", **form)
    late = await caller.send("withdrawal", **{**form, "key": secrets.token_hex(16)})

    assert (200, True) == (done.status_code, "诉求已撤回。" in done.text)
    assert 'action="/query/withdrawal"' not in done.text
    assert 'action="/query/supplement"' not in done.text
    assert (409, True) == (late.status_code, "诉求已撤回" in late.text)
    (fact,) = intake.data("appeal.withdrawn")
    assert "已经修好" == fact.reason


async def test_an_objection_to_guidance_is_an_appeal_of_its_own_for_a_person(intake: Intake, caller: Caller) -> None:
    before = 'action="/query/objection"' in caller.page.text
    await guide(caller)
    await intake.publish(caller.tell.closed())
    await caller.look()
    form = {**caller.form("objection"), "text": "这是市政的路灯，不是官司"}
    receipts = [receipt_of(await caller.send("objection", **form)) for _ in range(2)]
    other = await caller.send("objection", **{**form, "key": secrets.token_hex(16), "text": "再说一次"})
    first, second = intake.data("appeal.registered")

    assert before is False
    assert receipts[0] == receipts[1]
    assert (caller.number, receipts[0][0]) == (second.objects_to, second.number)
    assert first.text_masked in second.text_masked
    assert "这是市政的路灯" in second.text_masked
    assert () == second.missing
    assert (409, True) == (other.status_code, "您已对此件提出过异议" in other.text)
    assert f"登记编号 {receipts[0][0]}" in (await caller.look()).text
    assert 'action="/query/objection"' not in caller.page.text


async def test_who_was_not_guided_elsewhere_has_nothing_to_object_to(intake: Intake, caller: Caller) -> None:
    form = {**caller.form("supplement"), "text": "不同意"}
    refused = await caller.send("objection", **form)

    assert (409, True) == (refused.status_code, "没有引导至其他渠道" in refused.text)
    assert 1 == len(intake.data("appeal.registered"))


@pytest.mark.parametrize("name", ["supplement", "withdrawal", "objection"])
async def test_without_a_good_ticket_nothing_is_done_and_what_was_typed_comes_back(
    intake: Intake, caller: Caller, name: str
) -> None:
    keys = intake.hosted.runtime.keys
    old = Tickets(keys).give(caller.number, infrastructure_now() - GOOD_FOR - timedelta(seconds=1))
    for ticket in ("", "无", "AAAA", old, caller.code, caller.form("supplement")["ticket"][:-4] + "AAA="):
        page = await caller.send(name, ticket=ticket, key=secrets.token_hex(16), text="今天又灭了")
        assert (403, True) == (page.status_code, "请重新输入编号和查询码" in page.text)
        assert "今天又灭了</textarea>" in page.text
    await intake.quiet()
    assert ["appeal.registered"] == [fact.type for fact in intake.heard]


@pytest.mark.parametrize("origin", [{}, {"Origin": "http://evil.test"}])
async def test_another_sites_form_does_nothing_to_an_appeal(
    intake: Intake, caller: Caller, origin: dict[str, str]
) -> None:
    for name in ("supplement", "withdrawal", "objection"):
        answer = await caller.send(name, origin, text="不办了", **caller.form("supplement"))
        assert 403 == answer.status_code
    assert ["appeal.registered"] == [fact.type for fact in intake.heard]


async def test_an_address_that_used_up_its_hour_waits_and_keeps_what_it_typed(intake: Intake, caller: Caller) -> None:
    limit = intake.hosted.runtime.settings.public_appeals_an_hour
    await caller.send("supplement", text="今天又灭了", **caller.form("supplement"))
    await intake.store.collection("filings").update_many({}, {"$set": {"filed": limit}})
    await caller.look()
    for name in ("supplement", "withdrawal"):
        page = await caller.send(
            name, files=[("files", PICTURE)] if name == "supplement" else None, text="第二次", **caller.form(name)
        )
        assert (429, "3600") == (page.status_code, page.headers["retry-after"])
        assert "第二次</textarea>" in page.text
    assert 1 == len(intake.data("appeal.supplemented"))
    assert 0 == await intake.store.collection("attachments").count_documents({})


async def test_no_page_of_a_caller_holds_the_query_code_or_the_caller_s_number(intake: Intake, caller: Caller) -> None:
    done = await caller.send("supplement", text="<script>alert(1)</script>", **caller.form("supplement"))

    for page in (caller.page, done):
        assert caller.code not in page.text
        assert "13812345678" not in page.text
        assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in done.text


async def test_dates_and_who_looked_are_told_by_the_clock_on_the_wall_and_by_name(
    intake: Intake, caller: Caller
) -> None:
    await intake.publish(caller.tell.promised(), caller.tell.dispatched("lamps"))
    body = {"purpose": "回电核实地点"}
    holder = intake.token(Role.UNIT_HANDLER, unit="lamps")
    await intake.post(f"/appeals/{caller.number}/reveal", body, holder)
    page = await caller.look()

    assert "路灯所 · 回电核实地点" in page.text
    assert "UTC" not in page.text
    assert "+00:00</p>" not in page.text


async def test_a_reply_is_shown_above_the_course_once_the_centre_let_it_pass(intake: Intake, caller: Caller) -> None:
    await intake.publish(caller.tell.dispatched("lamps"), caller.tell.replied())
    early = (await caller.look()).text
    await intake.publish(caller.tell.approved())
    late = (await caller.look()).text

    assert "路灯已修复" not in early
    assert late.index("路灯已修复") < late.index("办理经过") < late.rindex("路灯已修复")


async def test_reloading_the_answer_to_a_form_or_changing_its_language_leads_back_to_the_query_page(
    intake: Intake,
) -> None:
    again = await intake.http.get("/query/supplement")
    english = await intake.http.get("/query/objection?lang=en")

    assert (303, "/query") == (again.status_code, again.headers["location"])
    assert (303, "/query?lang=en") == (english.status_code, english.headers["location"])


async def test_forms_with_files_have_an_hours_count_of_their_own_and_a_fire_passes_with_its_picture(
    intake: Intake, caller: Caller
) -> None:
    limit = intake.hosted.runtime.settings.public_uploads_an_hour

    async def filed(text: str, files: Any) -> int:
        sent = {"key": secrets.token_hex(16), "text": text, "consent": "yes"}
        return (await intake.http.post("/file", data=sent, files=files, headers=HOME)).status_code

    first = await filed("解放路路灯坏了", [("files", PICTURE)])
    await intake.store.collection("filings").update_many({"_id": {"$regex": ":files:"}}, {"$set": {"filed": limit}})
    answers = [
        await filed("解放路路灯又坏了", [("files", PICTURE)]),
        await filed("解放路路灯又坏了", None),
        await filed(FIRE, [("files", PICTURE)]),
        (await caller.send("supplement", files=[("files", PICTURE)], **caller.form("supplement"))).status_code,
    ]

    assert [201, 429, 201, 201, 429] == [first, *answers]
