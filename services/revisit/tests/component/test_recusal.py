"""回避 at the visiting and audit desks: who must recuse finds, reads and decides nothing; attempts are recorded."""

import secrets
from datetime import datetime
from typing import Any

import httpx
import pytest

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import revisit as rv
from contracts.events import work_order as wo
from contracts.words import AssignmentMode, Channel, Role, UnitPart, Urgency

T0 = datetime.fromisoformat("2026-03-02T01:00:00+00:00")
OFFICE = "supervision-office"
TEXT = "水务集团科长收红包"
RECUSED = {"user": "li.wei"}
ACCUSED = {"user": "zhang", "unit": "water-group"}
PARENT = {"user": "wang", "unit": "state-assets"}
BAD = {"method": "phone", "satisfaction": "DISSATISFIED", "solved": False, "result_true": False}


def facts(*more: Event) -> list[Fact[Event]]:
    """An accusation with a result that passed review, from which one person has recused."""
    told: dict[str, Any] = {"number": "410400202603020000015", "jurisdiction": "410400", "area": "410400"}
    work: dict[str, Any] = {"unit": OFFICE, "round": 1}
    sent = {"part": UnitPart.LEAD, "mode": AssignmentMode.FORWARD, "urgency": Urgency.NORMAL, "signed_by": "d"}
    events: tuple[Event, ...] = (
        ap.AppealRegistered(channel=Channel.PHONE, text_masked=TEXT, accused_unit="water-group", **told),
        wo.UnitsBarred(accused="water-group", units=("state-assets", "water-group")),
        wo.Dispatched(**work, **sent),
        wo.Recused(person="li.wei", by="d", reason="亲属"),
        wo.Replied(number=1, public_text="已查实", signer="s", by="b", **work),
        wo.Approved(number=1, by="r", **work),
        *more,
    )
    return [
        Fact(id=f"f{at}", source=event.SOURCE, subject="a1", sequence=at or 1, time=T0, data=event)
        for at, event in enumerate(events)
    ]


async def got(rig: Any, path: str, role: Role, page: bool = False, **who: str) -> httpx.Response:
    headers = {**rig.token(role, **who), **({"Accept": "text/html"} if page else {})}
    answer: httpx.Response = await rig.http.get(path, headers=headers)
    await rig.quiet()
    return answer


async def told(rig: Any, path: str, body: dict[str, Any], role: Role, **who: str) -> int:
    headers = {**rig.token(role, **who), "Idempotency-Key": secrets.token_hex(8)}
    answer = await rig.http.post(path, json=body, headers=headers)
    await rig.quiet()
    return int(answer.status_code)


def attempts(rig: Any) -> list[tuple[str, str, str | None]]:
    return [
        (fact.data.attempt, fact.data.by, fact.data.barred_unit)
        for fact in rig.heard
        if isinstance(fact.data, rv.RevisitBarred)
    ]


async def the_visit(rig: Any) -> str:
    await rig.publish(*facts())
    (row,) = (await got(rig, "/visits", Role.REVISIT_AGENT)).json()["items"]
    assert not {"recused", "barred"} & row.keys()
    visit: str = row["visit"]
    return visit


@pytest.mark.parametrize("who", [RECUSED, ACCUSED, PARENT])
async def test_who_must_recuse_finds_reads_and_records_nothing_and_the_attempt_is_recorded(
    rig: Any, who: dict[str, str]
) -> None:
    visit = await the_visit(rig)
    agent, unit = Role.REVISIT_AGENT, who.get("unit")
    assert [] == (await got(rig, "/visits", agent, **who)).json()["items"]
    assert visit not in (await got(rig, "/desk/revisit", agent, page=True, **who)).text
    assert 404 == (await got(rig, f"/visits/{visit}", agent, **who)).status_code
    page = await got(rig, f"/desk/revisit/{visit}", agent, page=True, **who)
    assert (404, False) == (page.status_code, TEXT in page.text)
    assert 404 == await told(rig, f"/visits/{visit}/answer", BAD, agent, **who)
    assert 404 == await told(rig, f"/visits/{visit}/attempts", {"method": "phone"}, agent, **who)
    assert [(way, who["user"], unit) for way in ("read", "answer", "attempt")] == attempts(rig)
    assert 200 == await told(rig, f"/visits/{visit}/answer", BAD, agent)


@pytest.mark.parametrize("who", [RECUSED, ACCUSED, PARENT])
async def test_who_must_recuse_audits_nothing(rig: Any, who: dict[str, str]) -> None:
    visit = await the_visit(rig)
    await told(rig, f"/visits/{visit}/answer", BAD, Role.REVISIT_AGENT)
    assert [] == (await got(rig, "/audits", Role.REVIEWER, **who)).json()["items"]
    finding = {"unit_responsible": False, "reasons": []}
    assert 404 == await told(rig, f"/audits/{visit}", finding, Role.REVIEWER, **who)
    assert [("audit", who["user"], who.get("unit"))] == attempts(rig)
    assert [] == [fact for fact in rig.heard if fact.type == "appeal.closed"]
    assert 200 == await told(rig, f"/audits/{visit}", finding, Role.REVIEWER)


async def test_a_lifted_recusal_opens_the_visit_again(rig: Any) -> None:
    await rig.publish(*facts(wo.RecusalLifted(person="li.wei", by="s", reason="查实无利害关系")))
    assert 1 == len((await got(rig, "/visits", Role.REVISIT_AGENT, **RECUSED)).json()["items"])
