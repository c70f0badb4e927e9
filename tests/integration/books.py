"""The sender's own log against the platform's books: every appeal once, no hole, every machine's next step taken."""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from eventually import eventually
from people import Town
from running_platform import Platform

from contracts.words import Role, Service

Facts = Sequence[Mapping[str, Any]]

STILL_SECONDS = 1.0
EMITTERS = (Service.INTAKE, Service.CLASSIFIER, Service.DISPATCHER, Service.SLA_MONITOR, Service.REVISIT)


def journal(platform: Platform) -> dict[str, list[Mapping[str, Any]]]:
    """Every fact in the journal, by subject; read past the doors, for many at once."""
    with platform.database(Service.REPORTING) as database:
        facts = [json.loads(row["body"]) for row in database.journal.find({}, {"body": 1})]
    by_subject: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for fact in facts:
        by_subject[fact["subject"]].append(fact)
    return by_subject


async def recorded(platform: Platform, number: str) -> Facts:
    """The journal's facts of the appeal with this number; empty while it is not there."""
    books = await asyncio.to_thread(journal, platform)
    return next((known for known in books.values() if number in numbers_of(known)), [])


async def told_of(town: Town, number: str) -> list[Mapping[str, Any]]:
    """What the journal's door tells of one appeal once it stands still: a fact comes up to 0.3 s after its step."""
    known: list[Mapping[str, Any]] = []
    while True:
        told = (await town.person(Role.OPERATOR).read(f"/journal/{number}"))["items"]
        if told and len(told) == len(known):
            return list(told)
        known = told
        await asyncio.sleep(STILL_SECONDS)


def numbers_of(facts: Facts) -> list[str]:
    """The numbers under which these facts register an appeal: one, where all is well."""
    return [fact["data"]["number"] for fact in named(facts, "appeal.registered")]


def named(facts: Facts, name: str) -> list[Mapping[str, Any]]:
    """The facts of one type."""
    return [fact for fact in facts if fact["type"] == name]


def owed(facts: Facts) -> list[str]:
    """Which machine has not taken its next step on this appeal. Empty: people are next, or it is closed."""
    types = Counter(str(fact["type"]) for fact in facts)
    families = Counter(name.split(".")[0] for name in types.elements())
    if not types["appeal.registered"]:
        return ["intake: registration"]
    missing: list[str] = []
    if not types["appeal.classified"] + types["triage.requested"] + types["appeal.withdrawn"]:
        missing.append("classifier: a verdict, or a request for one")
    follows = any(fact["data"]["work_order_follows"] for fact in named(facts, "appeal.classified"))
    if follows and not types["appeal.closed"]:
        if not families["work_order"]:
            missing.append("dispatcher: what becomes of the order")
        if not families["deadline"]:
            missing.append("sla-monitor: deadlines")
    if types["work_order.approved"] + types["work_order.answered_directly"] > types["revisit.scheduled"]:
        missing.append("revisit: a visit")
    if types["appeal.guided"] and not types["appeal.closed"]:
        missing.append("revisit: closing what was guided")
    clocks = {(fact["data"]["unit"], fact["data"]["round"]) for fact in named(facts, "deadline.set")}
    for sent in named(facts, "work_order.dispatched"):
        if (sent["data"]["unit"], sent["data"]["round"]) not in clocks:
            missing.append(f"sla-monitor: the clock of {sent['data']['unit']}")
    return missing


async def discrepancies(town: Town, numbers: Collection[str]) -> list[str]:
    """What does not agree, as sentences: numbers sent against the journal, sequences, and every service's heads."""
    operator = town.person(Role.OPERATOR)
    known: dict[str, Mapping[str, Any]] = {}
    wrong: list[str] = []
    after = ""
    while True:
        page = await operator.read("/reconciliation", after=after)
        known |= {item["subject"]: item for item in page["numbers"]}
        wrong += [f"hole in {hole}" for hole in page["holes"]]
        if page["next"] is None:
            break
        after = page["next"]
    times: Counter[str] = Counter()
    for item in known.values():
        times[item["number"] or ""] += item["registered"]
        if item["closed"] > 1:
            wrong.append(f"{item['number']} is closed {item['closed']} times")
    wrong += [f"{number} is registered {times[number]} times" for number in numbers if times[number] != 1]
    for service in EMITTERS:
        for subject, last in (await _heads(town, service)).items():
            recorded = known.get(subject, {}).get("heads", {}).get(service, 0)
            if recorded != last:
                wrong.append(f"{service} emitted {last} facts of {subject}, the journal's last is {recorded}")
    return wrong


async def _heads(town: Town, service: Service) -> dict[str, int]:
    operator = town.person(Role.OPERATOR)
    heads: dict[str, int] = {}
    after = ""
    while True:
        page = await operator.read(f"/heads/{service}", after=after)
        heads |= {item["subject"]: item["last"] for item in page["items"] if item["last"]}
        if page["next"] is None:
            return heads
        after = page["next"]


async def unfinished(town: Town, numbers: Collection[str]) -> list[str]:
    """Everything that is not in order yet; empty when the books agree and every machine has done its part."""
    books = await asyncio.to_thread(journal, town.platform)
    wrong = [f"{subject}: {step}" for subject, facts in books.items() for step in owed(facts) if _appeal(facts)]
    found = {number for facts in books.values() for number in numbers_of(facts)}
    wrong += [f"{number} is not in the journal" for number in numbers if number not in found]
    if not wrong:
        wrong += await discrepancies(town, numbers)
    if not wrong:
        wrong += [f"{n} messages in {queue}" for queue, n in town.platform.under_way().items()]
    return wrong


async def settled(town: Town, numbers: Collection[str], seconds: float = 60.0) -> None:
    """Wait until nothing is unfinished. Raises ``AssertionError`` naming what is."""
    last: list[str] = []

    async def look() -> bool:
        nonlocal last
        last = await unfinished(town, numbers)
        return not last

    try:
        await eventually(look, seconds=seconds, every=0.5, what="a state in which the books agree")
    except AssertionError:
        queues = await asyncio.to_thread(town.platform.messages)
        raise AssertionError(f"{len(last)} things are unfinished, such as {last[:8]}; queues hold {queues}") from None


async def parked(town: Town) -> list[Mapping[str, Any]]:
    """Every message that was parked since this test began and waits for a person, of all services."""
    operator = town.person(Role.OPERATOR)
    items = [item for service in Service for item in (await operator.read(f"/parking/{service}"))["items"]]
    return [item for item in items if datetime.fromisoformat(item["parked_at"]) >= town.began]


def _appeal(facts: Facts) -> bool:
    return any(fact["source"] != "reporting" for fact in facts) and not _only_calendar(facts)


def _only_calendar(facts: Facts) -> bool:
    return all(fact["type"] in ("calendar.loaded", "policy.loaded", "accountability.referred") for fact in facts)
