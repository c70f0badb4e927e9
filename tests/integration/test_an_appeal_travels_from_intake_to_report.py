"""The whole way of an appeal, through six services in two replicas each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from appeals import EMERGENCIES, MATTERS, send
from books import discrepancies, named, recorded, settled
from eventually import eventually
from people import Town
from players import DISSATISFIED, HANDLING, Centre

from contracts.words import Role, Service

ONCE = (
    "appeal.registered",
    "appeal.classified",
    "work_order.dispatched",
    "work_order.received",
    "work_order.contacted",
    "work_order.replied",
    "work_order.approved",
    "revisit.scheduled",
    "revisit.answered",
    "appeal.closed",
)


async def _after(town: Town, number: str, name: str, times: int = 1) -> Sequence[Mapping[str, Any]]:
    """The facts of this appeal once it has had ``times`` facts of this type."""

    async def look() -> Any:
        facts = await recorded(town.platform, number)
        return facts if len(named(facts, name)) >= times else []

    facts: Sequence[Mapping[str, Any]] = await eventually(look, what=f"{name}, {times} times", seconds=60)
    return facts


async def test_an_appeal_travels_from_registration_to_closing(town: Town) -> None:
    operator = town.person(Role.OPERATOR)
    sent = await send(town, MATTERS[0])
    number = sent["number"]
    async with Centre(town, [number]).at_work():
        closed = named(await _after(town, number, "appeal.closed"), "appeal.closed")
    await settled(town, [number])

    known = (await operator.read(f"/journal/{number}"))["items"]
    said = Counter(fact["type"] for fact in known)
    assert dict.fromkeys(ONCE, 1) == {name: said[name] for name in ONCE}
    assert set(Service) - {Service.REPORTING} == {fact["source"] for fact in known}
    assert len(known) == len({fact["id"] for fact in known}) == len({(f["source"], f["sequence"]) for f in known})
    assert ["RESOLVED"] == [fact["data"]["outcome"] for fact in closed]
    assert [] == await discrepancies(town, [number])

    # The caller follows it by number and query code, with every date that was promised.
    seen = await town.http.get(
        f"{town.next_replica(Service.INTAKE)}/appeals/{number}", headers={"X-Query-Code": sent["query_code"]}
    )
    shown = seen.json()
    assert (200, number, "closed") == (seen.status_code, shown["number"], shown["status"])
    assert HANDLING[-1]["public_text"] in [moment.get("text") for moment in shown["timeline"]]
    assert {"contact", "resolve"} <= {promise["kind"] for promise in shown["promises"]}


async def test_a_dissatisfied_caller_has_the_work_done_again(town: Town) -> None:
    number = (await send(town, MATTERS[1]))["number"]
    centre = Centre(town, [number])
    centre.opinions[number] = [DISSATISFIED]
    async with centre.at_work():
        facts = await _after(town, number, "appeal.closed")
    await settled(town, [number])

    redo = named(facts, "redo.ordered")
    assert [f"CH{number}01"] == [fact["data"]["number"] for fact in redo]
    rounds = [(fact["data"]["unit"], fact["data"]["round"]) for fact in named(facts, "work_order.dispatched")]
    assert [(redo[0]["data"]["unit"], 1), (redo[0]["data"]["unit"], 2)] == rounds
    assert [False, True] == [fact["data"]["solved"] for fact in named(facts, "revisit.answered")]


async def test_an_emergency_is_with_its_line_and_acknowledged(town: Town) -> None:
    number = (await send(town, EMERGENCIES[0]))["number"]
    async with Centre(town, [number]).at_work(lines=("119", "120")):
        facts = await _after(town, number, "emergency.acknowledged")
    raised = [fact["data"]["line"] for fact in named(facts, "emergency.raised")]
    assert "119" in raised
    assert {"emergency"} == {fact["lane"] for fact in facts if fact["type"].startswith("emergency.")}
