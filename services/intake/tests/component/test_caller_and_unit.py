"""What the caller sees and may do, and who learns the caller's identity."""

import json
import re
from typing import Any

import httpx
import pytest

from chassis.crypto import new_line_key, public_part, unseal
from contracts.codec import encode
from contracts.events import appeal as a
from contracts.events import emergency as e
from contracts.events import work_order as w
from contracts.events.unit_file import UnitFileStored
from contracts.words import Exclusion, Lane, Role
from intake.domain.number import check_digit

from ..facts import Teller
from .conftest import Intake


async def opened(intake: Intake, text: str = "解放路路灯坏了", **body: Any) -> tuple[str, dict[str, str], Teller]:
    """A fresh appeal: its number, the header with its code, and a teller that goes on after its registration."""
    answer = (await intake.appeal(text, **body)).json()
    await intake.quiet()
    return answer["number"], {"X-Query-Code": answer["query_code"]}, Teller(intake.heard[-1].subject)


async def test_a_caller_sees_the_timeline_and_the_promised_dates(intake: Intake) -> None:
    number, code, tell = await opened(intake)
    told = [tell.classified(), tell.promised(), tell.dispatched(), tell.replied(), tell.breached(), tell.cleared()]
    await intake.publish(*told)
    waiting = (await intake.http.get(f"/appeals/{number}", headers=code)).json()
    await intake.publish(tell.approved(), tell.scheduled(), tell.closed())
    closed = (await intake.http.get(f"/appeals/{number}", headers=code)).json()

    assert "in_handling" == waiting["status"]
    assert [("resolve", "2026-03-09T01:00:00+00:00", "running")] == [
        (promise["kind"], promise["due"], promise["state"]) for promise in waiting["promises"]
    ]
    assert "路灯已修复" not in json.dumps(waiting, ensure_ascii=False)
    assert "closed" == closed["status"]
    assert "路灯已修复" == next(m["text"] for m in closed["timeline"] if m["kind"] == "work_order.replied")
    assert "路灯所" == next(m["unit"] for m in closed["timeline"] if m["kind"] == "work_order.dispatched")
    assert sorted(moment["at"] for moment in closed["timeline"]) == [moment["at"] for moment in closed["timeline"]]


async def test_an_unknown_number_and_a_wrong_code_answer_alike_and_ten_are_too_many(intake: Intake) -> None:
    number, code, _ = await opened(intake)
    other, other_code, _ = await opened(intake)
    unknown = f"{number[:6]}20250101{number[14:20]}"
    unknown += check_digit(unknown)

    async def guess(wanted: str, word: str) -> httpx.Response:
        return await intake.http.get(f"/appeals/{wanted}", headers={"X-Query-Code": word})

    wrong = [await guess(number, "AAAAAAAA") for _ in range(11)]
    strange = [await guess(unknown, "AAAAAAAA") for _ in range(11)]
    right = await guess(number, code["X-Query-Code"])
    elsewhere = await guess(other, other_code["X-Query-Code"])

    assert [404] * 10 + [429] == [answer.status_code for answer in wrong]
    assert [404] * 10 + [429] == [answer.status_code for answer in strange]
    bodies = [{k: v for k, v in answer.json().items() if k != "correlation_id"} for answer in (wrong[0], strange[0])]
    assert bodies[0] == bodies[1]
    assert (429, 200) == (right.status_code, elsewhere.status_code)
    assert 401 == (await intake.http.get(f"/appeals/{number}")).status_code
    assert 404 == (await guess("1234", "AAAAAAAA")).status_code


async def test_an_agent_reads_by_token_and_a_unit_does_not(intake: Intake) -> None:
    number, _, _ = await opened(intake)

    agent = await intake.http.get(f"/appeals/{number}", headers=intake.token(Role.AGENT))
    unit = await intake.http.get(f"/appeals/{number}", headers=intake.token(Role.UNIT_HANDLER, unit="lamps"))

    assert (200, 401) == (agent.status_code, unit.status_code)


