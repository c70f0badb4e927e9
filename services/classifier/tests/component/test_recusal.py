"""回避 at triage: an accusation that waits is shown to nobody whom it may concern, and attempts are recorded."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import work_order as wo
from contracts.events.triage import TriageBarred
from contracts.words import Role, Service

TEXT = "窗口办事员吃拿卡要，态度恶劣"
LEGAL = "我不服法院判决,要求改判"
OFFICER = Role.TRIAGE_OFFICER
POLICE = {"user": "zhang", "unit": "traffic-police"}
PARENT = {"user": "wang", "unit": "public-security"}
OTHER = {"user": "zhao", "unit": "urban-management"}
OFFICE = {"user": "sun", "unit": "supervision-office"}
DECISION = {"type": "REPORT", "topic": "government.conduct.staff", "unit": "supervision-office"}


async def seen(rig: Any, **who: str) -> list[str]:
    answer = await rig.http.get("/triage", headers=rig.token(OFFICER, **who))
    page = await rig.http.get("/desk/triage", headers={**rig.token(OFFICER, **who), "Accept": "text/html"})
    subjects = [item["subject"] for item in answer.json()["items"]]
    assert ("41040020260302000001" in page.text) is bool(subjects)
    return subjects


def attempts(rig: Any) -> list[tuple[str, str, str | None]]:
    made = [fact.data for fact in rig.heard if isinstance(fact.data, TriageBarred)]
    return [(one.attempt, one.by, one.barred_unit) for one in made]


async def accusation(rig: Any, register: Any, accused: str | None) -> None:
    fact = register("000001", TEXT if accused is None else LEGAL)
    await rig.publish(replace(fact, data=replace(fact.data, accused_unit=accused)))
    assert "triage.requested" in rig.said()


async def test_people_of_the_accused_unit_and_its_parent_neither_see_nor_decide_it(rig: Any, register: Any) -> None:
    await accusation(rig, register, "traffic-police")
    for who in (POLICE, PARENT):
        assert [] == await seen(rig, **who)
        headers = {**rig.token(OFFICER, **who), "Idempotency-Key": f"k-{who['user']}"}
        assert 404 == (await rig.http.get("/triage/000001", headers=headers)).status_code
        assert 404 == (await rig.http.get("/desk/triage/000001", headers=headers)).status_code
        assert 404 == (await rig.http.post("/triage/000001/claim", headers=headers)).status_code
        decided = await rig.http.post("/triage/000001/decision", json=DECISION, headers=headers)
        assert 404 == decided.status_code
    await rig.quiet()
    tried = [(way, who["user"], who["unit"]) for who in (POLICE, PARENT) for way in ("read", "claim", "decision")]
    assert tried == attempts(rig)
    for free in ({}, OTHER, OFFICE):
        assert ["000001"] == await seen(rig, **free)


async def test_people_of_the_unit_that_the_text_accuses_see_nothing_where_the_form_names_another(
    rig: Any, register: Any
) -> None:
    fact = register("000001", f"交警支队的民警吃拿卡要，态度恶劣。{LEGAL}")
    await rig.publish(replace(fact, data=replace(fact.data, accused_unit="urban-management")))
    assert "triage.requested" in rig.said()
    for who in (POLICE, PARENT, OTHER):
        assert [] == await seen(rig, **who)
    assert ["000001"] == await seen(rig, **OFFICE)


@pytest.mark.parametrize("accused", [None, "某某办公室"])
async def test_while_the_accused_unit_is_not_known_people_of_no_member_unit_see_it(
    rig: Any, register: Any, accused: str | None
) -> None:
    await accusation(rig, register, accused)
    for who in (POLICE, OTHER):
        assert [] == await seen(rig, **who)
    for free in ({}, OFFICE):
        assert ["000001"] == await seen(rig, **free)


async def test_who_recused_from_the_order_sees_what_was_added_to_it_no_more(rig: Any, register: Any) -> None:
    await accusation(rig, register, "traffic-police")
    told: Event = wo.Recused(person="zhao", by="duty", reason="亲属")
    at = rig.clock.now()
    await rig.publish(Fact(id="d1", source=Service.DISPATCHER, subject="000001", sequence=1, time=at, data=told))
    assert [] == await seen(rig, user="zhao")
    assert ["000001"] == await seen(rig, user="qian")


async def test_what_accuses_nobody_is_open_to_every_officer(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", LEGAL))
    answer = await rig.http.get("/triage", headers=rig.token(OFFICER, **POLICE))
    assert ["000001"] == [item["subject"] for item in answer.json()["items"]]
