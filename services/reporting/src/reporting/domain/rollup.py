"""Facts to counters: one result document per calendar day (Asia/Shanghai), counters under dotted paths.

Every counter stands on one fact alone, so facts may come in any order and any batch.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from contracts.envelope import Fact
from contracts.events import Event, appeal, deadline, emergency, ladder, revisit, triage, work_order
from contracts.words import UnitPart
from reporting.domain.calendar_day import day_of, hour_of

Counters = dict[str, dict[str, int]]

NOBODY = "-"
"""Stands for the unit that a returning unit did not name."""


def rollup(facts: Iterable[Fact[Event]]) -> Counters:
    """Day to counter to what these facts add to it."""
    days: dict[str, Counter[str]] = {}
    for fact in facts:
        counters = days.setdefault(day_of(fact.time), Counter())
        counters["facts"] += 1
        for path in paths(fact):
            counters[".".join(map(_name, path))] += 1
    return {day: dict(counters) for day, counters in days.items()}


def _name(part: str) -> str:
    # A dot would make a level of its own, and a dollar an operator.
    return part.replace(".", "/").replace("$", "_") or "_"


def _unit(unit: str, *rest: str) -> tuple[str, ...]:
    return ("unit", unit, *rest)


def paths(fact: Fact[Event]) -> Iterator[tuple[str, ...]]:
    """The counters that this fact raises by one."""
    match fact.data:
        case appeal.AppealRegistered() as data:
            yield ("registered", "all")
            yield ("registered", "channel", data.channel)
            yield ("registered", "area", data.area)
            yield ("registered", "hour", hour_of(fact.time))
            if data.incomplete:
                yield ("registered", "incomplete")
            if data.anonymous:
                yield ("registered", "anonymous")
        case appeal.AppealSupplemented() as data:
            yield ("supplemented", "repeat" if data.repeat else "other")
        case appeal.AppealWithdrawn():
            yield ("withdrawn",)
        case appeal.AppealClassified() as data:
            yield ("classified", "all")
            yield ("classified", "type", data.type)
            yield ("classified", "topic", data.topic)
            yield ("classified", "urgency", data.urgency)
        case appeal.AppealGuided() as data:
            yield ("guided", data.exclusion)
        case appeal.AppealClosed() as data:
            yield ("closed", "all")
            yield ("closed", "outcome", data.outcome)
            if data.satisfaction is not None:
                yield ("closed", "satisfaction", data.satisfaction)
        case triage.TriageRequested():
            yield ("triage", "requested")
        case triage.TriageDecided():
            yield ("triage", "decided")
        case (
            emergency.EmergencyRaised()
            | emergency.EmergencyAcknowledged()
            | emergency.EmergencyDeclined()
            | emergency.EmergencyLowered()
            | emergency.EmergencyPaged()
        ) as data:
            yield ("emergency", fact.type.removeprefix("emergency."), data.line)
        case work_order.Dispatched() as data:
            if data.part is UnitPart.LEAD:
                yield ("dispatched", "redo" if data.round > 1 else "first")
                yield _unit(data.unit, "dispatched")
                if data.unit_name:
                    yield _unit(data.unit, "name", data.unit_name)
            else:
                yield ("dispatched", "co")
        case deadline.DeadlineMet() | deadline.DeadlineBreached() | deadline.DeadlineCleared() as data:
            name = fact.type.removeprefix("deadline.")
            yield ("deadline", data.kind, data.clock, name)
            if data.unit is not None and data.clock == "unit":
                yield _unit(data.unit, "deadline", data.kind, name)
        case ladder.UrgeIssued() | ladder.UrgeWithdrawn() as data:
            name = fact.type.removeprefix("urge.")
            yield ("urge", name)
            yield _unit(data.unit, "urge", name)
        case ladder.SupervisionOpened() | ladder.SupervisionLifted() as data:
            yield ("supervision", data.kind, fact.type.removeprefix("supervision."))
            if fact.type == "supervision.opened":
                yield _unit(data.unit, "supervised")
        case ladder.AccountabilityReferred():
            yield ("accountability",)
        case revisit.RevisitAnswered() as data:
            yield from _answered(data)
        case revisit.RevisitUnreached():
            yield ("visit", "unreached")
        case revisit.RedoOrdered() as data:
            yield ("redo",)
            yield _unit(data.unit, "redo")
        case _ if fact.type.startswith("work_order."):
            yield from _order(fact.type.removeprefix("work_order."), fact.data)
        case _:
            pass


def _answered(data: revisit.RevisitAnswered) -> Iterator[tuple[str, ...]]:
    prefixes: list[tuple[str, ...]] = [("visit", "all"), ("visit", "first" if data.round == 1 else "later")]
    if data.unit is not None:
        prefixes.append(_unit(data.unit, "visit"))
    for prefix in prefixes:
        yield (*prefix, "answered")
        yield (*prefix, "satisfaction", data.satisfaction)
        yield (*prefix, "solved" if data.solved else "unsolved")
        if not data.result_true:
            yield (*prefix, "untrue")


def _order(name: str, data: Event) -> Iterator[tuple[str, ...]]:
    yield ("order", name)
    unit = getattr(data, "unit", None)
    if unit is not None:
        yield _unit(unit, "order", name)
    if isinstance(data, work_order.ExtensionDecided) and data.granted:
        yield ("order", "extension_granted")
    if isinstance(data, work_order.ReturnDecided) and data.accepted:
        yield ("order", "return_accepted")
    match data:
        case work_order.Approved() | work_order.SentBack():
            yield ("reviewer", data.by, "decided", name)
            for point in data.checklist:
                yield ("reviewer", data.by, "good", point)
        case work_order.ReturnRequested():
            yield ("passed", data.unit, data.proposed_unit or NOBODY, data.topic)
        case work_order.Objected():
            yield ("objected", data.unit, data.topic)
        case _:
            pass
