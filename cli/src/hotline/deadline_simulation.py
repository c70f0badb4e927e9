"""What if: past appeals judged again under another policy or calendar, counted per unit."""

import csv
import gzip
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import track
from rich.table import Table

from contracts.codec import BadMessage, decode
from contracts.envelope import Fact
from contracts.events import Event, appeal, work_order
from contracts.words import AppealType, AssignmentMode, Channel, Clock, DeadlineKind, UnitPart, Urgency
from sla_monitor.domain.calendar import Calendar
from sla_monitor.domain.obligation import State
from sla_monitor.domain.obligations import obligations
from sla_monitor.domain.policy import Policies

Rules = tuple[Policies, Calendar]
Facts = list[Fact[Event]]


@dataclass(frozen=True, slots=True)
class Cases:
    """Facts of each appeal, and the kinds of deadline they can say something about."""

    appeals: list[Facts]
    kinds: frozenset[DeadlineKind]


@dataclass(slots=True)
class Count:
    """Deadlines of one unit and how many were missed, before and after."""

    deadlines: int = 0
    before: int = 0
    after: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of another policy on the breaches of each unit."""

    units: dict[str, Count]

    def as_json(self) -> dict[str, object]:
        """For ``--json``."""
        total = Count()
        for count in self.units.values():
            total.deadlines += count.deadlines
            total.before += count.before
            total.after += count.after
        return {"total": _row(total), "units": {unit: _row(self.units[unit]) for unit in sorted(self.units)}}

    def show(self, out: Console) -> None:
        """As a table with bars: share of breaches before (░) and after (█)."""
        table = Table("unit", "deadlines", "breaches before", "after", "share before ░ and after █")
        for unit, count in sorted(self.units.items(), key=lambda item: item[0]):
            shares = [
                (mark, round(30 * many / count.deadlines)) for mark, many in (("░", count.before), ("█", count.after))
            ]
            bars = "\n".join(mark * width for mark, width in shares)
            table.add_row(unit, str(count.deadlines), str(count.before), str(count.after), bars)
        out.print(table)


def _row(count: Count) -> dict[str, int]:
    return {"deadlines": count.deadlines, "breaches_before": count.before, "breaches_after": count.after}


def simulate(cases: Cases, old: Rules, new: Rules, progress: Console) -> Effect:
    """Judge every appeal under both rules, as things stood when the data ends."""
    units: dict[str, Count] = defaultdict(Count)
    end = max((fact.time for facts in cases.appeals for fact in facts), default=datetime.now(UTC))
    for facts in track(cases.appeals, "simulating", console=progress):
        for rules, column in ((old, "before"), (new, "after")):
            for one in obligations(facts, *rules, end):
                if one.clock is not Clock.UNIT or one.unit is None or one.kind not in cases.kinds:
                    continue
                count = units[one.unit]
                count.deadlines += column == "before"
                if one.state is State.BREACHED:
                    setattr(count, column, getattr(count, column) + 1)
    return Effect(dict(units))


def load_cases(data: Path, mapping: Path | None, first: date, last: date, calendar: Calendar) -> Cases:
    """Appeals accepted from ``first`` to ``last`` (local days, both included). ``ValueError`` says what is wrong."""
    with _open(data) as lines:
        if mapping is None:
            return _journal(lines, first, last, calendar)
        return _table(lines, mapping, first, last)


def _open(path: Path) -> TextIO:
    try:
        if path.suffix == ".gz":
            return gzip.open(path, "rt", encoding="utf-8", newline="")
        return path.open(encoding="utf-8", newline="")
    except OSError as error:
        raise ValueError(f"cannot read {path.name}: {type(error).__name__}") from None


def _journal(lines: Iterable[str], first: date, last: date, calendar: Calendar) -> Cases:
    by_subject: dict[str, Facts] = defaultdict(list)
    for number, line in enumerate(lines, start=1):
        try:
            fact = decode(line.encode())
        except BadMessage as error:
            raise ValueError(f"line {number}: {error}") from None
        by_subject[fact.subject].append(fact)
    chosen = [facts for facts in by_subject.values() if _accepted_between(facts, first, last, calendar)]
    return Cases(chosen, frozenset(DeadlineKind) - {DeadlineKind.RETURN})


def _accepted_between(facts: Facts, first: date, last: date, calendar: Calendar) -> bool:
    accepted = (fact.time for fact in facts if isinstance(fact.data, appeal.AppealRegistered))
    return any(first <= calendar.local(at).date() <= last for at in accepted)


def _table(lines: Iterable[str], mapping: Path, first: date, last: date) -> Cases:
    try:
        columns = tomllib.loads(mapping.read_text(encoding="utf-8"))
        opened, closed, unit, zone = (columns[key] for key in ("opened", "closed", "unit", "zone"))
        type_ = AppealType(columns.get("type", AppealType.COMPLAINT))
        place = ZoneInfo(zone)
    except KeyError as error:
        raise ValueError(f"{mapping.name}: {error.args[0]} is missing or unknown") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{mapping.name}: {error}") from None
    found: list[Facts] = []
    for number, row in enumerate(csv.DictReader(lines), start=2):
        try:
            start = datetime.fromisoformat(row[opened]).replace(tzinfo=place)
            end = datetime.fromisoformat(row[closed]).replace(tzinfo=place) if row[closed] else None
        except KeyError as error:
            raise ValueError(f"the CSV has no column {error.args[0]}") from None
        except ValueError:
            raise ValueError(f"line {number}: not a date and time") from None
        if first <= start.date() <= last:
            found.append(list(_facts(str(number), row[unit] or "-", type_, start.astimezone(UTC), end)))
    return Cases(found, frozenset({DeadlineKind.RESOLVE}))


def _facts(subject: str, unit: str, type_: AppealType, start: datetime, end: datetime | None) -> Iterator[Fact[Event]]:
    """The least that a row of a table says: accepted and dispatched, and the result if there was one."""
    told: list[tuple[datetime, Event]] = [
        (
            start,
            appeal.AppealRegistered(number=subject, jurisdiction="*", area="", channel=Channel.PHONE, text_masked=""),
        ),
        (
            start,
            appeal.AppealClassified(
                type=type_,
                topic="",
                units=(),
                urgency=Urgency.NORMAL,
                hazard=False,
                emergency_lines=(),
                work_order_follows=True,
            ),
        ),
        (
            start,
            work_order.Dispatched(
                unit=unit,
                part=UnitPart.LEAD,
                round=1,
                mode=AssignmentMode.FORWARD,
                urgency=Urgency.NORMAL,
                signed_by="",
            ),
        ),
    ]
    if end is not None:
        at = end.astimezone(UTC)
        told.append((at, work_order.Replied(unit=unit, round=1, number=1, public_text="", signer="", by="")))
        told.append((at, work_order.Approved(unit=unit, round=1, number=1, by="")))
    for sequence, (time, event) in enumerate(told, start=1):
        yield Fact(
            id=f"{subject}-{sequence}", source=event.SOURCE, subject=subject, sequence=sequence, time=time, data=event
        )
