"""Bad tables are refused with the line and the reason; the shipped ones are good."""

import pytest

from contracts.table_text import BadTable
from contracts.words import AppealType, DeadlineKind, SupervisionKind
from sla_monitor.data import shipped_policies, shipped_text
from sla_monitor.domain.calendar_table import read_calendar
from sla_monitor.domain.policy_table import TRIGGERS, read_policy

POLICY = shipped_text("policy.toml")
CALENDAR = shipped_text("calendar.toml")


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_every_trigger_the_monitor_knows_has_a_row() -> None:
    assert set(TRIGGERS) == set(shipped_policies().versions[0].supervise)


def test_every_period_states_its_source() -> None:
    policy = shipped_policies().versions[0]
    assert all("S" in period.source or "(D)" in period.source for period in policy.periods.values())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("length = 5", "length = 0", "length: must be 1 to 500"),
        ("length = 5", "length = -3", "length: must be 1 to 500"),
        ("length = 5", 'length = "five"', "length must be a whole number"),
        ("length = 5", "length = true", "length must be a whole number"),
        ('kind = "resolve"', 'kind = "resolv"', "kind: must be one of"),
        ('measure = "working_days"', 'measure = "days"', "measure: must be one of"),
        ('type = ["INQUIRY"]', 'type = ["QUESTION"]', "type: must be one of"),
        ('type = ["INQUIRY"]', "type = []", "type: must not be an empty list"),
        ("applies_to_open = false", "applies_to_open = 0", "applies_to_open must be true or false"),
        ("T00:00:00+08:00", "T00:00:00", "effective_from: must carry an offset"),
        ("at_percent = 75", "at_percent = 175", "at_percent: must be 1 to 99"),
        ("grace_seconds = 60", "grace_second = 60", "grace_seconds is missing"),
        ('trigger = "repeated"', 'trigger = "urge_ignored"', "has a row already"),
        ('trigger = "repeated"', 'trigger = "too_loud"', "trigger: must be one of"),
        ('source = "S2: resolve within five working days"', 'source = " "', "source: must not be empty"),
    ],
)
def test_a_bad_policy_is_refused_with_line_and_reason(old: str, new: str, reason: str) -> None:
    broken = POLICY.replace(old, new, 1)
    with pytest.raises(BadTable) as refused:
        read_policy(broken)
    assert reason in refused.value.reason
    near = line_of(POLICY, old)
    assert abs(refused.value.line - near) <= 3


def test_an_unknown_key_is_refused_because_a_typo_would_be_ignored() -> None:
    with pytest.raises(BadTable, match="urgencies is not a known key") as refused:
        read_policy(POLICY.replace("urgency = [", "urgencies = [", 1))
    assert line_of(POLICY, "urgency = [") == refused.value.line


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(BadTable, match=r"\[coffee\] is not a known table"):
        read_policy(POLICY + "[coffee]\nx = 1\n")


def test_two_rows_that_fit_equally_well_are_refused() -> None:
    twice = '[[period]]\nkind = "contact"\nlength = 4\nmeasure = "working_days"\nsource = "x"\nsource_zh = "x"\n'
    with pytest.raises(BadTable, match="fits as well as the row at line"):
        read_policy(POLICY + twice)


def test_a_kind_without_a_row_for_everything_is_refused() -> None:
    with pytest.raises(BadTable, match=r"no .* of kind contact fits"):
        read_policy(POLICY.replace('kind = "contact"', 'kind = "contact"\nrounds = [1]', 1))


def test_text_that_is_no_toml_is_refused_with_its_line() -> None:
    with pytest.raises(BadTable, match="not TOML") as refused:
        read_policy(POLICY.replace("length = 5", "length == 5", 1))
    assert line_of(POLICY, "length = 5") == refused.value.line


def test_a_city_can_set_another_period_for_one_type_and_round() -> None:
    row = (
        '[[period]]\nkind = "redo"\ntype = ["HELP"]\nrounds = [3]\nlength = 2\nmeasure = "calendar_days"\n'
        'source = "city rule 7"\nsource_zh = "市规第七条"\n'
    )
    policy = read_policy(POLICY + row)
    assert policy.period(DeadlineKind.REDO, AppealType.HELP, None, 3).length == 2
    assert policy.period(DeadlineKind.REDO, AppealType.HELP, None, 2).length == 5
    assert policy.supervise["urge_ignored"] is SupervisionKind.SYSTEM


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2026-02-14, ", "2026-02-13, ", "2026-02-13 is no Saturday or Sunday"),
        ("2026-02-14, ", "2026-02-15, ", "2026-02-15 is named twice"),
        ("2026-02-14, ", "2025-02-15, ", "2025-02-15 is not in 2026"),
        ("2026-02-14, ", '"soon", ', "must be dates"),
        ("year = 2026", "year = 2025", "2025 has a notice already"),
        ("to = 2026-02-23", "to = 2026-02-01", "to must be 0 to 30 days after from"),
        ('"08:30-12:00"', '"08:30-14:30"', "must rise and not touch"),
        ('"08:30-12:00"', '"8-12"', "must look like"),
        ('zone = "Asia/Shanghai"', 'zone = "Asia/Atlantis"', "no such time zone"),
        ('from = "01-01"', 'from = "13-01"', "must be a month and a day"),
        ('to = "12-31"', 'to = "11-30"', "no working hours on"),
    ],
)
def test_a_bad_calendar_is_refused_with_its_reason(old: str, new: str, reason: str) -> None:
    with pytest.raises(BadTable, match=reason):
        read_calendar(CALENDAR.replace(old, new, 1))
