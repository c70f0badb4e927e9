"""The visit and audit desks over HTTP, and closing by facts."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.envelope import Fact, decision_id
from contracts.events import Event
from contracts.events.appeal import AppealClassified, AppealClosed, AppealGuided, AppealRegistered, AppealWithdrawn
from contracts.events.emergency import EmergencyAcknowledged, EmergencyRaised
from contracts.events.revisit import RedoOrdered, RevisitAnswered
from contracts.events.work_order import AnsweredDirectly, Approved, Dispatched, Replied
from contracts.words import (
    AppealType,
    AssignmentMode,
    Channel,
    Exclusion,
    Lane,
    Outcome,
    Role,
    Service,
    UnitPart,
    Urgency,
)

T0 = datetime.fromisoformat("2026-03-02T01:00:00+00:00")
GOOD = {"method": "phone", "satisfaction": "SATISFIED", "solved": True, "result_true": True}
BAD = {"method": "phone", "satisfaction": "DISSATISFIED", "solved": False, "result_true": True}


def fact(source: Service, sequence: int, data: Event, hours: float = 0, subject: str = "a1") -> Fact[Event]:
    """A fact ``hours`` after the start."""
    return Fact(
        id=decision_id(subject, data.NAME, (source, str(sequence))),
        source=source,
        subject=subject,
        sequence=sequence,
        time=T0 + timedelta(hours=hours),
        data=data,
        lane=data.LANE,
    )


def registered(anonymous: bool = False, subject: str = "a1") -> Fact[Event]:
    data = AppealRegistered(
        number="4104002026030200000" + subject[-1] + "5",
        jurisdiction="410400",
        area="410400",
        channel=Channel.PHONE,
        text_masked="路灯不亮",
        anonymous=anonymous,
    )
    return fact(Service.INTAKE, 1, data, subject=subject)


def dispatched(sequence: int, round_: int, hours: float, subject: str = "a1") -> Fact[Event]:
    data = Dispatched(
        unit="urban-management",
        part=UnitPart.LEAD,
        round=round_,
        mode=AssignmentMode.FORWARD,
        urgency=Urgency.NORMAL,
        signed_by="duty",
    )
    return fact(Service.DISPATCHER, sequence, data, hours, subject)


def replied(sequence: int, round_: int, hours: float, subject: str = "a1") -> Fact[Event]:
    data = Replied(unit="urban-management", round=round_, number=1, public_text="已修复", signer="head", by="handler")
    return fact(Service.DISPATCHER, sequence, data, hours, subject)


def approved(sequence: int, round_: int, hours: float, subject: str = "a1") -> Fact[Event]:
    data = Approved(unit="urban-management", round=round_, number=1, by="reviewer")
    return fact(Service.DISPATCHER, sequence, data, hours, subject)


async def first_visit(rig: Any, anonymous: bool = False) -> str:
    await rig.publish(registered(anonymous), dispatched(1, 1, 1), replied(2, 1, 2), approved(3, 1, 3))
    listed = (await rig.get("/visits?state=due", Role.REVISIT_AGENT)).json()
    assert [item["number"] for item in listed["items"]] == ["410400202603020000015"]
    visit: str = listed["items"][0]["visit"]
    return visit


async def test_an_approved_reply_is_visited_and_a_satisfied_caller_closes_the_appeal(rig: Any) -> None:
    visit = await first_visit(rig)
    shown = (await rig.get(f"/visits/{visit}", Role.REVISIT_AGENT)).json()
    assert (shown["reply"], shown["text_masked"], shown["state"]) == ("已修复", "路灯不亮", "due")

    answer = await rig.post(f"/visits/{visit}/answer", GOOD, Role.REVISIT_AGENT, "k1")
    again = await rig.post(f"/visits/{visit}/answer", GOOD, Role.REVISIT_AGENT, "k1")

    assert answer.status_code == 200
    assert answer.json()["events"] == ["revisit.answered"]
    assert again.json() == answer.json()
    assert rig.said() == ["revisit.scheduled", "revisit.answered", "appeal.closed"]
    closed = rig.heard[-1].data
    assert isinstance(closed, AppealClosed)
    assert (closed.outcome, closed.solved, closed.rounds) == (Outcome.RESOLVED, True, 1)
    assert (await rig.get("/visits", Role.REVISIT_AGENT)).json() == {"items": [], "next": None}


async def test_the_same_key_with_another_body_is_refused(rig: Any) -> None:
    visit = await first_visit(rig)
    await rig.post(f"/visits/{visit}/attempts", {"method": "phone"}, Role.REVISIT_AGENT, "k1")
    other = await rig.post(f"/visits/{visit}/attempts", {"method": "on_site"}, Role.REVISIT_AGENT, "k1")
    assert other.status_code == 422
    assert other.headers["content-type"] == "application/problem+json"


async def test_a_dissatisfied_caller_leads_to_two_redos_and_then_to_closing_with_an_explanation(rig: Any) -> None:
    visit = await first_visit(rig)
    for redo in (1, 2):
        await rig.post(f"/visits/{visit}/answer", BAD, Role.REVISIT_AGENT)
        listed = (await rig.get("/audits", Role.REVIEWER)).json()["items"]
        assert [(row["visit"], row["satisfaction"]) for row in listed] == [(visit, "DISSATISFIED")]
        body = {"unit_responsible": True, "reasons": ["没有到现场"]}
        assert (await rig.post(f"/audits/{visit}", body, Role.REVIEWER)).status_code == 200
        ordered = rig.heard[-1].data
        assert isinstance(ordered, RedoOrdered)
        assert ordered.number == f"CH410400202603020000015{redo:02d}"
        assert (ordered.unit, ordered.round, ordered.reasons) == ("urban-management", redo + 1, ("没有到现场",))
        at = 3 * redo
        await rig.publish(
            dispatched(at + 1, redo + 1, at + 1), replied(at + 2, redo + 1, at + 2), approved(at + 3, redo + 1, at + 3)
        )
        visit = (await rig.get("/visits", Role.REVISIT_AGENT)).json()["items"][0]["visit"]
    await rig.post(f"/visits/{visit}/answer", BAD, Role.REVISIT_AGENT)
    last = await rig.post(f"/audits/{visit}", {"unit_responsible": True, "reasons": ["敷衍"]}, Role.REVIEWER)
    assert last.json()["events"] == ["appeal.closed"]
    closed = rig.heard[-1].data
    assert isinstance(closed, AppealClosed)
    assert (closed.outcome, closed.rounds) == (Outcome.UNRESOLVED_EXPLAINED, 3)


async def test_three_tries_on_two_days_send_a_link_and_two_days_later_nobody_was_reached(rig: Any) -> None:
    visit = await first_visit(rig)
    for day in (0, 0, 0, 1):
        await rig.wake_at(max(rig.clock.now(), T0 + timedelta(days=day, hours=4)))
        await rig.post(f"/visits/{visit}/attempts", {"method": "phone"}, Role.REVISIT_AGENT)
    linked = (await rig.get("/visits?state=link_sent", Role.REVISIT_AGENT)).json()["items"]
    assert [(row["visit"], row["tries"]) for row in linked] == [(visit, 4)]

    await rig.wake_at(T0 + timedelta(days=3, hours=3, minutes=59))
    assert "appeal.closed" not in rig.said()
    await rig.wake_at(T0 + timedelta(days=3, hours=4))

    assert rig.said()[-2:] == ["revisit.unreached", "appeal.closed"]
    assert rig.heard[-1].data.outcome == Outcome.UNREACHED
    late = await rig.post(f"/visits/{visit}/answer", GOOD, Role.REVISIT_AGENT)
    assert (late.status_code, late.json()["code"]) == (409, "appeal-closed")


async def test_an_anonymous_caller_is_never_phoned_and_five_days_without_a_word_close_the_appeal(rig: Any) -> None:
    visit = await first_visit(rig, anonymous=True)
    phoned = await rig.post(f"/visits/{visit}/attempts", {"method": "phone"}, Role.REVISIT_AGENT)
    assert (phoned.status_code, phoned.json()["code"]) == (409, "anonymous-caller")
    await rig.wake_at(T0 + timedelta(days=5, hours=3))
    assert rig.heard[-1].data.outcome == Outcome.UNREACHED


async def test_a_direct_answer_that_nobody_comments_on_is_closed_as_answered(rig: Any) -> None:
    answered = AnsweredDirectly(public_text="可以网上办理", knowledge_item="k", knowledge_version="1", by="system")
    await rig.publish(registered(anonymous=True), fact(Service.DISPATCHER, 1, answered, 1))
    await rig.wake_at(T0 + timedelta(days=6))
    assert rig.said() == ["revisit.scheduled", "revisit.unreached", "appeal.closed"]
    assert rig.heard[-1].data.outcome == Outcome.ANSWERED


async def test_an_audit_of_a_direct_answer_has_no_unit_to_redo_it(rig: Any) -> None:
    answered = AnsweredDirectly(public_text="可以网上办理", knowledge_item="k", knowledge_version="1", by="system")
    await rig.publish(registered(), fact(Service.DISPATCHER, 1, answered, 1))
    visit = (await rig.get("/visits", Role.REVISIT_AGENT)).json()["items"][0]["visit"]
    await rig.post(f"/visits/{visit}/answer", BAD, Role.REVISIT_AGENT)
    blamed = await rig.post(f"/audits/{visit}", {"unit_responsible": True, "reasons": ["x"]}, Role.REVIEWER)
    assert blamed.json()["code"] == "answered-by-the-centre"
    closed = await rig.post(f"/audits/{visit}", {"unit_responsible": False, "reasons": []}, Role.REVIEWER)
    assert closed.json()["events"] == ["appeal.closed"]


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        (fact(Service.INTAKE, 2, AppealWithdrawn(), 1), Outcome.WITHDRAWN),
        (
            fact(
                Service.CLASSIFIER,
                1,
                AppealGuided(exclusion=Exclusion.LEGAL_CHANNEL, right_channel="法院", signed_by="officer"),
                1,
            ),
            Outcome.GUIDED,
        ),
    ],
)
async def test_what_ends_without_a_visit_is_closed_once(rig: Any, end: Fact[Event], outcome: Outcome) -> None:
    await rig.publish(end, registered(), end)
    assert rig.said() == ["appeal.closed"]
    assert (rig.heard[0].data.outcome, rig.heard[0].time) == (outcome, end.time)


async def test_an_appeal_that_was_only_handed_over_closes_when_every_line_has_acknowledged(rig: Any) -> None:
    verdict = AppealClassified(
        type=AppealType.HELP,
        topic="emergency.fire",
        units=(),
        urgency=Urgency.EMERGENCY,
        hazard=False,
        emergency_lines=("119", "120"),
        work_order_follows=False,
    )
    raised = [EmergencyRaised(line=line, reference=f"EM{line}", primary=line == "119") for line in ("119", "120")]
    taken = [
        EmergencyAcknowledged(line=line, reference=f"EM{line}", line_reference="x", by=line) for line in ("119", "120")
    ]
    await rig.publish(
        registered(),
        fact(Service.CLASSIFIER, 1, raised[0]),
        fact(Service.CLASSIFIER, 2, raised[1]),
        fact(Service.CLASSIFIER, 3, verdict),
        fact(Service.CLASSIFIER, 4, taken[0], 1),
    )
    assert rig.said() == []
    await rig.publish(fact(Service.CLASSIFIER, 5, taken[1], 2))
    assert rig.said() == ["appeal.closed"]
    assert (rig.heard[0].data.outcome, rig.heard[0].time) == (Outcome.HANDED_OVER, T0 + timedelta(hours=2))
    assert taken[0].LANE is Lane.EMERGENCY


async def test_a_remark_is_masked_before_it_leaves(rig: Any) -> None:
    visit = await first_visit(rig)
    body = {**GOOD, "remark": "我的电话13812345678"}
    await rig.post(f"/visits/{visit}/answer", body, Role.REVISIT_AGENT)
    said = next(known.data for known in rig.heard if isinstance(known.data, RevisitAnswered))
    assert said.remark_masked == "我的电话[电话号码]"


async def test_bad_input_names_the_field_and_repeats_nothing(rig: Any) -> None:
    visit = await first_visit(rig)
    body = {**GOOD, "satisfaction": "13812345678"}
    refused = await rig.post(f"/visits/{visit}/answer", body, Role.REVISIT_AGENT)
    assert (refused.status_code, refused.json()["field"]) == (422, "body.satisfaction")
    assert "13812345678" not in refused.text
    unknown = await rig.post("/visits/nothing/answer", GOOD, Role.REVISIT_AGENT)
    assert unknown.status_code == 404
    cursor = await rig.get("/visits?cursor=abc", Role.REVISIT_AGENT)
    assert (cursor.status_code, cursor.json()["field"]) == (422, "cursor")


async def test_the_list_goes_on_from_its_cursor(rig: Any) -> None:
    for name in ("a1", "a2", "a3"):
        hour = int(name[-1])
        await rig.publish(registered(subject=name), approved_alone(name, hour))
    first = (await rig.get("/visits?limit=2", Role.REVISIT_AGENT)).json()
    second = (await rig.get(f"/visits?limit=2&cursor={first['next']}", Role.REVISIT_AGENT)).json()
    assert [row["subject"] for row in first["items"] + second["items"]] == ["a1", "a2", "a3"]
    assert second["next"] is None


def approved_alone(subject: str, hours: float) -> Fact[Event]:
    data = Approved(unit="urban-management", round=1, number=1, by="reviewer")
    return fact(Service.DISPATCHER, 1, data, hours, subject)


async def test_every_door_refuses_a_wrong_role(rig: Any) -> None:
    visit = await first_visit(rig)
    doors = [("GET", "/visits"), ("GET", f"/visits/{visit}"), ("GET", "/audits")]
    doors += [("POST", f"/visits/{visit}/attempts"), ("POST", f"/visits/{visit}/answer"), ("POST", f"/audits/{visit}")]
    answers = [(await rig.http.request(m, p, headers=rig.token(Role.CITIZEN))).status_code for m, p in doors]
    assert answers == [403] * len(doors)


async def test_the_desks_record_an_answer_and_its_audit_from_their_forms(rig: Any) -> None:
    visit = await first_visit(rig)
    agent, reviewer = rig.token(Role.REVISIT_AGENT), rig.token(Role.REVIEWER)
    assert visit in (await rig.http.get("/desk/revisit", headers=agent)).text
    assert "路灯不亮" in (await rig.http.get(f"/desk/revisit/{visit}", headers=agent)).text
    form = {"key": "k1", "method": "phone", "satisfaction": "DISSATISFIED", "solved": "no", "result_true": "no"}
    done = await rig.http.post(f"/desk/revisit/{visit}/answer", data=form, headers=agent)
    assert done.headers["hx-redirect"] == "/desk/revisit"
    late = await rig.http.post(f"/desk/revisit/{visit}/answer", data={**form, "key": "k2"}, headers=agent)
    assert "该回访已有结果" in late.text

    assert visit in (await rig.http.get("/desk/audit", headers=reviewer)).text
    form = {"key": "k3", "unit_responsible": "yes", "reasons": "没有到现场\n\n答复不实"}
    assert (await rig.http.post(f"/desk/audit/{visit}", data=form, headers=reviewer)).status_code == 200
    await rig.quiet()
    ordered = rig.heard[-1].data
    assert isinstance(ordered, RedoOrdered)
    assert ordered.reasons == ("没有到现场", "答复不实")
    assert (await rig.http.get(f"/desk/audit/{visit}", headers=agent)).status_code == 403


async def test_desks_name_unit_and_topic_and_nobody_is_satisfied_beforehand(rig: Any) -> None:
    sent = replace(dispatched(1, 1, 1).data, unit_name="城市管理局")
    verdict = AppealClassified(
        type=AppealType.HELP,
        topic="roads.light.out",
        units=(),
        urgency=Urgency.NORMAL,
        hazard=False,
        emergency_lines=(),
        work_order_follows=True,
    )
    await rig.publish(registered(), fact(Service.CLASSIFIER, 1, verdict), fact(Service.DISPATCHER, 1, sent, 1))
    await rig.publish(replied(2, 1, 2), approved(3, 1, 3))
    agent = rig.token(Role.REVISIT_AGENT)
    listed = (await rig.http.get("/desk/revisit", headers=agent)).text
    visit = re.search(r'href="/desk/revisit/([^"?]+)"', listed)
    assert visit is not None
    one = (await rig.http.get(f"/desk/revisit/{visit[1]}", headers=agent)).text

    assert "城市管理局" in listed
    assert "路灯不亮" in listed
    assert "答复内容 · 城市管理局" in one
    for name in ("satisfaction", "solved", "result_true"):
        assert re.search(rf'<select name="{name}" required>\s*<option value="">请选择</option>', one)
