"""What every command owes a person and a script: help, an error in one line, and JSON alone where JSON is asked for."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from contracts.topology import facts_queue
from contracts.words import Lane, Role, Service
from hotline.main import app

RUN = CliRunner()
WIDE = {"COLUMNS": "200"}
SEGMENTS_OF_A_JWT = 3


def _commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*path, name))


EVERY = dict(_commands(typer.main.get_command(app)))


def test_the_commands_of_the_issue_exist() -> None:
    named = {" ".join(path) for path in EVERY}
    wanted = "up, demo, feed, token, topology apply, topology show, parking list, parking show, parking replay"
    assert set() == set(wanted.split(", ")) - named


@pytest.mark.parametrize("path", EVERY, ids=" ".join)
@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_every_command_explains_itself(path: tuple[str, ...], flag: str) -> None:
    result = RUN.invoke(app, [*path, flag], env=WIDE)
    assert 0 == result.exit_code, result.output
    assert f"Usage: hotline {' '.join(path)}".strip() in " ".join(result.stdout.split())
    command = EVERY[path]
    assert len(command.help or "") > 10
    options = [option for option in command.params if option.param_type_name == "option"]
    assert [] == [option.name for option in options if not option.help]


def test_topology_show_prints_json_alone() -> None:
    result = RUN.invoke(app, ["topology", "show", "--json"])
    shown = json.loads(result.stdout)
    assert (0, "") == (result.exit_code, result.stderr)
    assert {"exchanges", "queues", "bindings"} == set(shown)
    names = {queue["name"] for queue in shown["queues"]}
    assert {
        facts_queue(service, lane) for service in Service for lane in Lane if service is not Service.INTAKE
    } <= names
    assert {"quorum"} == {queue["arguments"]["x-queue-type"] for queue in shown["queues"]}


def test_a_token_is_printed_alone_and_stays_in_its_folder(tmp_path: Path) -> None:
    result = RUN.invoke(app, ["token", "--role", "agent", "--data-dir", str(tmp_path)])
    assert (0, "") == (result.exit_code, result.stderr)
    assert result.stdout == result.stdout.strip() + "\n"
    assert SEGMENTS_OF_A_JWT == len(result.stdout.split("."))
    assert {"private.json", "jwks.json"} == {path.name for path in (tmp_path / "issuer").iterdir()}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["token", "--role", "mayor"], "mayor"),
        (["token", "--role", str(Role.UNIT_HANDLER)], "a unit role needs a unit"),
        (["token", "--role", str(Role.LINE_OPERATOR)], "a line operator needs a line"),
        (["up", "--mongo-url", "mongodb://127.0.0.1:1/"], "set both AMQP_URL and MONGO_URL"),
        (["up", "--embedded", "--port", "0"], "greater than or equal to 1"),
        (["demo", "--data", "no-such-file.csv"], "does not exist"),
        (["demo", "--appeals", "0"], "greater than or equal to 1"),
        (["feed", "no-such-file.csv"], "does not exist"),
        (["telephone"], "No such command"),
    ],
    ids=lambda value: " ".join(value[:3]) if isinstance(value, list) else None,
)
def test_a_wrong_argument_is_refused_with_its_reason(arguments: list[str], reason: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as here:
        here.chdir(tmp_path)
        here.delenv("AMQP_URL", raising=False)
        here.delenv("MONGO_URL", raising=False)
        result = RUN.invoke(app, arguments, env=WIDE)
    assert 2 == result.exit_code
    assert reason in result.stderr
    assert "" == result.stdout


def test_a_platform_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    nowhere = ["--url", "http://127.0.0.1:1", "--data-dir", str(tmp_path)]
    for asked in (["parking", "list"], ["feed", "--limit", "1"]):
        result = RUN.invoke(app, [*asked, *nowhere], env=WIDE)
        assert (1, "") == (result.exit_code, result.stdout)
        assert "does not answer at http://127.0.0.1:1" in result.stderr
