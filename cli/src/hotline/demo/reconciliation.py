"""Compares the sender's own log with the journal: what is unaccounted for, and what came twice."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from contracts.words import Service
from hotline.demo.door import Door
from hotline.demo.log_book import LogBook


@dataclass(slots=True)
class Reconciled:
    """What the journal holds. ``appeals`` counts appeals in which a type occurs, ``events`` the events themselves."""

    registered: int = 0
    closed: int = 0
    appeals: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    received: int = 0
    unaccounted: list[str] = field(default_factory=list)


async def reconcile(door: Door, log: LogBook) -> Reconciled:
    """Read the whole reconciliation of the journal and the heads of all services, and compare.

    A number is unaccounted for when its registration is not in the journal exactly once, when a source's sequence has a
    hole or ends before that service's own last event, or when it is closed more than once.
    """
    heads = await _heads(door)
    result = Reconciled()
    sound: Counter[str] = Counter()
    cursor = ""
    while True:
        page = await door.read("/reconciliation", after=cursor)
        for item in page["numbers"]:
            _count(result, item)
            if item["number"] is not None and _sound(item, heads.get(item["subject"], {})):
                sound[item["number"]] += 1
        if page["next"] is None:
            break
        cursor = page["next"]
    result.unaccounted = [number for number in log.numbers if sound[number] != 1]
    twice = Counter(log.numbers)
    result.unaccounted += [number for number, count in twice.items() if count > 1]
    return result


def _count(result: Reconciled, item: dict[str, Any]) -> None:
    result.registered += item["registered"]
    result.closed += item["closed"]
    for name, count in item["types"].items():
        result.appeals[name] += 1
        result.events[name] += count
    result.received += bool({"work_order.received", "work_order.deemed_received"} & set(item["types"]))
    raised = item["types"].get("emergency.raised", 0)
    done = item["types"].get("emergency.acknowledged", 0) + item["types"].get("emergency.lowered", 0)
    result.acknowledged += bool(raised) and done >= raised


def _sound(item: dict[str, Any], heads: dict[str, int]) -> bool:
    complete = all(item["heads"].get(source, 0) == last for source, last in heads.items() if last)
    return item["registered"] == 1 and item["holes"] == 0 and item["closed"] <= 1 and complete


async def _heads(door: Door) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for service in Service:
        cursor = ""
        while True:
            page = await door.read(f"/heads/{service}", after=cursor)
            for item in page["items"]:
                found.setdefault(item["subject"], {})[str(service)] = item["last"]
            if page["next"] is None:
                break
            cursor = page["next"]
    return found
