"""The whole way of one appeal, through six services in two replicas each."""

from collections import Counter
from typing import Any

from appeals import MATTERS, send
from books import discrepancies, named, recorded, settled
from eventually import eventually
from people import Town
from players import Centre

from contracts.words import Role


async def test_an_appeal_travels_from_registration_to_closing(town: Town) -> None:
    centre, operator = Centre(town), town.person(Role.OPERATOR)
    sent = await send(town, MATTERS[0])
    number = sent["number"]

    async def after(name: str) -> Any:
        async def look() -> Any:
            return named(await recorded(town.platform, number), name)

        return (await eventually(look, what=name, seconds=30))[0]

    async with centre.at_work():
        closed = await after("appeal.closed")
    await settled(town, [number])

    known = (await operator.read(f"/journal/{number}"))["items"]
    said = Counter(fact["type"] for fact in known)
    steps = ["registered", "classified"], ["dispatched", "received", "contacted", "replied", "approved"]
    wanted = [f"appeal.{step}" for step in steps[0]] + [f"work_order.{step}" for step in steps[1]]
    wanted += ["revisit.scheduled", "revisit.answered", "appeal.closed"]
    assert dict.fromkeys(wanted, 1) == {name: said[name] for name in wanted}
    assert len(known) == len({fact["id"] for fact in known}) == len({(f["source"], f["sequence"]) for f in known})
    assert (closed["subject"], "RESOLVED") == (known[0]["subject"], closed["data"]["outcome"])
    assert [] == await discrepancies(town, [number])
