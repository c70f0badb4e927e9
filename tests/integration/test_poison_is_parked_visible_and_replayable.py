"""What can never be handled stops nobody, is seen by people, and can be sent back."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Mapping
from typing import Any

import aio_pika
from appeals import EMERGENCIES, MATTERS, send
from books import journal, named, parked, recorded, settled
from broker_users import line_member
from eventually import eventually
from people import Town
from poisons import Poison, fact, poisons, wire

from contracts.topology import FACTS as FACTS_EXCHANGE
from contracts.topology import LINE_COMMANDS
from contracts.words import Role


async def _publish(town: Town, exchange: str, key: str, body: bytes, message_id: str | None) -> None:
    url = town.platform.broker.url(vhost=town.platform.vhost)
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        target = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
        # The driver makes up an id where none is given; an empty one is what "none" looks like on the wire.
        message = aio_pika.Message(body, message_id=message_id or "", delivery_mode=2)
        await target.publish(message, key)


async def _known_fact(town: Town, number: str) -> Mapping[str, Any]:
    async def look() -> Any:
        return await recorded(town.platform, number)

    facts: list[Mapping[str, Any]] = await eventually(look, what="the registration in the journal")
    return named(facts, "appeal.registered")[0]


def _seen(rows: list[Mapping[str, Any]]) -> Counter[tuple[str, str, int]]:
    return Counter((row["queue"], row["reason"], row["replay"]) for row in rows)


def _expected(all_of_them: Mapping[str, Poison], replay: int) -> Counter[tuple[str, str, int]]:
    return Counter((poison.queue, poison.reason, replay) for poison in all_of_them.values())


async def test_over_twenty_kinds_of_poison_are_parked_visible_and_replayable(town: Town) -> None:
    operator = town.person(Role.OPERATOR)
    first = await send(town, MATTERS[1])
    all_of_them = poisons(await _known_fact(town, first["number"]))
    await settled(town, [first["number"]])
    for poison in all_of_them.values():
        message_id = f"m-{secrets.token_hex(8)}" if poison.message_id else None
        await _publish(town, "", poison.queue, poison.body, message_id)

    async def look(replay: int) -> list[Mapping[str, Any]]:
        rows = await parked(town)
        return rows if len([row for row in rows if row["replay"] == replay]) >= len(all_of_them) else []

    rows = await eventually(lambda: look(0), what="parking of every poison")
    assert _expected(all_of_them, 0) == _seen(rows)
    assert "emergency" == (await operator.read("/parking/classifier"))["items"][0]["lane"]
    one = await operator.read(f"/parking/{rows[-1]['service']}/{rows[-1]['id']}")
    assert rows[-1] == one

    # Every one sent back fails again: it is parked anew, under an id of its own, and the first stays on record.
    for row in rows:
        await operator.tell(f"/parking/{row['service']}/{row['id']}/replay", {})
    again = await eventually(lambda: look(1), what="parking of every replayed poison")
    assert _expected(all_of_them, 1) == _seen(again)
    assert {row["id"] for row in rows}.isdisjoint(row["id"] for row in again)
    kept = [
        row for of in ("classifier", "dispatcher") for row in await operator.all(f"/parking/{of}", state="replayed")
    ]
    assert {row["id"] for row in rows} <= {row["id"] for row in kept}

    # And nobody was stopped by any of it.
    second = await send(town, MATTERS[2])
    await settled(town, [first["number"], second["number"]])


async def test_a_message_that_came_too_early_is_handled_when_it_is_replayed(town: Town) -> None:
    operator, line = town.person(Role.OPERATOR), line_member(town.platform, "119")
    subject, number = f"early-{secrets.token_hex(4)}", f"4104002026010100{secrets.randbelow(9000) + 1000}"
    await line.command(
        {"command_id": number, "type": "acknowledge", "reference": f"EM{number}-119", "line_reference": "119-77"}
    )

    async def look() -> list[Mapping[str, Any]]:
        return [row for row in await parked(town) if row["queue"] == LINE_COMMANDS]

    early = (await eventually(look, what="parking of the command"))[0]
    assert "Permanent: reference: no hand-over has this reference" == early["reason"]
    await _publish(town, FACTS_EXCHANGE, "appeal.registered", wire(fact(subject, number, EMERGENCIES[0])), subject)

    async def said(name: str) -> list[Mapping[str, Any]]:
        books = await asyncio.to_thread(journal, town.platform)
        return [one for one in named(books[subject], name) if one["data"]["line"] == "119"]

    await eventually(lambda: said("emergency.raised"), what="the emergency")
    assert {"state": "replayed"} == await operator.tell(f"/parking/classifier/{early['id']}/replay", {})
    taken = await eventually(lambda: said("emergency.acknowledged"), what="the acknowledgement")
    assert [("119-77", "line.119")] == [(one["data"]["line_reference"], one["data"]["by"]) for one in taken]
    assert [] == await look()
