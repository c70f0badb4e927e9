"""Counters, rates, small groups, hand-over times and completeness."""

import random
from datetime import date, datetime, timedelta

import pytest

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealClassified, AppealRegistered, AppealSupplemented
from contracts.words import AppealType, Channel, Service, Urgency
from reporting.domain.calendar_day import BadPeriod, month_days, period, start_of
from reporting.domain.chain import CHAINED, row_hash, seal
from reporting.domain.completeness import LISTED, account, missing
from reporting.domain.handovers import Moment, handovers
from reporting.domain.rates import Rate
from reporting.domain.rollup import rollup
from reporting.domain.small_groups import hidden
from reporting.domain.tally import Tally

T0 = datetime.fromisoformat("2026-03-01T15:30:00+00:00")


def fact(data: Event, hours: float = 0) -> Fact[Event]:
    at = T0 + timedelta(hours=hours)
    return Fact(id=f"{data.NAME}{hours}", source=Service.INTAKE, subject="a", sequence=1, time=at, data=data)


def registered(hours: float, channel: Channel = Channel.PHONE) -> Fact[Event]:
    event = AppealRegistered(number="1", jurisdiction="x", area="410400", channel=channel, text_masked="t")
    return fact(event, hours)


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    days = rollup([registered(0), registered(1)])
    assert {day: counters["registered.all"] for day, counters in days.items()} == {"2026-03-01": 1, "2026-03-02": 1}
    assert days["2026-03-02"]["registered.hour.00"] == 1


def test_counters_of_any_split_into_batches_add_up_to_the_same() -> None:
    facts = [registered(n, random.Random(n).choice(list(Channel))) for n in range(60)]
    facts += [fact(AppealSupplemented(text_masked="x", channel=Channel.APP, repeat=n % 2 == 0), n) for n in range(9)]
    whole = sum_of([facts])
    chance = random.Random(4)
    for _ in range(20):
        chance.shuffle(facts)
        cut = sorted(chance.sample(range(len(facts)), 3))
        parts = [facts[: cut[0]], facts[cut[0] : cut[1]], facts[cut[1] : cut[2]], facts[cut[2] :]]
        assert sum_of(parts) == whole


def sum_of(batches: list[list[Fact[Event]]]) -> dict[str, dict[str, int]]:
    total: dict[str, dict[str, int]] = {}
    for batch in batches:
        for day, counters in rollup(batch).items():
            for name, count in counters.items():
                into = total.setdefault(day, {})
                into[name] = into.get(name, 0) + count
    return total


def test_a_topic_with_dots_is_one_counter_and_reads_back_with_its_dots() -> None:
    verdict = AppealClassified(
        type=AppealType.HELP,
        topic="water.supply.pressure",
        units=(),
        urgency=Urgency.NORMAL,
        hazard=False,
        emergency_lines=(),
        work_order_follows=True,
    )
    counters = rollup([fact(verdict)])["2026-03-01"]
    assert counters["classified.topic.water/supply/pressure"] == 1
    stored = {"classified": {"topic": {"water/supply/pressure": 1}}}
    assert Tally([stored, stored]).parts("classified", "topic") == {"water.supply.pressure": 2}


def test_a_rate_of_nothing_has_no_value_but_a_denominator() -> None:
    assert Rate(0, 0).shown() == {"value": None, "count": 0, "of": 0}
    assert Rate(1, 3).shown() == {"value": 0.3333, "count": 1, "of": 3}


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ({"a": 20, "b": 3, "c": 9}, {"a": 20, "b": None, "c": None}),
        ({"a": 20, "b": 3, "c": 4}, {"a": 20, "b": None, "c": None}),
        ({"a": 20, "b": 0}, {"a": 20, "b": 0}),
        ({"a": 4}, {"a": None}),
        ({"a": 5, "b": 6}, {"a": 5, "b": 6}),
    ],
)
def test_no_small_group_can_be_read_or_worked_out(groups: dict[str, int], expected: dict[str, int | None]) -> None:
    assert hidden(groups) == expected


def moment(line: str, kind: str, seconds: float) -> Moment:
    at = T0 + timedelta(seconds=seconds)
    return Moment(subject="a", line=line, reference=f"EM{line}", type=f"emergency.{kind}", time=at)


def test_hand_over_times_run_from_raising_to_the_first_acknowledgement() -> None:
    found = handovers(
        [
            moment("120", "acknowledged", 50),
            moment("119", "acknowledged", 12),
            moment("119", "raised", 0),
            moment("120", "raised", 10),
            moment("110", "raised", 0),
            moment("122", "raised", 0),
            moment("122", "lowered", 9),
        ]
    )
    assert found["seconds"] == {"p50": 12.0, "p95": 40.0, "max": 40.0, "of": 2}
    assert [case["line"] for case in found["open"]] == ["110"]
    assert found["appeals"] == 1


def test_missing_numbers_are_named_up_to_a_bound_and_counted_without() -> None:
    assert missing([1, 2, 5]) == [3, 4]
    rows = [{"source": "intake", "sequence": 10_000, "type": "appeal.registered", "number": "1"}]
    found = account("a", rows)
    assert (found["holes"], len(found["where"][0]["missing"])) == (9_999, LISTED)


def test_every_chained_field_of_a_row_changes_its_hash_and_the_order_of_rows_does_not() -> None:
    row = dict.fromkeys(CHAINED, "x")
    changed = {row_hash({**row, name: "y"}) for name in CHAINED}
    assert len(changed | {row_hash(row)}) == len(CHAINED) + 1
    other = {**row, "_id": "z"}
    assert seal("p", [row, other]) == seal("p", [other, row])
    assert seal("p", [row]) != seal("q", [row])


def test_a_period_is_30_days_up_to_today_in_shanghai_unless_asked() -> None:
    assert period(T0 + timedelta(hours=1), None, None) == (date(2026, 2, 1), date(2026, 3, 2))
    with pytest.raises(BadPeriod, match="before it begins"):
        period(T0, date(2026, 3, 2), date(2026, 3, 1))


def test_a_month_ends_where_the_next_begins() -> None:
    assert month_days("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert month_days("2024-02")[1] == date(2024, 2, 29)
    assert start_of(date(2026, 3, 1)) == datetime.fromisoformat("2026-02-28T16:00:00+00:00")
