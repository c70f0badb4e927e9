"""``hotline demo`` as a user runs it: the books agree, and each sabotage shows in its own figure."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hotline.main import app

APPEALS = 12
KEYS = """registered incomplete classified guided triaged emergencies emergencies_acknowledged answered_directly
dispatched received returned extended replied visited redone closed open urges supervisions
unaccounted duplicate_effects elapsed_seconds"""
RUNS = {"honest": (), "lose": ("--sabotage", "lose"), "double": ("--sabotage", "double")}
PATIENCE = 280.0
"""Real seconds for all runs together, on a busy machine."""

Figures = dict[str, float]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Figures]]:
    """The figures of every run; they play side by side."""
    running: dict[str, subprocess.Popen[str]] = {}
    folder = tmp_path_factory.mktemp("demo")
    for name, more in RUNS.items():
        command = [sys.executable, "-m", "hotline.main", "demo", "--appeals", str(APPEALS), *more]
        command += ["--json", str(folder / f"{name}.json"), "--data-dir", str(folder / name)]
        running[name] = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for process in running.values():
            said, _ = process.communicate(timeout=PATIENCE)
            assert 0 == process.returncode, said
        yield {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in RUNS}
    finally:
        for process in running.values():
            process.kill()
            process.communicate()


@pytest.mark.timeout(300)
def test_every_appeal_of_a_demo_is_accounted_for(played: dict[str, Figures]) -> None:
    found = played["honest"]
    assert KEYS.split() == list(found)
    assert (APPEALS, 0, 0) == (found["registered"], found["unaccounted"], found["duplicate_effects"])
    assert found["registered"] == found["closed"] + found["open"]
    assert found["closed"] > 0
    assert found["emergencies"] == found["emergencies_acknowledged"] > 0


@pytest.mark.timeout(300)
def test_an_event_lost_before_the_journal_is_noticed(played: dict[str, Figures]) -> None:
    assert played["lose"]["unaccounted"] > 0


@pytest.mark.timeout(300)
def test_an_effect_delivered_twice_is_noticed(played: dict[str, Figures]) -> None:
    found = played["double"]
    assert found["duplicate_effects"] > 0
    assert 0 == found["unaccounted"]


def test_a_missing_column_is_named_beside_those_the_file_has(tmp_path: Path) -> None:
    source = tmp_path / "appeals.csv"
    source.write_text("编号,内容\n1,路灯坏了\n", encoding="utf-8-sig")
    result = CliRunner().invoke(app, ["demo", "--data", str(source), "--text-column", "text"], env={"COLUMNS": "200"})
    assert 2 == result.exit_code
    assert "no column 'text'; it has: 编号, 内容" in result.stderr
    assert "Traceback" not in result.output


def test_a_sabotage_that_is_not_known_is_refused() -> None:
    result = CliRunner().invoke(app, ["demo", "--sabotage", "burn"], env={"COLUMNS": "200"})
    assert 2 == result.exit_code
    assert "burn" in result.stderr