async def test_a_supplement_completes_what_was_missing_and_happens_once(intake: Intake) -> None:
    number, code, _ = await opened(intake, "太吵了，睡不着", caller=None)
    body = {"text": "是夜市", "completes": {"phone": "13812345678", "place": {"text": "解放路夜市"}}}
    first = await intake.post(f"/appeals/{number}/supplements", body, code, key="s1")
    again = await intake.post(f"/appeals/{number}/supplements", body, code, key="s1")
    other = await intake.post(f"/appeals/{number}/supplements", {"text": "别的"}, code, key="s1")
    empty = await intake.post(f"/appeals/{number}/supplements", {"text": " "}, code)

    assert (201, {"incomplete": False, "missing": []}) == (first.status_code, first.json())
    assert first.content == again.content
    assert (422, 409) == (other.status_code, empty.status_code)
    (data,) = intake.data("appeal.supplemented")
    assert ("place", "matter", "contact") == data.completes
    assert "解放路夜市" == data.place.text
    assert None is not data.caller_ref


async def test_a_supplement_that_sounds_dangerous_travels_on_the_emergency_lane(intake: Intake) -> None:
    number, code, tell = await opened(intake)
    await intake.publish(tell.closed())
    answer = await intake.post(f"/appeals/{number}/supplements", {"text": "现在着火了，快来人"}, code)

    assert 201 == answer.status_code
    assert Lane.EMERGENCY is intake.heard[-1].lane


async def test_an_appeal_is_withdrawn_once(intake: Intake) -> None:
    number, code, _ = await opened(intake)
    first = await intake.post(f"/appeals/{number}/withdrawal", {"reason": "已解决"}, code)
    second = await intake.post(f"/appeals/{number}/withdrawal", {"reason": "已解决"}, code)

    assert (200, 409) == (first.status_code, second.status_code)
    assert "withdrawn" == second.json()["code"]
    assert 1 == len(intake.data("appeal.withdrawn"))


async def test_only_the_unit_that_holds_the_order_learns_the_caller_and_it_is_recorded(intake: Intake) -> None:
    number, code, tell = await opened(intake, caller={"name": "张三", "phone": "13812345678"})
    await intake.publish(tell.dispatched("lamps"))
    path, body = f"/appeals/{number}/reveal", {"purpose": "回电核实地点"}
    holder = intake.token(Role.UNIT_HANDLER, unit="lamps")

    shown = await intake.post(path, body, holder, key="r1")
    stranger = await intake.post(path, body, intake.token(Role.UNIT_HANDLER, unit="water"))
    visitor = await intake.post(path, body, intake.token(Role.REVISIT_AGENT))
    line = await intake.post(path, body, intake.token(Role.LINE_OPERATOR, line="119"))
    await intake.publish(tell.fact(w.Recalled(unit="lamps", round=1, reason="wrong unit")))
    late = await intake.post(path, body, holder, key="r1")
    seen = (await intake.http.get(f"/appeals/{number}/reveals", headers=intake.token(Role.AUDITOR))).json()
    own = (await intake.http.get(f"/appeals/{number}", headers=code)).json()["reveals"]

    assert {"number": number, "name": "张三", "phone": "13812345678"} == shown.json()
    assert (403, 200, 403, 403) == tuple(a.status_code for a in (stranger, visitor, line, late))
    assert [True, False, True, False] == [item["granted"] for item in seen["items"]]
    assert ["lamps", None] == [item["unit"] for item in own]
    assert ["回电核实地点"] * 2 == [item["purpose"] for item in own]


