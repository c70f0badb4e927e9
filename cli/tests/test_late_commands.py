"""A command starts without the modules of the others, and what is listed is what can be run."""

import subprocess
import sys

import typer.main
from typer.testing import CliRunner

from hotline.main import COMMANDS, app

LOADED = """
import sys
from typer.testing import CliRunner
from hotline.main import app
assert 0 == CliRunner().invoke(app, ["classify", "--help"]).exit_code
print(" ".join(sorted(name for name in sys.modules if name.startswith("hotline.") or name in {"fastapi", "pymongo"})))
"""


def test_classifying_loads_neither_other_commands_nor_the_web_nor_the_database() -> None:
    loaded = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True).stdout.split()
    assert ["hotline.classify_commands", "hotline.late_commands", "hotline.main"] == loaded


def test_every_listed_command_is_there_under_its_name() -> None:
    group = typer.main.get_command(app)
    assert list(COMMANDS) == [command.name for command in group.commands.values()]  # type: ignore[attr-defined] # a group


def test_a_command_that_is_not_there_is_refused_by_name() -> None:
    result = CliRunner().invoke(app, ["clasify"])
    assert (2, True, True) == (result.exit_code, "'clasify'" in result.output, "'classify'" in result.output)
