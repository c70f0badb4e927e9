"""Reads a policy file (TOML text) into a ``Policy``; a bad table is refused with line and reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from contracts.table_text import BadTable, Row, TableText
from contracts.words import AppealType, DeadlineKind, SupervisionKind, Urgency
from sla_monitor.domain.policy import MAX_ROUND, Measure, Period, PeriodKey, Policy, Statute

W = TypeVar("W", bound=StrEnum)

TRIGGERS = (
    "urge_ignored",
    "still_slow",
    "no_clear_opinion",
    "repeated",
    "crowd",
    "leader_instruction",
    "instruction_not_carried_out",
    "supervision_ignored",
    "untrue_result",
    "redo_exhausted",
)
"""Every trigger the monitor can find by itself."""


def read_policy(text: str) -> Policy:
    """The policy in ``text``. Raises ``BadTable`` with the line and the reason."""
    table = TableText(text)
    top = table.top()
    version = _words(top, "version")
    jurisdiction = _words(top, "jurisdiction")
    effective = top.take("effective_from", datetime)
    if effective.tzinfo is None:
        raise top.refuse("effective_from", "must carry an offset such as +08:00")
    applies = top.take("applies_to_open", bool)
    top.done()
    periods = _periods(table.rows("period"))
    statutes = tuple(_statute(row) for row in table.rows("statutory"))
    extension, warning, breach = table.row("extension"), table.row("warning"), table.row("breach")
    redo, repeats, review = table.row("redo"), table.row("repeats"), table.row("review")
    policy = Policy(
        version=version,
        jurisdiction=jurisdiction,
        effective_from=effective,
        applies_to_open=applies,
        periods=periods,
        statutes=statutes,
        extension_times=_count(extension, "max_times", 0, 10),
        extension_factor=_count(extension, "cap_factor", 0, 10),
        special_cap_days=_count(extension, "special_cap_working_days", 0, 500),
        warn_percent=_count(warning, "at_percent", 1, 99),
        warn_days_before=_count(warning, "working_days_before", 1, 30),
        grace=timedelta(seconds=_count(breach, "grace_seconds", 0, 3600)),
        settle=timedelta(seconds=_count(breach, "settle_seconds", 0, 3600)),
        urge_on=frozenset(_several(breach, "urge_on", DeadlineKind)),
        redo_rounds=_count(redo, "max_rounds", 0, MAX_ROUND - 1),
        repeat_days=_count(repeats, "different_days", 1, 100),
        repeat_callers=_count(repeats, "callers", 2, 10_000) if repeats.has("callers") else None,
        crowd_callers=_count(repeats, "crowd_callers", 2, 10_000) if repeats.has("crowd_callers") else None,
        sent_back_times=_count(review, "sent_back_times", 1, 100),
        supervise=_supervise(table.rows("supervision")),
    )
    for row, keys in (
        (extension, ("max_times_source", "cap_factor_source", "special_cap_source")),
        (warning, ("source",)),
        (breach, ("grace_source", "settle_source", "urge_source")),
        (redo, ("source",)),
        (repeats, ("source",)),
        (review, ("source",)),
    ):
        for key in keys:
            _words(row, key)
        row.done()
    table.done()
    return policy


@dataclass(frozen=True, slots=True)
class _Rule:
    line: int
    kind: DeadlineKind
    types: frozenset[AppealType]
    urgencies: frozenset[Urgency]
    rounds: frozenset[int]
    period: Period

    def fits(self, key: PeriodKey) -> bool:
        kind, type_, urgency, round_ = key
        return (
            self.kind is kind
            and (not self.types or type_ in self.types)
            and (not self.urgencies or urgency in self.urgencies)
            and (not self.rounds or round_ in self.rounds)
        )

    @property
    def weight(self) -> int:
        return bool(self.types) + bool(self.urgencies) + bool(self.rounds)


def _periods(rows: list[Row]) -> dict[PeriodKey, Period]:
    rules = [_rule(row) for row in rows]
    found: dict[PeriodKey, Period] = {}
    for kind in DeadlineKind:
        mine = [rule for rule in rules if rule.kind is kind]
        for type_ in (None, *AppealType):
            for urgency in (None, *Urgency):
                for round_ in range(1, MAX_ROUND + 1):
                    key = (kind, type_, urgency, round_)
                    fitting = sorted((rule for rule in mine if rule.fits(key)), key=lambda rule: -rule.weight)
                    if not fitting:
                        raise BadTable(0, f"no [[period]] of kind {kind} fits every type, urgency and round")
                    if len(fitting) > 1 and fitting[0].weight == fitting[1].weight:
                        first, second = sorted(rule.line for rule in fitting[:2])
                        raise BadTable(second, f"fits as well as the row at line {first}: say which one is meant")
                    found[key] = fitting[0].period
    return found


def _rule(row: Row) -> _Rule:
    line = row.line()
    kind = _one(row, "kind", DeadlineKind)
    types = frozenset(_several(row, "type", AppealType)) if row.has("type") else frozenset()
    urgencies = frozenset(_several(row, "urgency", Urgency)) if row.has("urgency") else frozenset()
    rounds: frozenset[int] = frozenset()
    if row.has("rounds"):
        rounds = frozenset(row.take("rounds", list))
        if not rounds <= set(range(1, MAX_ROUND + 1)) or not rounds:
            raise row.refuse("rounds", f"must be a list of whole numbers from 1 to {MAX_ROUND}")
    period = _period(row)
    row.done()
    return _Rule(line, kind, types, urgencies, rounds, period)


def _period(row: Row) -> Period:
    measure = _one(row, "measure", Measure)
    most = 500 if measure in (Measure.WORKING_DAYS, Measure.CALENDAR_DAYS) else 2000
    return Period(_count(row, "length", 1, most), measure, _words(row, "source"), _words(row, "source_zh"))


def _statute(row: Row) -> Statute:
    kind = _one(row, "kind", DeadlineKind)
    if kind not in (DeadlineKind.CONTACT, DeadlineKind.RESOLVE):
        raise row.refuse("kind", "a law can set contact or resolve")
    topic = _words(row, "topic")
    types = frozenset(_several(row, "type", AppealType)) if row.has("type") else frozenset()
    until = row.take("until", datetime) if row.has("until") else None
    if until is not None and until.tzinfo is None:
        raise row.refuse("until", "must carry an offset such as +08:00")
    law = Statute(kind, topic, types, _period(row), _words(row, "law_zh"), _words(row, "law_en"), until)
    row.done()
    return law


def _supervise(rows: list[Row]) -> dict[str, SupervisionKind]:
    found: dict[str, SupervisionKind] = {}
    for row in rows:
        trigger = row.take("trigger", str)
        if trigger not in TRIGGERS:
            raise row.refuse("trigger", f"must be one of {', '.join(TRIGGERS)}")
        if trigger in found:
            raise row.refuse("trigger", f"{trigger} has a row already")
        found[trigger] = _one(row, "kind", SupervisionKind)
        _words(row, "source")
        row.done()
    return found


def _words(row: Row, key: str) -> str:
    text = row.take(key, str)
    if not text.strip():
        raise row.refuse(key, "must not be empty")
    return text


def _count(row: Row, key: str, least: int, most: int) -> int:
    value = row.take(key, int)
    if not least <= value <= most:
        raise row.refuse(key, f"must be {least} to {most}")
    return value


def _one(row: Row, key: str, words: type[W]) -> W:
    return _word(row, key, row.take(key, str), words)


def _several(row: Row, key: str, words: type[W]) -> list[W]:
    values = row.take(key, list)
    if not values:
        raise row.refuse(key, "must not be an empty list")
    return [_word(row, key, value, words) for value in values]


def _word(row: Row, key: str, value: object, words: type[W]) -> W:
    known: Iterable[str] = [word.value for word in words]
    if not isinstance(value, str) or value not in known:
        raise row.refuse(key, f"must be one of {', '.join(known)}")
    return words(value)