async def test_who_must_recuse_neither_learns_the_caller_nor_reads_and_it_is_recorded(
    intake: Intake,
) -> None:
    number, _, tell = await opened(intake, accused_unit="lamps")
    told = w.UnitsBarred(accused="lamps", units=("lamps", "urban-management"))
    await intake.publish(
        tell.dispatched("supervision-office"), tell.fact(told), tell.fact(w.Recused(person="li.wei", by="duty"))
    )
    recused = {"user": "li.wei", "unit": "supervision-office"}
    kin = {"user": "zhang", "unit": "urban-management"}
    path, body = f"/appeals/{number}/reveal", {"purpose": "核实情况"}

    for role, who in ((Role.UNIT_HANDLER, recused), (Role.REVISIT_AGENT, recused), (Role.REVISIT_AGENT, kin)):
        assert 403 == (await intake.post(path, body, intake.token(role, **who))).status_code
    for who in (recused, kin, kin):
        assert 404 == (await intake.http.get(f"/appeals/{number}", headers=intake.token(Role.AGENT, **who))).status_code
    await intake.quiet()
    seen = (await intake.http.get(f"/appeals/{number}/reveals", headers=intake.token(Role.AUDITOR))).json()

    assert [False] * 3 == [item["granted"] for item in seen["items"]]
    tried = [(one.attempt, one.by, one.barred_unit) for one in intake.data("appeal.barred")]
    assert [("read", "li.wei", None), ("read", "zhang", "urban-management")] == tried
    assert 200 == (await intake.post(path, body, intake.token(Role.REVISIT_AGENT))).status_code


async def test_a_confidential_caller_is_shown_to_no_unit(intake: Intake) -> None:
    number, _, tell = await opened(intake, confidential=True)
    await intake.publish(tell.dispatched("lamps"))
    headers = intake.token(Role.UNIT_HEAD, unit="lamps")
    answer = await intake.post(f"/appeals/{number}/reveal", {"purpose": "回电"}, headers)

    assert (403, "confidential") == (answer.status_code, answer.json()["code"])


async def test_a_raised_line_gets_the_number_sealed_and_nobody_else_does(intake: Intake) -> None:
    private = new_line_key("119-1")
    await intake.http.put("/lines/119/key", json=public_part(private), headers=intake.token(Role.OPERATOR))
    number, _, tell = await opened(intake, "解放路三号楼着火了", caller={"name": "张三", "phone": "13812345678"})
    raised = tell.raised("119")
    await intake.publish(raised, tell.raised("120"), raised)

    (box,) = map(json.loads, intake.lines["119"])
    assert ("contact_box", "119", "ref-119") == (box["type"], box["line"], box["reference"])
    assert {"phone": "13812345678", "name": "张三"} == json.loads(unseal(box["contact_box"], private))
    assert [] == intake.lines["120"]
    assert ["119"] == [data.line for data in intake.data("emergency.contact_sealed")]
    assert box["contact_box"] not in "".join(encode(fact).decode() for fact in intake.heard)
    assert "13812345678" not in "".join(encode(fact).decode() for fact in intake.heard)
    operator = intake.token(Role.LINE_OPERATOR, line="120")
    assert 200 == (await intake.post(f"/appeals/{number}/reveal", {"purpose": "救人"}, operator)).status_code


async def test_a_number_that_is_completed_later_still_reaches_the_line(intake: Intake) -> None:
    private = new_line_key("119-1")
    await intake.http.put("/lines/119/key", json=public_part(private), headers=intake.token(Role.OPERATOR))
    number, code, tell = await opened(intake, "解放路三号楼着火了", caller=None)
    await intake.publish(tell.raised("119"))
    before = len(intake.lines["119"])
    await intake.post(f"/appeals/{number}/supplements", {"completes": {"phone": "13812345678"}}, code)

    assert (0, 1) == (before, len(intake.lines["119"]))


async def test_a_lowered_case_opens_nothing(intake: Intake) -> None:
    number, _, tell = await opened(intake, "解放路三号楼着火了")
    await intake.publish(tell.raised("119"))
    await intake.publish(tell.fact(e.EmergencyLowered(line="119", reference="ref-119", reason="误报", by="officer")))
    operator = intake.token(Role.LINE_OPERATOR, line="119")

    assert 403 == (await intake.post(f"/appeals/{number}/reveal", {"purpose": "核实"}, operator)).status_code


