"""回避 through the doors: who recuses whom, what it closes, who undoes it, and who may not be named."""

import secrets
from datetime import timedelta
from typing import Any

import httpx
import pytest

from contracts.events import appeal as ap
from contracts.words import AppealType, Channel, Role, Service, Urgency

UNIT = "water-group"
KIN = {"unit": "traffic-police", "user": "zhang.san"}
REASON = {"reason": "亲属"}


async def asked(desk: Any, path: str, body: dict[str, Any], role: Role, **who: Any) -> httpx.Response:
    headers = {**desk.token(role, **who), "Idempotency-Key": secrets.token_hex(8)}
    answer: httpx.Response = await desk.http.post(path, json=body, headers=headers)
    await desk.quiet()
    return answer


async def member(desk: Any, order: str, role: Role, user: str, unit: str = UNIT, **more: Any) -> httpx.Response:
    body = {"command_id": secrets.token_hex(8), "work_order": order, **more}
    headers = desk.token(role, user=user, unit=unit)
    answer: httpx.Response = await desk.http.post(f"/units/{unit}/commands", json=body, headers=headers)
    await desk.quiet()
    return answer


async def recuse(desk: Any, order: str, person: str) -> None:
    assert 200 == (await desk.centre(f"/work-orders/{order}/recusal", {"person": person, **REASON})).status_code


def attempts(desk: Any) -> list[tuple[str, str, str | None]]:
    tried = [fact.data for fact in desk.heard if fact.type == "work_order.barred"]
    return [(one.attempt, one.by, one.barred_unit) for one in tried]


