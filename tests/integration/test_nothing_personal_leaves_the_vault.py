"""Planted persons are looked for in every queue, log line, metric, error text and database."""

import asyncio
import secrets
from collections.abc import Iterable
from typing import Any

import httpx
from appeals import EMERGENCIES, body, send
from books import named, recorded, settled
from broker_users import unit_member
from eventually import eventually
from people import Town
from players import SATISFIED, Centre
from secrets_planted import CALLER, CLUMSY, everything_stored
from wiretap import wiretap

from contracts.words import Role, Service


def _found(texts: Iterable[tuple[str, str]]) -> list[str]:
    traces = (*CALLER.traces(), *CLUMSY.traces())
    return sorted(
        {f"{where}: trace {traces.index(trace)}" for where, text in texts for trace in traces if trace in text}
    )


async def _metrics(town: Town) -> list[tuple[str, str]]:
    pages: list[tuple[str, str]] = []
    for service, replicas in town.platform.replicas.items():
        for replica in replicas:
            pages.append((f"metrics of {service}", (await town.http.get(f"{replica.url}/metrics")).text))
    return pages


async def test_a_planted_person_is_found_in_the_vault_alone(town: Town) -> None:
    agent = town.person(Role.AGENT)
    numbers: list[str] = []
    caller = {"name": CALLER.name, "phone": CALLER.phone, "id_card": CALLER.id_card, "address": CALLER.address}
    async with wiretap(town.platform) as tap:
        async with Centre(town, numbers).at_work(lines=("119",)):
            ordinary = await send(town, CALLER.said(), caller=caller)
            urgent = await send(town, f"{EMERGENCIES[0]}，{CALLER.said()}", caller=caller)
            numbers += [ordinary["number"], urgent["number"]]
            more = {"text": CALLER.said(), "completes": {"name": CALLER.name, "phone": CALLER.phone}}
            await agent.tell(f"/appeals/{ordinary['number']}/supplements", more)

            async def handled() -> bool:
                first, second = [await recorded(town.platform, number) for number in numbers]
                return bool(named(first, "appeal.closed") and named(second, "emergency.acknowledged"))

            await eventually(handled, what="handling of both", seconds=60)
        await settled(town, numbers)
        texts = [(f"message {one.exchange} {one.routing_key}", one.body.decode()) for one in tap.heard]

    assert len(texts) > 20
    texts += await _metrics(town)
    texts.append(("logs", await asyncio.to_thread(town.platform.logs)))
    for service in Service:
        texts += [(f"{service} {name}", row) for name, row in everything_stored(town.platform, service)]
    assert [] == _found(texts)