async def test_a_private_or_broken_line_key_is_refused(intake: Intake) -> None:
    private = new_line_key("119-1")
    operator = intake.token(Role.OPERATOR)
    whole = await intake.http.put("/lines/119/key", json=private, headers=operator)
    off_curve = {**public_part(private), "y": public_part(private)["x"]}
    broken = await intake.http.put("/lines/119/key", json=off_curve, headers=operator)

    assert (422, 422) == (whole.status_code, broken.status_code)
    assert private["d"] not in whole.text


async def test_a_unit_s_file_is_the_unit_s_and_the_centre_s_alone(intake: Intake) -> None:
    report = b"%PDF-1.7 " + b"x" * 100
    handler = {**intake.token(Role.UNIT_HANDLER, unit="lamps", user="h1"), "Content-Type": "application/pdf"}
    sent = await intake.http.post("/attachments", content=report, headers={**handler, "Idempotency-Key": "u1"})
    assert 201 == sent.status_code

    async def read(role: Role, **who: str) -> int:
        path = f"/attachments/{sent.json()['attachment_id']}"
        return (await intake.http.get(path, headers=intake.token(role, **who))).status_code

    assert 200 == await read(Role.UNIT_HEAD, unit="lamps", user="h2")
    assert 200 == await read(Role.REVIEWER)
    assert 404 == await read(Role.UNIT_HANDLER, unit="water")
    assert 404 == await read(Role.CITIZEN)
    big = await intake.http.post(
        "/attachments", content=b"%PDF-" + b"x" * 10_500_000, headers={**handler, "Idempotency-Key": "u2"}
    )
    odd = await intake.http.post(
        "/attachments",
        content=b"MZ",
        headers={**handler, "Idempotency-Key": "u3", "Content-Type": "application/x-dosexec"},
    )
    assert (413, 415) == (big.status_code, odd.status_code)
    refused = await intake.http.get("/refusals/intake", headers=intake.token(Role.OPERATOR))
    assert {
        ("lamps", "POST /attachments", 413, "too-large"),
        ("lamps", "POST /attachments", 415, "media-type"),
        ("water", "GET /attachments/{attachment_id}", 404, "no-such-attachment"),
    } == {(row["unit"], row["door"], row["status"], row["reason"]) for row in refused.json()["items"]}


async def test_a_unit_s_file_is_told_once_without_who_uploaded_it_and_a_citizen_s_is_not(intake: Intake) -> None:
    report = b"%PDF-1.7 " + b"x" * 100
    handler = {**intake.token(Role.UNIT_HANDLER, unit="lamps", user="h1"), "Content-Type": "application/pdf"}
    for _ in range(2):
        sent = await intake.http.post("/attachments", content=report, headers={**handler, "Idempotency-Key": "u1"})
    citizen = {**intake.token(Role.CITIZEN), "Content-Type": "application/pdf", "Idempotency-Key": "c1"}
    await intake.http.post("/attachments", content=report, headers=citizen)
    await intake.quiet()

    [fact] = intake.heard
    file = sent.json()["attachment_id"]
    assert (f"file:{file}", 1, "unit_file.stored") == (fact.subject, fact.sequence, fact.type)
    told = UnitFileStored(attachment_id=file, unit="lamps", media_type="application/pdf", size=len(report))
    assert told == fact.data
    assert "h1" not in encode(fact).decode()


