"""``hotline calendar`` and ``hotline deadlines``, called as a user calls them; no service runs."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hotline.calendar_commands import calendar_app
from hotline.deadline_commands import deadlines_app
from sla_monitor.data import shipped_text

app = typer.Typer()
app.add_typer(calendar_app, name="calendar")
app.add_typer(deadlines_app, name="deadlines")
runner = CliRunner()


def compute(*arguments: str) -> dict[str, object]:
    result = runner.invoke(app, ["deadlines", "compute", *arguments, "--json"])
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


@pytest.mark.parametrize(
    ("received", "kind", "more", "due"),
    [
        ("2026-02-13T16:00+08:00", "resolve", (), "2026-02-27T17:30:00+08:00"),
        ("2026-02-13T08:00Z", "resolve", (), "2026-02-27T17:30:00+08:00"),
        ("2026-02-13T16:00+08:00", "resolve", ("--extended-days", "3"), "2026-03-03T17:30:00+08:00"),
        ("2026-02-13T16:00+08:00", "resolve", ("--type", "INQUIRY"), "2026-02-25T17:30:00+08:00"),
        ("2026-03-02T10:00+08:00", "receipt", (), "2026-03-02T12:00:00+08:00"),
        ("2026-03-02T17:00+08:00", "receipt", ("--urgency", "URGENT"), "2026-03-02T19:00:00+08:00"),
        ("2026-03-02T10:00+08:00", "supervision_special_topic", (), "2026-03-09T17:30:00+08:00"),
    ],
)
def test_a_due_instant_is_computed_without_a_service(received: str, kind: str, more: tuple[str, ...], due: str) -> None:
    assert due == compute("--received", received, "--kind", kind, *more)["due"]


def test_a_date_in_a_year_not_announced_is_provisional_and_its_steps_say_so() -> None:
    found = compute("--received", "2026-12-30T10:00+08:00", "--kind", "resolve", "--explain")
    assert found["provisional"] is True
    steps = found["steps"]
    assert isinstance(steps, list)
    assert "provisional" in steps[-1]["en"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--received", "2026-03-02T10:00", "--kind", "resolve"), "must carry an offset"),
        (("--received", "yesterday", "--kind", "resolve"), "not an instant"),
        (("--received", "2026-03-02T10:00+08:00", "--kind", "lunch"), "lunch"),
        (("--received", "2026-03-02T10:00+08:00", "--kind", "receipt", "--extended-days", "1"), "cannot be extended"),
        (("--received", "2026-03-02T10:00+08:00", "--kind", "resolve", "--extended-days", "11"), "equal to 10"),
        (("--received", "1999-03-02T10:00+08:00", "--kind", "resolve"), "only the years"),
    ],
)
def test_bad_input_is_refused_with_a_reason(arguments: tuple[str, ...], reason: str) -> None:
    result = runner.invoke(app, ["deadlines", "compute", *arguments], env={"COLUMNS": "200"})
    assert 2 == result.exit_code
    assert reason in result.output


def test_showing_a_year_lists_its_special_days() -> None:
    result = runner.invoke(app, ["calendar", "show", "2026", "--json"])
    found = json.loads(result.stdout)
    assert {"day": "2026-02-14", "kind": "makeup", "zh": "", "en": ""} in found["days"]
    assert (248, False) == (found["working_days"], found["provisional"])


def test_checking_a_calendar_without_this_year_fails_and_names_the_missing_years(tmp_path: Path) -> None:
    old = tmp_path / "old.toml"
    text = shipped_text("calendar.toml")
    first, last = text.index("[[notice]]\nyear = 2019"), text.index("# Years not announced")
    old.write_text(text[:first] + text[last:], encoding="utf-8")
    result = runner.invoke(app, ["calendar", "check", "--calendar", str(old), "--json"])
    assert 1 == result.exit_code
    assert [2018] == json.loads(result.stdout)["announced"]


def test_a_bad_calendar_file_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(shipped_text("calendar.toml").replace("2026-02-14, ", "2026-02-13, "), encoding="utf-8")
    result = runner.invoke(app, ["calendar", "load", str(bad)], env={"COLUMNS": "200"})
    assert 2 == result.exit_code
    assert "2026-02-13 is no Saturday or Sunday" in result.output


def test_a_simulation_counts_breaches_per_unit_under_both_policies(tmp_path: Path) -> None:
    rows = ["opened,closed,unit"]
    rows += [f"2025-03-03 09:00:00,2025-03-{day:02d} 10:00:00,roads" for day in (5, 10, 11, 14, 28)]
    rows += ["2025-03-03 09:00:00,,parks", "2025-04-03 09:00:00,2025-04-30 09:00:00,parks"]
    data, mapping, policy = tmp_path / "data.csv", tmp_path / "map.toml", tmp_path / "policy.toml"
    data.write_text("\n".join(rows), encoding="utf-8")
    mapping.write_text(
        'opened = "opened"\nclosed = "closed"\nunit = "unit"\nzone = "Asia/Shanghai"\n', encoding="utf-8"
    )
    policy.write_text(shipped_text("policy.toml").replace("length = 5\n", "length = 10\n"), encoding="utf-8")
    result = runner.invoke(
        app,
        [
            "deadlines", "simulate", "--policy", str(policy), "--from", "2025-03-01", "--to", "2025-03-31",
            "--data", str(data), "--map", str(mapping), "--json",
        ],
    )  # fmt: skip
    found = json.loads(result.stdout)
    assert {"deadlines": 5, "breaches_before": 3, "breaches_after": 1} == found["units"]["roads"]
    assert {"deadlines": 1, "breaches_before": 1, "breaches_after": 1} == found["units"]["parks"]


def test_a_csv_without_the_mapped_column_is_refused_by_name(tmp_path: Path) -> None:
    data, mapping = tmp_path / "data.csv", tmp_path / "map.toml"
    data.write_text("a,b\n1,2\n", encoding="utf-8")
    mapping.write_text('opened = "x"\nclosed = "b"\nunit = "a"\nzone = "Asia/Shanghai"\n', encoding="utf-8")
    policy = tmp_path / "policy.toml"
    policy.write_text(shipped_text("policy.toml"), encoding="utf-8")
    result = runner.invoke(
        app,
        [
            "deadlines", "simulate", "--policy", str(policy), "--from", "2025-03-01", "--to", "2025-03-31",
            "--data", str(data), "--map", str(mapping),
        ],
        env={"COLUMNS": "200"},
    )  # fmt: skip
    assert 2 == result.exit_code
    assert "the CSV has no column x" in result.output
