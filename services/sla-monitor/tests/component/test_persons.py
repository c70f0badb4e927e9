"""What persons do: supervision, accountability, the bulletin list; and who may."""

import hashlib
from typing import Any

import pytest

from contracts.words import Role

UNIT = "water-group"


async def test_a_supervisor_opens_and_lifts_a_supervision(monitor: Any) -> None:
    number = await monitor.order("a1")
    body = {"number": number, "unit": UNIT, "kind": "WRITTEN", "reason": "多日未处理,联系人13812345678"}
    opened = await monitor.post("/supervisions", body)
    assert (opened.status_code, opened.json()["supervision"]) == (201, f"DB{number}01")
    event = next(fact.data for fact in monitor.heard if fact.type == "supervision.opened")
    assert (event.trigger, event.due.isoformat()) == ("by_person", "2026-03-05T09:30:00+00:00")
    assert "13812345678" not in event.reason
    again = await monitor.post("/supervisions", body)
    assert (again.status_code, again.json()["code"]) == (409, "already-supervised")
    other = await monitor.post("/supervisions", {**body, "unit": "heating-group"})
    assert (other.status_code, other.json()["code"]) == (409, "unit-not-involved")
    await monitor.until("2026-03-03 09:00")
    assert monitor.types("a1", "supervision") == ["supervision.opened"]
    lifted = await monitor.post(f"/supervisions/DB{number}01/lifting", {"reason": "已办结"})
    assert lifted.status_code == 201
    assert (await monitor.get("/supervisions")).json()["items"] == []
    twice = await monitor.post(f"/supervisions/DB{number}01/lifting", {"reason": "已办结"})
    assert (twice.status_code, twice.json()["code"]) == (409, "already-lifted")


async def test_a_referral_needs_supervision_or_a_consequence_and_a_veto_a_consequence(monitor: Any) -> None:
    number = await monitor.order("b1")
    body = {"number": number, "subject_unit": UNIT, "ground": "NO_ACTION"}
    assert (await monitor.post("/accountability", body)).json()["code"] == "not-supervised"
    nobody = {"number": number, "ground": "NO_ACTION"}
    assert (await monitor.post("/accountability", nobody)).json()["code"] == "no-subject"
    await monitor.post("/supervisions", {"number": number, "unit": UNIT, "kind": "ON_SITE", "reason": "现场查看"})
    veto = await monitor.post("/accountability", {**body, "one_vote_veto": True})
    assert (veto.status_code, veto.json()["code"]) == (409, "veto-without-consequence")
    assert "accountability.referred" not in monitor.types("b1")
    referred = await monitor.post("/accountability", {**body, "one_vote_veto": True, "consequence": "停水五日"})
    assert referred.status_code == 201
    event = next(fact.data for fact in monitor.heard if fact.type == "accountability.referred")
    assert (event.one_vote_veto, event.dossier_sha256) == (True, referred.json()["dossier_sha256"])


async def test_the_dossier_keeps_the_bytes_that_were_hashed_and_comes_as_pdf(monitor: Any) -> None:
    number = await monitor.order("c1")
    preview = await monitor.get(f"/accountability/{number}/dossier")
    assert preview.json()["referral"] is None
    body = {"number": number, "subject_person_ref": "staff-7", "ground": "PERFUNCTORY", "consequence": "居民多次反映"}
    sha256 = (await monitor.post("/accountability", body)).json()["dossier_sha256"]
    await monitor.until("2026-03-20 09:00")
    kept = await monitor.get(f"/accountability/{number}/dossier", Role.AUDITOR)
    assert hashlib.sha256(kept.content).hexdigest() == sha256
    assert kept.json()["referral"]["subject_person_ref"] == "staff-7"
    sums = "".join(fact["sha256"] for fact in kept.json()["facts"])
    assert hashlib.sha256(sums.encode()).hexdigest() == kept.json()["facts_sha256"]
    assert kept.json()["deadlines"][0]["steps"]
    pdf = await monitor.get(f"/accountability/{number}/dossier", params={"format": "pdf"})
    assert (pdf.headers["content-type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")


async def test_the_bulletin_list_counts_per_unit_and_hides_small_numbers_when_published(monitor: Any) -> None:
    for nth in range(5):
        await monitor.order(f"d{nth}")
    await monitor.order("d9", "heating-group")
    await monitor.until("2026-03-02 14:00")
    period = {"from": "2026-03-01T00:00:00+08:00", "to": "2026-04-01T00:00:00+08:00"}
    rows = (await monitor.get("/bulletin-list", params=period)).json()["items"]
    assert [(row["unit"], row["breaches"]) for row in rows] == [(UNIT, 5), ("heating-group", 1)]
    public = (await monitor.get("/bulletin-list", Role.PUBLISHER, params=period)).json()["items"]
    assert [(row["unit"], row["breaches"]) for row in public] == [("heating-group", None), (UNIT, 5)]
    before = {"from": "2026-02-01T00:00:00+08:00", "to": "2026-03-01T00:00:00+08:00"}
    assert (await monitor.get("/bulletin-list", params=before)).json()["items"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/supervisions", {"number": "1", "unit": UNIT, "kind": "WRITTEN", "reason": "r"}),
        ("/supervisions/DB101/lifting", {"reason": "r"}),
        ("/accountability", {"number": "1", "subject_unit": UNIT, "ground": "FRAUD"}),
        ("/calendars", {"table": "x"}),
        ("/policies", {"table": "x"}),
    ],
)
async def test_commands_open_to_their_role_alone(monitor: Any, path: str, body: dict[str, Any]) -> None:
    allowed = Role.OPERATOR if path in ("/calendars", "/policies") else Role.SUPERVISOR
    for role in Role:
        headers = {**monitor.token(role, unit=UNIT, line="line-110"), "Idempotency-Key": "k"}
        answer = await monitor.http.post(path, json=body, headers=headers)
        assert (answer.status_code == 403) is (role is not allowed)
    assert (await monitor.http.post(path, json=body)).status_code == 401