async def test_a_handler_recuses_nobody_else_and_a_head_nobody_of_the_centre(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("u1")
    refused = await member(desk, number, Role.UNIT_HANDLER, "li.wei", type="recuse", person="duty_officer", **REASON)
    assert (403, "urn:hotline12345:problem:only-yourself") == (refused.status_code, refused.json()["type"])
    told = await member(desk, number, Role.UNIT_HEAD, "head", type="recuse", person="duty_officer", **REASON)
    assert 200 == told.status_code
    # A unit's word binds who acts for that unit under this name: the centre's duty officer is somebody else.
    assert "DISPATCHED" == (await desk.order(number))["state"]
    assert 200 == (await desk.centre(f"/work-orders/{number}/designation", {"unit": "gas-company"})).status_code


async def test_whom_a_head_recuses_handles_and_reads_the_order_no_more(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("u2")
    assert (
        200
        == (await member(desk, number, Role.UNIT_HEAD, "head", type="recuse", person="li.wei", **REASON)).status_code
    )
    again = await member(desk, number, Role.UNIT_HEAD, "head", type="recuse", person="li.wei", **REASON)
    assert "already_recused" == again.json()["code"]
    refused = await member(desk, number, Role.UNIT_HANDLER, "li.wei", type="confirm_receipt")
    assert "must_recuse" == refused.json()["code"]
    assert 200 == (await member(desk, number, Role.UNIT_HANDLER, "wang", type="confirm_receipt")).status_code
    who = desk.token(Role.UNIT_HANDLER, user="li.wei", unit=UNIT)
    assert 404 == (await desk.http.get(f"/units/{UNIT}/work-orders/{number}", headers=who)).status_code
    assert [] == (await desk.http.get(f"/units/{UNIT}/work-orders", headers=who)).json()["items"]


async def test_who_recuses_alone_does_so_wherever_they_act(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("u3")
    assert 200 == (await member(desk, number, Role.UNIT_HANDLER, "li.wei", type="recuse", **REASON)).status_code
    who = desk.token(Role.REVIEWER, user="li.wei")
    assert 404 == (await desk.http.get(f"/work-orders/{number}", headers=who)).status_code


@pytest.mark.parametrize("named", [{}, {"person": "unit.water-group"}, {"person": "unit.gas-company"}])
async def test_over_the_broker_a_unit_names_a_person_and_never_an_account(desk: Any, named: dict[str, Any]) -> None:
    await desk.standing()
    number = await desk.appeal("u4")
    await desk.queue(UNIT, {"command_id": "r1", "type": "recuse", "work_order": number, **REASON, **named})
    await desk.queue(UNIT, {"command_id": "r2", "type": "confirm_receipt", "work_order": number})
    answers = {one["command_id"]: one for one in await desk.messages() if one["type"].startswith("command.")}
    assert ("no_person", "person") == (answers["r1"]["answer"]["code"], answers["r1"]["answer"]["field"])
    assert "command.accepted" == answers["r2"]["type"]


async def test_over_the_broker_a_named_person_is_recused_for_the_unit(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("u5")
    await desk.queue(UNIT, {"command_id": "r1", "type": "recuse", "work_order": number, "person": "li.wei", **REASON})
    refused = await member(desk, number, Role.UNIT_HANDLER, "li.wei", type="confirm_receipt")
    assert "must_recuse" == refused.json()["code"]
    told = next(fact.data for fact in desk.heard if fact.type == "work_order.recused")
    assert ("li.wei", "unit.water-group", UNIT) == (told.person, told.by, told.of_unit)


async def test_a_duty_officer_or_supervisor_lifts_a_recusal_and_who_when_why_is_recorded(desk: Any) -> None:
    number = await desk.appeal("l1")
    path = f"/work-orders/{number}/recusal-lifting"
    assert "not_recused" == (await desk.centre(path, {"person": "reviewer", **REASON})).json()["code"]
    await recuse(desk, number, "reviewer")
    await recuse(desk, number, "duty_officer")
    body = {"person": "reviewer", "reason": "查实无利害关系"}
    assert "must_recuse" == (await desk.centre(path, {**body, "person": "duty_officer"})).json()["code"]
    assert 403 == (await asked(desk, path, body, Role.REVIEWER, user="other")).status_code
    assert "must_recuse" == (await asked(desk, path, body, Role.SUPERVISOR, user="reviewer")).json()["code"]
    assert 200 == (await asked(desk, path, body, Role.SUPERVISOR)).status_code
    assert 200 == (await desk.http.get(f"/work-orders/{number}", headers=desk.token(Role.REVIEWER))).status_code
    lifted = next(fact.data for fact in desk.heard if fact.type == "work_order.recusal_lifted")
    assert ("reviewer", "supervisor", "查实无利害关系") == (lifted.person, lifted.by, lifted.reason)
    await recuse_again(desk, number)


async def recuse_again(desk: Any, number: str) -> None:
    """A later interest is told anew."""
    body = {"person": "reviewer", **REASON}
    assert 200 == (await asked(desk, f"/work-orders/{number}/recusal", body, Role.SUPERVISOR)).status_code
    assert 404 == (await desk.http.get(f"/work-orders/{number}", headers=desk.token(Role.REVIEWER))).status_code


async def test_the_order_s_page_lifts_a_recusal(desk: Any) -> None:
    number = await desk.appeal("l2")
    page = {**desk.token(Role.DUTY_OFFICER), "Accept": "text/html"}
    path = f"/desk/orders/{number}"
    assert "recusal-lifting" not in (await desk.http.get(path, headers=page)).text
    await recuse(desk, number, "li.wei")
    shown = (await desk.http.get(path, headers=page)).text
    assert "recusal-lifting" in shown
    assert "<option>li.wei</option>" in shown
    form = {"person": "li.wei", "reason": "查实无利害关系", "key": "lift-1"}
    assert 200 == (await desk.http.post(f"{path}/recusal-lifting", data=form, headers=page)).status_code
    await desk.quiet()
    assert "recusal_lifted" in desk.types("l2")


async def test_the_unit_s_feed_shows_nothing_of_an_order_to_who_recused(desk: Any) -> None:
    await desk.standing()
    number = await desk.appeal("f1", "秘密的话")
    await recuse(desk, number, "li.wei")
    for wait in (0, 0.1):
        who = desk.token(Role.UNIT_HANDLER, user="li.wei", unit=UNIT)
        got = await desk.http.get(f"/units/{UNIT}/messages", params={"wait": wait}, headers=who)
        assert {"items": [], "next": 1} == got.json()
    assert ["assignment"] == [one["type"] for one in await desk.messages()]


async def test_who_must_recuse_from_the_main_order_merges_nothing_into_it(desk: Any) -> None:
    main = await desk.appeal("m1", accused_unit="traffic-police", accusation="conduct")
    plain = await desk.appeal("m2")
    await recuse(desk, main, "li.wei")
    for who in ({"user": "li.wei"}, KIN):
        refused = await asked(desk, f"/work-orders/{plain}/merge", {"parent": main}, Role.DUTY_OFFICER, **who)
        assert "must_recuse" == refused.json()["code"]
    assert [("merge", "li.wei", None), ("merge", "zhang.san", None)] == attempts(desk)


async def test_who_must_recuse_from_one_of_the_two_does_not_dismiss_the_pair(desk: Any) -> None:
    await desk.standing()
    await desk.appeal("d0", caller_ref="anna")
    await desk.appeal("d1", caller_ref="anna")
    await desk.search.catch_up(timedelta())
    await recuse(desk, "d0", "li.wei")
    path = "/repeats/d1~d0/dismissal"
    assert 404 == (await asked(desk, path, {}, Role.DUTY_OFFICER, user="li.wei")).status_code
    page = await asked(desk, f"/desk{path}", {}, Role.DUTY_OFFICER, user="li.wei")
    assert 404 == page.status_code
    assert [("dismiss_repeat", "li.wei", None)] == attempts(desk)
    listed = await desk.http.get("/repeats", headers=desk.token(Role.DUTY_OFFICER))
    assert ["d1~d0"] == [one["proposal"] for one in listed.json()["items"]]


async def test_nobody_who_recused_is_sent_invited_or_briefed(desk: Any) -> None:
    number = await desk.appeal("n1")
    leader = "vice-mayor"
    await recuse(desk, number, "li.wei")
    brief = {"leader": leader, "brief": "b", "reason": "r"}
    at = f"/work-orders/{number}"
    sent = {"staff": ["wang", "li.wei"], "reason": "r"}
    assert "recused_person" == (await desk.centre(f"{at}/staff-on-site", sent)).json()["code"]
    assert 200 == (await desk.centre(f"{at}/submission", brief)).status_code
    told = {"text": "开会", "convener": "li.wei"}
    assert "recused_person" == (await desk.centre(f"{at}/instruction", told, Role.LEADER)).json()["code"]
    assert 200 == (await desk.centre(f"{at}/instruction", {**told, "convener": "wang"}, Role.LEADER)).status_code
    met = {"attendees": ["li.wei"], "decisions": ["办"], "held_at": desk.clock.now().isoformat()}
    assert "recused_person" == (await desk.centre(f"{at}/meeting", met)).json()["code"]
    await recuse(desk, number, leader)
    report = {"leader": leader, "text": "t", "advice": "a"}
    assert "recused_person" == (await desk.centre(f"{at}/special-report", report)).json()["code"]
    assert "recused_person" == (await desk.centre(f"{at}/submission", brief)).json()["code"]
    tried = ["staff_on_site", "instruction", "meeting", "special_report", "submission"]
    assert tried == [attempt for attempt, _, _ in attempts(desk)]


async def test_the_other_services_are_told_whose_people_take_no_part(desk: Any) -> None:
    await desk.appeal("k1", accused_unit="traffic-police", accusation="conduct")
    told = [fact.data for fact in desk.heard if fact.type == "work_order.units_barred"]
    assert [("traffic-police", ("public-security", "traffic-police"))] == [(one.accused, one.units) for one in told]


async def test_an_attempt_or_a_recusal_before_the_verdict_does_not_keep_the_order_from_its_unit(desk: Any) -> None:
    await desk.standing()
    registered = ap.AppealRegistered(
        number="410400202603020000013", jurisdiction="410400", area="410400", channel=Channel.PHONE, text_masked="慢",
        accused_unit="traffic-police",
    )  # fmt: skip
    await desk.tell("b1", Service.INTAKE, registered)
    kin = desk.token(Role.DUTY_OFFICER, **KIN)
    assert 404 == (await desk.http.get("/work-orders/b1", headers=kin)).status_code
    await recuse(desk, "b1", "li.wei")
    verdict = ap.AppealClassified(
        type=AppealType.COMPLAINT, topic="government.conduct.staff", units=(), urgency=Urgency.NORMAL, hazard=False,
        emergency_lines=(), work_order_follows=True,
    )  # fmt: skip
    await desk.tell("b1", Service.CLASSIFIER, verdict)
    assert "supervision-office" == (await desk.order("b1"))["unit"]