async def test_no_refusal_repeats_or_logs_what_was_sent(town: Town) -> None:
    platform = town.platform
    agent = platform.issuer.issue(Role.AGENT)
    said = CLUMSY.said()
    good = body(said, caller={"name": CLUMSY.name, "phone": CLUMSY.phone})
    door = f"{platform.replicas[Service.INTAKE][0].url}/appeals"
    visits = f"{platform.replicas[Service.REVISIT][0].url}/visits"
    units = f"{platform.replicas[Service.DISPATCHER][0].url}/units/water-group/commands"
    triage = f"{platform.replicas[Service.CLASSIFIER][0].url}"
    signed = {"Authorization": f"Bearer {agent}", "Idempotency-Key": "k"}
    handler = {**signed, "Authorization": f"Bearer {platform.issuer.issue(Role.UNIT_HANDLER, unit='water-group')}"}
    visitor = {**signed, "Authorization": f"Bearer {platform.issuer.issue(Role.REVISIT_AGENT)}"}
    wrong = [
        ("POST", door, {"content": f'{{"text": "{said}", '.encode()}, signed),
        ("POST", door, {"json": {**good, "channel": CLUMSY.phone}}, signed),
        ("POST", door, {"json": {**good, "caller": f"{CLUMSY.name} {CLUMSY.phone}"}}, signed),
        ("POST", door, {"json": {**good, "text": said * 400}}, signed),
        ("POST", door, {"json": {**good, "caller": {"phone": CLUMSY.phone * 9, "name": CLUMSY.name * 99}}}, signed),
        ("POST", door, {"json": {**good, CLUMSY.name: CLUMSY.phone, "place": {"text": CLUMSY.address * 99}}}, signed),
        ("POST", door, {"json": good}, {"Authorization": f"Bearer {CLUMSY.phone}"}),
        ("POST", door, {"json": good}, {**signed, "Idempotency-Key": CLUMSY.phone * 20}),
        ("GET", f"{door}/{CLUMSY.phone}?name={CLUMSY.name}", {}, {"X-Query-Code": CLUMSY.email}),
        ("POST", f"{door}/{CLUMSY.phone}/reveal", {"json": {"purpose": said}}, signed),
        ("DELETE", f"{door}/{CLUMSY.phone}", {}, signed),
        ("GET", f"{door[:-8]}/{CLUMSY.phone}/{CLUMSY.email}", {}, signed),
        ("POST", f"{visits}/{CLUMSY.phone}/answer", {"json": {**SATISFIED, "remark": said, "method": said}}, visitor),
        ("POST", units, {"json": {"type": "reply", "work_order": CLUMSY.phone, "public_text": said}}, handler),
        ("POST", units, {"json": {"type": said, "work_order": CLUMSY.phone}}, handler),
        ("POST", f"{triage}/classification", {"json": {"text": said, "jurisdiction": said}}, signed),
        ("POST", f"{triage}/classification", {"content": said.encode("gb18030")}, signed),
    ]
    texts: list[tuple[str, str]] = []
    for method, url, content, headers in wrong:
        encoded = {name: value.encode() for name, value in headers.items()}
        answer = await town.http.request(method, url, headers=encoded, **content)
        assert 400 <= answer.status_code < 500, f"{method} {httpx.URL(url).path}: {answer.status_code}"
        texts.append((f"answer to {method} {httpx.URL(url).path[:9]}", f"{answer.text} {dict(answer.headers)}"))

    # The same over the broker: what cannot be read is answered in the unit's own queue, without a value.
    water = unit_member(platform, "water-group")
    marker = secrets.token_hex(4)
    await water.command(f'{{"name": "{CLUMSY.name}", "phone": {CLUMSY.phone}, "{CLUMSY.email}": "{said}"'.encode())
    await water.command({"type": said, "command_id": marker, "work_order": CLUMSY.phone, CLUMSY.name: CLUMSY.phone})
    operator = town.person(Role.OPERATOR)

    async def both_refused() -> list[dict[str, Any]]:
        refused = [told for told in await water.fetch("assignments.water-group") if told["type"] == "command.refused"]
        return refused if len(refused) >= 2 else []

    refused = await eventually(both_refused, what="the refusal of what cannot be read")
    texts += [("refusal over the broker", str(told)) for told in refused]
    await settled(town, [])
    texts += [("parking", str(await operator.read(f"/parking/{service}"))) for service in Service]
    texts += await _metrics(town)
    texts.append(("logs", await asyncio.to_thread(platform.logs)))
    for service in Service:
        texts += [(f"{service} {name}", row) for name, row in everything_stored(platform, service)]
    assert [] == _found(texts)


async def test_a_wrong_query_code_says_nothing_about_the_appeal(town: Town) -> None:
    sent = await send(town, CALLER.said())
    door = town.platform.replicas[Service.INTAKE][0].url
    unknown = await town.http.get(f"{door}/appeals/41040020200101000001", headers={"X-Query-Code": "ABCDEFGH"})
    wrong = await town.http.get(f"{door}/appeals/{sent['number']}", headers={"X-Query-Code": "ABCDEFGH"})
    assert (404, unknown.json()["detail"]) == (wrong.status_code, wrong.json()["detail"])
