"""The triage desk, standing sign-offs for guidance, previews, and what is kept for training."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealSupplemented, AppealWithdrawn
from contracts.words import Channel, Exclusion, Lane, Role, Service

LEGAL = "我不服法院判决,要求改判"
CALM = "昨天小区停水,请水务集团尽快维修"
DECISION = {"type": "HELP", "topic": "water.supply.outage", "unit": "water-group"}


async def _desk(rig: Any) -> list[dict[str, Any]]:
    answer = await rig.get("/triage", Role.TRIAGE_OFFICER)
    assert answer.status_code == 200
    return list(answer.json()["items"])


async def _decide(rig: Any, subject: str, body: dict[str, Any], user: str = "li", key: str | None = None) -> Any:
    return await rig.post(f"/triage/{subject}/decision", body, Role.TRIAGE_OFFICER, user=user, key=key)


async def test_a_sure_appeal_is_classified_by_the_machine_with_its_versions(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", CALM))
    (fact,) = rig.facts("appeal.classified")
    assert (fact.data.topic, fact.data.decided_by) == ("water.supply.outage", "machine")
    assert fact.data.versions.rules != ""
    assert await _desk(rig) == []


async def test_a_proposed_exclusion_waits_for_a_person_and_is_guided_with_ground_and_channel(
    rig: Any, register: Any
) -> None:
    await rig.publish(register("000001", LEGAL))
    assert rig.said() == ["triage.requested"]
    item = (await _desk(rig))[0]
    assert item["suggestion"]["exclusion"] == "LEGAL_CHANNEL"
    assert "exclusion.proposed" in item["reasons"]
    body = {"type": "COMPLAINT", "topic": "government.other.legal", "exclusion": "LEGAL_CHANNEL"}
    answer = await _decide(rig, "000001", body)
    assert answer.status_code == 200
    assert sorted(rig.said()[1:]) == ["appeal.classified", "appeal.guided", "triage.decided"]
    guided, classified = rig.facts("appeal.guided")[0].data, rig.facts("appeal.classified")[0].data
    assert (guided.exclusion, guided.signed_by, "12348" in guided.right_channel) == (
        Exclusion.LEGAL_CHANNEL,
        "li",
        True,
    )
    assert (classified.work_order_follows, classified.decided_by) == (False, "li")
    assert await _desk(rig) == []


async def test_a_suspect_that_is_not_raised_is_urgent_and_first_on_the_desk(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", LEGAL), register("000002", CALM, suspects=("119",)))
    assert [(item["subject"], item["dangerous"]) for item in await _desk(rig)] == [("000002", True), ("000001", False)]
    assert [fact.lane for fact in rig.facts("triage.requested") if fact.subject == "000002"] == [Lane.EMERGENCY]
    page = (await rig.get("/triage?limit=1", Role.TRIAGE_OFFICER)).json()
    rest = (await rig.get(f"/triage?limit=1&cursor={page['next']}", Role.TRIAGE_OFFICER)).json()
    assert [item["subject"] for item in rest["items"]] == ["000001"]
    assert rest["next"] is None


async def test_two_people_never_work_on_one_appeal(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", LEGAL))
    path = "/triage/000001/claim"
    mine = await rig.post(path, {}, Role.TRIAGE_OFFICER, user="li")
    theirs = await rig.post(path, {}, Role.TRIAGE_OFFICER, user="wang")
    decided = await _decide(rig, "000001", DECISION, user="wang")
    assert (mine.status_code, theirs.json()["code"], decided.json()["code"]) == (200, "claimed", "claimed")
    assert (await _desk(rig))[0]["claim"]["by"] == "li"
    assert (await _decide(rig, "000001", DECISION, user="li")).status_code == 200
    assert (await _decide(rig, "000001", DECISION, user="li")).json()["code"] == "not_waiting"


async def test_the_same_decision_sent_twice_decides_once(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", LEGAL))
    first = await _decide(rig, "000001", DECISION, key="k")
    second = await _decide(rig, "000001", DECISION, key="k")
    assert (first.status_code, second.json()) == (200, first.json())
    assert len(rig.facts("appeal.classified")) == 1


async def test_a_person_can_raise_lines_from_the_desk(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", LEGAL))
    await _decide(rig, "000001", {**DECISION, "emergency_lines": ["120", "110"]})
    raised = [(fact.data.line, fact.data.primary, fact.data.raised_by) for fact in rig.facts("emergency.raised")]
    assert raised == [("120", True, "li"), ("110", False, "li")]
    assert rig.facts("appeal.classified")[0].data.emergency_lines == ("120", "110")


async def test_unknown_units_and_topics_and_the_accused_unit_are_refused(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", LEGAL))
    unit = await _decide(rig, "000001", {**DECISION, "unit": "no-such-unit"})
    topic = await _decide(rig, "000001", {**DECISION, "topic": "no.such.topic"})
    accused = await _decide(rig, "000001", {**DECISION, "accused_unit": "water-group"})
    ghost = await _decide(rig, "999999", DECISION)
    assert [answer.json().get("code") for answer in (unit, topic, accused)] == [
        "unknown_unit",
        "unknown_topic",
        "unit_is_accused",
    ]
    assert ghost.status_code == 404
    assert rig.facts("appeal.classified") == []


async def test_under_a_standing_sign_off_the_machine_guides_and_names_it_until_it_is_revoked(
    rig: Any, register: Any
) -> None:
    body = {"grounds": ["LEGAL_CHANNEL"], "least_confidence": 0.0}
    signed = await rig.post("/guidance-sign-offs", body, Role.DUTY_OFFICER, key="s", user="zhao")
    assert signed.status_code == 201
    again = await rig.post("/guidance-sign-offs", body, Role.DUTY_OFFICER, key="s", user="zhao")
    assert again.json() == signed.json()
    await rig.publish(register("000001", LEGAL))
    assert [fact.data.signed_by for fact in rig.facts("appeal.guided")] == [
        f"zhao, standing sign-off {signed.json()['id']}"
    ]
    rig.clock.advance_to(rig.clock.now() + timedelta(seconds=1))
    path = f"/guidance-sign-offs/{signed.json()['id']}/revocation"
    assert (await rig.post(path, {}, Role.DUTY_OFFICER)).status_code == 200
    await rig.publish(register("000002", LEGAL))
    assert [item["subject"] for item in await _desk(rig)] == ["000002"]


async def test_no_standing_sign_off_covers_what_only_a_person_may_judge(rig: Any) -> None:
    answer = await rig.post("/guidance-sign-offs", {"grounds": ["MALICIOUS_OR_EMPTY"]}, Role.DUTY_OFFICER)
    assert (answer.status_code, answer.json()["code"]) == (422, "person_decides")


async def test_a_withdrawn_appeal_leaves_the_desk(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", LEGAL))
    withdrawn = Fact(
        id="w", source=Service.INTAKE, subject="000001", sequence=2, time=rig.clock.now(), data=AppealWithdrawn()
    )
    await rig.publish(withdrawn)
    assert await _desk(rig) == []
    assert (await _decide(rig, "000001", DECISION)).json()["code"] == "withdrawn"


async def test_a_suspicious_supplement_of_a_classified_appeal_is_looked_at_and_its_classification_stands(
    rig: Any, register: Any
) -> None:
    await rig.publish(register("000001", CALM))
    data = AppealSupplemented(text_masked="还是没有来水", channel=Channel.PHONE, suspect_lines=("119",))
    await rig.publish(
        Fact(
            id="s",
            source=Service.INTAKE,
            subject="000001",
            sequence=2,
            time=rig.clock.now(),
            data=data,
            lane=Lane.EMERGENCY,
        )
    )
    assert [(item["dangerous"], item["classified"]) for item in await _desk(rig)] == [(True, True)]
    await _decide(rig, "000001", DECISION)
    assert (len(rig.facts("triage.decided")), len(rig.facts("appeal.classified"))) == (1, 1)


def _added(rig: Any, text: str, subject: str = "000001") -> Fact[Event]:
    data = AppealSupplemented(text_masked=text, channel=Channel.PHONE)
    return Fact(id="s", source=Service.INTAKE, subject=subject, sequence=2, time=rig.clock.now(), data=data)


async def test_what_a_caller_adds_is_judged_before_any_unit_may_read_it(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", CALM), _added(rig, "三号楼也停水了"))
    [judged] = rig.facts("appeal.supplement_judged")
    assert ("s", None, None) == (judged.data.supplement, judged.data.accusation, judged.data.accused_unit)
    assert [] == await _desk(rig)


async def test_an_addition_that_accuses_somebody_unnamed_goes_to_a_person_who_names_the_unit(
    rig: Any, register: Any
) -> None:
    await rig.publish(register("000001", CALM), _added(rig, "他们的工作人员收受贿赂，还打击报复举报人"))
    [judged] = rig.facts("appeal.supplement_judged")
    assert ("retaliation", None) == (judged.data.accusation, judged.data.accused_unit)
    assert ["supplement.accuses"] == [reason for item in await _desk(rig) for reason in item["reasons"]]
    assert (await _decide(rig, "000001", {**DECISION, "accused_unit": "water-group"})).status_code == 200
    last = rig.facts("appeal.supplement_judged")[-1].data
    assert ("s", "retaliation", "water-group") == (last.supplement, last.accusation, last.accused_unit)
    assert 1 == len(rig.facts("appeal.classified"))


async def test_an_addition_with_danger_and_an_accusation_raises_the_line_and_still_asks_whom_it_accuses(
    rig: Any, register: Any
) -> None:
    await rig.publish(register("000001", CALM), _added(rig, "楼上着火了,火很大。他们的工作人员打击报复举报人"))
    assert ["119"] == [fact.data.line for fact in rig.facts("emergency.raised")]
    assert [["supplement.accuses"]] == [item["reasons"] for item in await _desk(rig)]


async def test_an_addition_that_names_whom_it_accuses_waits_for_nobody(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", CALM), _added(rig, "水务集团的工作人员收受贿赂"))
    [judged] = rig.facts("appeal.supplement_judged")
    assert ("discipline", "water-group") == (judged.data.accusation, judged.data.accused_unit)
    assert [] == await _desk(rig)


async def test_decisions_of_people_can_be_read_for_training(rig: Any, register: Any) -> None:
    await rig.publish(register("000001", LEGAL), register("000002", CALM))
    await _decide(rig, "000001", DECISION)
    (item,) = (await rig.get("/classification/examples", Role.OPERATOR)).json()["items"]
    assert (item["text"], item["unit"], item["decided_by"]) == (LEGAL, "water-group", "li")


async def test_a_preview_says_what_the_classifier_thinks_and_keeps_nothing(rig: Any) -> None:
    headers = rig.token(Role.AGENT)
    answer = await rig.http.post("/classification", json={"text": CALM}, headers=headers)
    assert (answer.status_code, answer.json()["topic"]) == (200, "water.supply.outage")
    assert rig.said() == []
    wrong = await rig.http.post("/classification", json={"text": ""}, headers=headers)
    assert (wrong.status_code, wrong.json()["field"]) == (422, "body.text")


async def test_a_person_adds_to_whom_the_form_accuses_and_sends_it_to_none_of_them(rig: Any, register: Any) -> None:
    fact = register("000001", "窗口工作人员吃拿卡要")
    await rig.publish(replace(fact, data=replace(fact.data, accused_unit="水务局、某某局")))
    fact = register("000002", "窗口工作人员吃拿卡要")
    await rig.publish(replace(fact, data=replace(fact.data, accused_unit="某某局")))
    (sure,) = rig.facts("appeal.classified")
    assert ("000001", "water-group", ()) == (sure.subject, sure.data.accused_unit, sure.data.further_accused)
    (item,) = await _desk(rig)
    assert ("000002", "某某局") == (item["subject"], item["accused_on_form"])
    assert "accusation.without_unit" in item["reasons"]
    asked = {**DECISION, "type": "REPORT", "accused_unit": "water-group"}
    refused = await _decide(rig, "000002", asked)
    assert (409, "unit_is_accused") == (refused.status_code, refused.json()["code"])
    assert (await _decide(rig, "000002", {**asked, "unit": "supervision-office"})).status_code == 200
    assert "water-group" == rig.facts("appeal.classified")[-1].data.accused_unit