async def test_a_file_is_kept_encrypted_and_shown_to_who_holds_the_appeal(intake: Intake) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"lamp" * 600_000
    agent = {**intake.token(Role.AGENT), "Idempotency-Key": "f1", "Content-Type": "image/png"}
    first = await intake.http.post("/attachments", content=picture, headers=agent)
    again = await intake.http.post("/attachments", content=picture, headers=agent)
    changed = await intake.http.post("/attachments", content=picture + b"x", headers=agent)
    disguised = await intake.http.post("/attachments", content=b"MZ", headers={**agent, "Idempotency-Key": "f2"})
    file = first.json()["attachment_id"]
    _, _, tell = await opened(intake, attachments=[file])
    await intake.publish(tell.dispatched("lamps"))

    async def read(role: Role, **who: str) -> httpx.Response:
        return await intake.http.get(f"/attachments/{file}", headers=intake.token(role, **who))

    assert (201, 422, 422) == (first.status_code, changed.status_code, disguised.status_code)
    assert first.json() == again.json()
    assert file == intake.data("appeal.registered")[0].attachments[0].attachment_id
    assert picture == (await read(Role.UNIT_HANDLER, unit="lamps")).content
    assert 404 == (await read(Role.UNIT_HANDLER, unit="water")).status_code
    assert 404 == (await read(Role.CITIZEN)).status_code
    unknown = await intake.appeal(attachments=["nothing"])
    assert (422, "body.attachments") == (unknown.status_code, unknown.json()["field"])
    chunks = await intake.store.collection("attachment_chunks").find({}).to_list(None)
    assert 3 == len(chunks)
    assert not any(b"lamplamp" in chunk["sealed"] for chunk in chunks)


@pytest.mark.parametrize(("accusation", "status"), [(None, 200), ("retaliation", 404)])
async def test_a_file_of_an_addition_is_the_unit_s_once_the_addition_is_known_to_accuse_nobody(
    intake: Intake, accusation: str | None, status: int
) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"window" * 10
    number, code, tell = await opened(intake, "窗口办事慢")
    await intake.publish(tell.dispatched("lamps"))
    found = await intake.http.post("/public/appeal", data={"number": number, "code": code["X-Query-Code"]})
    form = {name: re.findall(rf'name="{name}"[^>]*value="([^"]*)"', found.text)[0] for name in ("key", "ticket")}
    added = await intake.http.post(
        "/query/supplement",
        data={**form, "text": "见照片"},
        files={"files": ("a.png", picture, "image/png")},
        headers={"Origin": "http://test", "Sec-Fetch-Site": "same-origin"},
    )
    await intake.quiet()
    [fact] = [fact for fact in intake.heard if fact.type == "appeal.supplemented"]
    file = fact.data.attachments[0].attachment_id

    async def read(role: Role, **who: str) -> int:
        return (await intake.http.get(f"/attachments/{file}", headers=intake.token(role, **who))).status_code

    assert (201, 404) == (added.status_code, await read(Role.UNIT_HANDLER, unit="lamps"))
    assert 200 == await read(Role.DUTY_OFFICER)
    await intake.publish(tell.fact(a.SupplementJudged(supplement=fact.id, accusation=accusation)))
    assert status == await read(Role.UNIT_HANDLER, unit="lamps")
    assert 404 == await read(Role.UNIT_HANDLER, unit="water")


async def test_the_public_page_shows_the_timeline_in_both_languages(intake: Intake) -> None:
    number, code, tell = await opened(intake)
    await intake.publish(tell.classified(), tell.promised(), tell.dispatched())
    form = {"number": number, "code": code["X-Query-Code"].lower()}
    empty = await intake.http.get("/public/appeal")
    chinese = await intake.http.post("/public/appeal", data=form)
    english = await intake.http.post("/public/appeal?lang=en", data=form)
    wrong = await intake.http.post("/query?lang=zh", data={**form, "code": "AAAAAAAA"})

    assert (200, 200, 200, 404) == tuple(p.status_code for p in (empty, chinese, english, wrong))
    assert "已派发承办单位" in chinese.text
    assert "Sent to the unit in charge" in english.text
    assert "没有与此编号和查询码相符的诉求" in wrong.text
    assert code["X-Query-Code"] not in chinese.text


async def test_a_fact_twice_changes_nothing(intake: Intake) -> None:
    number, code, tell = await opened(intake)
    guided = tell.fact(
        a.AppealGuided(exclusion=Exclusion.LEGAL_CHANNEL, right_channel="请向法院起诉", signed_by="duty")
    )
    await intake.publish(guided)
    first = (await intake.http.get(f"/appeals/{number}", headers=code)).json()
    await intake.publish(guided)

    assert first == (await intake.http.get(f"/appeals/{number}", headers=code)).json()
    assert "guided" == first["status"]
