"""The journal, its chain, reconciliation, figures and publications, through the service's doors."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis.bus import Delivery, Permanent
from contracts.codec import encode
from contracts.envelope import Fact, decision_id
from contracts.events import Event
from contracts.events.appeal import AppealClassified, AppealClosed, AppealRegistered
from contracts.events.deadline import DeadlineBreached, DeadlineCleared, DeadlineMet
from contracts.events.emergency import EmergencyAcknowledged, EmergencyRaised
from contracts.events.revisit import RevisitAnswered
from contracts.events.work_order import Dispatched, Recused, UnitsBarred
from contracts.words import (
    AppealType,
    AssignmentMode,
    Channel,
    Clock,
    DeadlineKind,
    Outcome,
    Role,
    Satisfaction,
    Service,
    UnitPart,
    Urgency,
    VisitMethod,
)

T0 = datetime.fromisoformat("2026-03-02T01:00:00.123456+00:00")
MONTH = "/figures?from=2026-03-01&to=2026-03-31"


def fact(subject: str, source: Service, sequence: int, data: Event, hours: float = 0, key: str = "") -> Fact[Event]:
    return Fact(
        id=decision_id(subject, data.NAME, (source, str(sequence), key)),
        source=source,
        subject=subject,
        sequence=sequence,
        time=T0 + timedelta(hours=hours),
        data=data,
        lane=data.LANE,
    )


def registered(subject: str, text: str = "路灯不亮", channel: Channel = Channel.PHONE) -> Fact[Event]:
    data = AppealRegistered(
        number=f"410400{subject}", jurisdiction="410400", area="410400", channel=channel, text_masked=text
    )
    return fact(subject, Service.INTAKE, 1, data)


def classified(topic: str) -> AppealClassified:
    return AppealClassified(
        type=AppealType.HELP,
        topic=topic,
        units=(),
        urgency=Urgency.NORMAL,
        hazard=False,
        emergency_lines=(),
        work_order_follows=True,
    )


def closed(subject: str, sequence: int = 1) -> Fact[Event]:
    data = AppealClosed(outcome=Outcome.RESOLVED, satisfaction=Satisfaction.SATISFIED, solved=True)
    return fact(subject, Service.REVISIT, sequence, data, 5)


def deadline(
    kind: type[DeadlineMet | DeadlineBreached | DeadlineCleared], sequence: int, **more: object
) -> Fact[Event]:
    about: dict[str, Any] = {
        "deadline": "d",
        "kind": DeadlineKind.RECEIPT,
        "clock": Clock.UNIT,
        "unit": "water-group",
        "round": 1,
        "number": 1,
        **more,
    }
    return fact("a1", Service.SLA_MONITOR, sequence, kind(**about), 2)


def answered(subject: str, satisfaction: Satisfaction, solved: bool) -> Fact[Event]:
    data = RevisitAnswered(
        visit="v",
        round=1,
        method=VisitMethod.PHONE,
        satisfaction=satisfaction,
        solved=solved,
        result_true=True,
        by="x",
        unit="water-group",
    )
    return fact(subject, Service.REVISIT, 1, data, 4)


async def test_all_facts_of_an_appeal_are_read_by_its_number_in_order(rig: Any) -> None:
    await rig.publish(closed("a1"), registered("a1"), registered("a1"))
    found = (await rig.get("/journal/410400a1", Role.AUDITOR)).json()
    assert [(item["type"], item["sequence"]) for item in found["items"]] == [
        ("appeal.registered", 1),
        ("appeal.closed", 1),
    ]
    assert (await rig.get("/journal/nothing", Role.AUDITOR)).status_code == 404


async def test_a_second_body_under_one_id_and_a_second_fact_in_one_place_are_refused(rig: Any) -> None:
    await rig.publish(registered("a1"))
    take = rig.hosted.built.consumers[0].handler
    other_body = Delivery(queue="reporting.facts", body=encode(registered("a1", "另一件事")))
    with pytest.raises(Permanent, match="another body"):
        await take(other_body)
    twin = fact("a1", Service.INTAKE, 1, registered("a1").data, key="twin")
    with pytest.raises(Permanent, match="sequence"):
        await take(Delivery(queue="reporting.facts", body=encode(twin)))
    assert (await rig.get("/reconciliation", Role.OPERATOR)).json()["registered"] == 1


async def test_reconciliation_counts_and_names_what_is_missing(rig: Any) -> None:
    await rig.publish(registered("a1"), closed("a1"), registered("a2"), closed("a3", 3))
    found = (await rig.get("/reconciliation", Role.OPERATOR)).json()
    assert (found["registered"], found["closed"], found["open"], found["next"]) == (2, 2, 0, None)
    assert found["holes"] == [{"subject": "a3", "source": "revisit", "missing": [1, 2]}]
    assert [(n["number"], n["subject"], n["registered"], n["closed"], n["holes"]) for n in found["numbers"]] == [
        ("410400a1", "a1", 1, 1, 0),
        ("410400a2", "a2", 1, 0, 0),
        (None, "a3", 0, 1, 2),
    ]


async def test_a_fact_is_counted_once_however_often_it_comes_and_is_folded(rig: Any) -> None:
    for _ in range(3):
        await rig.publish(registered("a1"), registered("a2", channel=Channel.WECHAT))
        await rig.fold()
    volume = (await rig.get(MONTH, Role.LEADER)).json()["volume"]
    assert volume["registered"] == 2
    assert volume["by_channel"] == {"phone": 1, "wechat": 1}
    assert volume["by_hour"] == {"09": 2}
    assert next(day for day in volume["by_day"] if day["registered"])["day"] == "2026-03-02"


async def test_rates_come_with_their_denominators_and_a_cleared_breach_was_no_breach(rig: Any) -> None:
    due = T0 + timedelta(hours=2)
    await rig.publish(
        deadline(DeadlineMet, 1, at=T0),
        deadline(DeadlineBreached, 2, due=due),
        deadline(DeadlineBreached, 3, due=due, number=2),
        deadline(DeadlineCleared, 4, reason="late wire"),
        answered("a1", Satisfaction.SATISFIED, True),
        answered("a2", Satisfaction.DISSATISFIED, False),
        answered("a3", Satisfaction.BASICALLY_SATISFIED, False),
    )
    await rig.fold()
    found = (await rig.get(MONTH, Role.SUPERVISOR)).json()
    assert found["rates"]["receipt_on_time"] == {"value": 0.5, "count": 1, "of": 2}
    assert found["rates"]["satisfaction_rate"] == {"value": 0.6667, "count": 2, "of": 3}
    assert found["rates"]["resolution_rate"] == {"value": 0.3333, "count": 1, "of": 3}
    assert found["rates"]["direct_share"] == {"value": None, "count": 0, "of": 0}
    unit = found["units"][0]
    assert (unit["unit"], unit["satisfaction_rate"]["of"]) == ("water-group", 3)
    assert found["pending"] == 0


async def test_types_topics_units_and_emergencies_are_shown(rig: Any) -> None:
    verdict = AppealClassified(
        type=AppealType.HELP,
        topic="water.supply",
        units=(),
        urgency=Urgency.EMERGENCY,
        hazard=False,
        emergency_lines=("119",),
        work_order_follows=True,
    )
    order = Dispatched(
        unit="water-group",
        part=UnitPart.LEAD,
        round=1,
        mode=AssignmentMode.FORWARD,
        urgency=Urgency.URGENT,
        signed_by="x",
    )
    raised = EmergencyRaised(line="119", reference="EM1", primary=True)
    second = EmergencyRaised(line="120", reference="EM2", primary=False)
    taken = EmergencyAcknowledged(line="119", reference="EM1", line_reference="77", by="119")
    await rig.publish(
        fact("a1", Service.CLASSIFIER, 1, raised),
        fact("a1", Service.CLASSIFIER, 2, second),
        fact("a1", Service.CLASSIFIER, 3, verdict),
        fact("a1", Service.CLASSIFIER, 4, taken, 12 / 3600),
        fact("a1", Service.DISPATCHER, 1, order),
    )
    await rig.fold()
    found = (await rig.get(MONTH, Role.LEADER)).json()
    assert found["volume"]["by_type"] == {"HELP": 1}
    assert found["volume"]["by_topic"] == {"water.supply": 1}
    assert found["volume"]["by_unit"] == {"water-group": 1}
    emergencies = found["emergencies"]
    assert (emergencies["raised"], emergencies["acknowledged"], emergencies["seconds"]["max"]) == (2, 1, 12.0)
    assert [case["reference"] for case in emergencies["open"]] == ["EM2"]


async def test_the_chain_verifies_and_names_the_batch_that_somebody_changed(rig: Any) -> None:
    await rig.publish(registered("a1"), registered("a2"))
    await rig.fold()
    await rig.publish(closed("a1"))
    await rig.fold()
    whole = (await rig.get("/journal/verify", Role.AUDITOR)).json()
    assert (whole["ok"], whole["rows"], whole["waiting"], whole["texts_erased"]) == (True, 3, 0, 0)

    rows = rig.store.collection("journal")
    await rows.update_one({"_id": registered("a2").id}, {"$unset": {"body": ""}})
    assert (await rig.get("/journal/verify", Role.AUDITOR)).json()["texts_erased"] == 1
    await rows.update_one({"_id": registered("a1").id}, {"$set": {"body": "{}"}})
    assert (await rig.get("/journal/verify", Role.AUDITOR)).json()["why"] == "a text was changed"
    await rows.update_one({"_id": closed("a1").id}, {"$set": {"type": "appeal.withdrawn"}})
    await rows.update_one({"_id": registered("a1").id}, {"$unset": {"body": ""}})
    assert (await rig.get("/journal/verify", Role.AUDITOR)).json()["why"] == "a row was changed"
    await rows.delete_one({"_id": closed("a1").id})
    assert (await rig.get("/journal/verify", Role.AUDITOR)).json()["why"] == "rows are missing or were added"
    last = whole["batches"]
    await rig.store.collection("journal_batches").delete_one({"_id": last})
    missing = (await rig.get("/journal/verify", Role.AUDITOR)).json()
    assert (missing["ok"], missing["why"]) == (False, "batches are missing")


async def test_a_month_is_published_with_small_groups_hidden_and_stays_as_it_was(rig: Any) -> None:
    await rig.publish(*(registered(f"a{n}") for n in range(20)))
    await rig.publish(*(registered(f"b{n}", channel=Channel.WECHAT) for n in range(3)))
    await rig.publish(*(registered(f"c{n}", channel=Channel.APP) for n in range(9)))
    await rig.fold()
    early = await rig.post("/reports", {"month": "2026-03"}, Role.PUBLISHER)
    assert (early.status_code, early.json()["code"]) == (409, "month-not-over")
    assert (await rig.http.get("/public/figures.json?month=2026-03")).status_code == 404

    rig.clock.advance_to(datetime.fromisoformat("2026-04-02T00:00:00+00:00"))
    done = await rig.post("/reports", {"month": "2026-03"}, Role.PUBLISHER, "k1")
    again = await rig.post("/reports", {"month": "2026-03"}, Role.PUBLISHER, "k1")
    assert (done.status_code, done.json()["edition"], again.json()) == (201, 1, done.json())

    shown = (await rig.http.get("/public/figures.json")).json()
    assert shown["volume"]["registered"] == 32
    assert shown["volume"]["by_channel"] == {"phone": 20, "app": None, "wechat": None}
    table = (await rig.http.get("/public/figures.csv?month=2026-03")).text
    assert table.startswith("\ufeffgroup,name,value,count,of\r\nrate,direct_share,")
    await rig.fold()
    facts = (await rig.get("/journal/report:2026-03", Role.AUDITOR)).json()["items"]
    assert [item["type"] for item in facts] == ["report.published"]
    assert facts[0]["data"]["sha256"] == done.json()["sha256"]


async def test_a_bulletin_is_masked_issued_and_listed(rig: Any) -> None:
    body = {"audience": "public", "title": "三月通报", "text": "来电13812345678反映的问题已解决"}
    assert (await rig.post("/bulletins", body, Role.PUBLISHER)).status_code == 201
    items = (await rig.get("/bulletins", Role.LEADER)).json()["items"]
    assert [(item["title"], item["text"]) for item in items] == [("三月通报", "来电[电话号码]反映的问题已解决")]


async def test_a_period_that_cannot_be_is_refused_with_its_field(rig: Any) -> None:
    answers = [
        (await rig.get(f"/figures?{query}", Role.LEADER)).json()
        for query in ("from=2026-03-02&to=2026-03-01", "from=2020-01-01&to=2026-01-01", "from=yesterday")
    ]
    assert [answer["field"] for answer in answers] == ["to", "from", "query.from"]
    assert "yesterday" not in json.dumps(answers)


async def test_every_door_refuses_a_wrong_role(rig: Any) -> None:
    doors = [("GET", p) for p in ("/journal/verify", "/journal/x", "/reconciliation", "/figures", "/reports")]
    doors += [("GET", "/bulletins"), ("POST", "/reports"), ("POST", "/bulletins")]
    answers = [(await rig.http.request(m, p, headers=rig.token(Role.CITIZEN))).status_code for m, p in doors]
    assert answers == [403] * len(doors)


async def test_the_dashboard_shows_the_asked_period_and_an_open_emergency_in_both_languages(rig: Any) -> None:
    raised = EmergencyRaised(line="119", reference="EM1", primary=True)
    await rig.publish(registered("a1"), fact("a1", Service.CLASSIFIER, 1, raised))
    await rig.fold()
    query = "from=2026-03-01&to=2026-03-31"
    chinese = await rig.get(f"/dashboard?{query}", Role.LEADER)
    english = await rig.get(f"/dashboard?{query}&lang=en", Role.LEADER)
    assert (chinese.status_code, english.status_code) == (200, 200)
    assert "未接收的紧急联动: 1</span>" in chinese.text
    assert "Emergencies nobody took yet: 1</span>" in english.text
    assert "<strong>119</strong> EM1" in chinese.text
    assert chinese.text.count("data-chart=") == 4
    assert chinese.text.count('class="empty"') == 3
    assert (await rig.get("/dashboard?from=x", Role.LEADER)).status_code == 422
    assert (await rig.get("/dashboard", Role.CITIZEN)).status_code == 403


async def test_the_public_page_needs_no_login_and_says_when_nothing_is_published(rig: Any) -> None:
    page = await rig.http.get("/public/figures")
    assert page.status_code == 200
    assert "尚未公布任何月份的数据" in page.text


async def test_the_page_of_published_figures_draws_what_is_not_withheld(rig: Any) -> None:
    await rig.publish(*(registered(f"a{n}") for n in range(20)))
    await rig.publish(*(fact(f"a{n}", Service.CLASSIFIER, 1, classified("water.supply.outage")) for n in range(12)))
    await rig.publish(*(fact(f"a{n}", Service.CLASSIFIER, 1, classified("city.waste.garbage")) for n in range(12, 20)))
    await rig.fold()
    rig.clock.advance_to(datetime.fromisoformat("2026-04-02T00:00:00+00:00"))
    await rig.post("/reports", {"month": "2026-03"}, Role.PUBLISHER, "k1")
    page = await rig.http.get("/public/figures?lang=zh")
    assert page.text.count("data-chart=") == 2
    assert "停水" in page.text
    assert "water.supply.outage" not in page.text


async def test_a_unit_is_named_on_the_dashboard_and_a_rate_of_few_is_not_drawn(rig: Any) -> None:
    data = Dispatched(
        unit="water-group",
        unit_name="供水集团",
        part=UnitPart.LEAD,
        round=1,
        mode=AssignmentMode.FORWARD,
        urgency=Urgency.NORMAL,
        signed_by="duty",
    )
    await rig.publish(registered("a1"), fact("a1", Service.DISPATCHER, 1, data))
    await rig.fold()
    page = await rig.get("/dashboard?from=2026-03-01&to=2026-03-31", Role.LEADER)
    assert "<td>供水集团</td>" in page.text
    assert "分母不足 5 的比率不列" in page.text
    assert "当日不足 5 件的不画比率" in page.text


async def test_who_must_recuse_reads_nothing_of_an_appeal_in_the_journal_and_the_attempt_is_in_it(rig: Any) -> None:
    barred = UnitsBarred(accused="water-group", units=("state-assets", "water-group"))
    recused = Recused(person="li.wei", by="duty", reason="亲属")
    told = [fact("000001", Service.DISPATCHER, at, data) for at, data in enumerate((barred, recused), 1)]
    await rig.publish(registered("000001"), *told)
    for who in ({"user": "li.wei"}, {"user": "wang", "unit": "state-assets"}):
        for name in ("000001", "410400000001"):
            answer = await rig.http.get(f"/journal/{name}", headers=rig.token(Role.AUDITOR, **who))
            assert answer.status_code == 404
        await rig.quiet()
    read = (await rig.get("/journal/410400000001", Role.AUDITOR)).json()["items"]
    tried = [item["data"] for item in read if item["type"] == "journal.barred"]
    assert [("li.wei", None), ("wang", "state-assets")] == [(one["by"], one.get("barred_unit")) for one in tried]
    assert (await rig.get("/bulletins", Role.AUDITOR)).json()["items"] == []
