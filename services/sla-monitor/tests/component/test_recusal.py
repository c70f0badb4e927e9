"""回避 at the monitor's doors: who must recuse neither sees nor decides, and attempts are recorded."""

from typing import Any

import pytest

from contracts.events import work_order as wo
from contracts.events.ladder import AccountabilityBarred
from contracts.words import Role

RECUSED = {"user": "li.wei"}
PARENT = {"user": "wang", "unit": "state-assets"}
LISTS = ("/deadlines", "/urges", "/supervisions")


async def got(monitor: Any, path: str, **who: str) -> Any:
    answer = await monitor.http.get(path, headers=monitor.token(Role.SUPERVISOR, **who))
    await monitor.quiet()
    return answer


async def numbers(monitor: Any, **who: str) -> set[str]:
    found = {one["number"] for path in LISTS for one in (await got(monitor, path, **who)).json()["items"]}
    page = (await got(monitor, "/desk/deadlines?view=overdue", **who)).text
    return found | {number for number in found if number in page}


@pytest.mark.parametrize("who", [RECUSED, PARENT])
async def test_who_must_recuse_sees_no_clock_and_opens_no_supervision(monitor: Any, who: dict[str, str]) -> None:
    number = await monitor.order("a1", "supervision-office")
    await monitor.tell("a1", wo.UnitsBarred(accused="water-group", units=("state-assets", "water-group")))
    await monitor.tell("a1", wo.Recused(person="li.wei", by="duty", reason="亲属"))
    await monitor.until("2026-03-12 09:00")
    assert {number} == await numbers(monitor)
    assert set() == await numbers(monitor, **who)
    assert number not in (await got(monitor, "/desk/deadlines?view=overdue", **who)).text
    for path in (f"/deadlines/{number}", f"/desk/deadlines/{number}", f"/accountability/{number}/dossier"):
        assert 404 == (await got(monitor, path, **who)).status_code
        assert 200 == (await got(monitor, path)).status_code
    headers = {**monitor.token(Role.SUPERVISOR, **who), "Idempotency-Key": "k1"}
    body = {"number": number, "unit": "supervision-office", "kind": "WRITTEN", "reason": "久拖不决"}
    assert 404 == (await monitor.http.post("/supervisions", json=body, headers=headers)).status_code
    await monitor.quiet()
    tried = [fact.data for fact in monitor.heard if isinstance(fact.data, AccountabilityBarred)]
    expected = [(way, who["user"], who.get("unit")) for way in ("read", "dossier", "supervise")]
    assert expected == [(one.attempt, one.by, one.barred_unit) for one in tried]


async def test_a_lifted_recusal_shows_the_clocks_again(monitor: Any) -> None:
    number = await monitor.order("a1")
    await monitor.tell("a1", wo.Recused(person="li.wei", by="duty", reason="亲属"))
    await monitor.tell("a1", wo.RecusalLifted(person="li.wei", by="sun", reason="查实无利害关系"))
    assert {number} == await numbers(monitor, **RECUSED)
