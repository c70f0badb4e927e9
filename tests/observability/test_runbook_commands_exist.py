"""What a runbook tells somebody to type at three in the morning is there: commands, options and addresses."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

from hotline.main import app

from .conftest import Door

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"


def typed() -> Iterator[str]:
    for page in sorted(RUNBOOKS.glob("*.md")):
        for block in re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
            yield from block.splitlines()


def test_every_hotline_command_and_option_exists() -> None:
    wrong: list[str] = []
    seen = 0
    inline = re.findall(r"`(hotline [^`]+)`", "\n".join(p.read_text(encoding="utf-8") for p in RUNBOOKS.glob("*.md")))
    for line in [*typed(), *inline]:
        for call in re.findall(r"\bhotline ((?:[a-z-]+ ?)+[^)|]*)", line):
            words = call.split()
            # typer brings a click of its own, so its groups are known by what they have.
            command: Any = typer.main.get_command(app)
            while hasattr(command, "commands") and words and not words[0].startswith("-"):
                found = command.commands.get(words.pop(0))
                if found is None:
                    wrong.append(line)
                    break
                command = found
            seen += 1
            known = {name for option in command.params for name in (*option.opts, *option.secondary_opts)} | {"--help"}
            wrong += [line for word in words if word.startswith("--") and word not in known]
    assert (wrong, seen > 8) == ([], True)


async def test_every_address_exists(door: Door) -> None:
    calls = [
        ("POST" if "-X POST" in line else "GET", path)
        for line in typed()
        for path in re.findall(r'"\$URL(/[^"]*)"', line)
    ]
    pages = "\n".join(page.read_text(encoding="utf-8") for page in RUNBOOKS.glob("*.md"))
    calls += [("GET", path) for path in re.findall(r"`(/[a-z]+/?[A-Za-z/-]*)`", pages)]
    answers = {(method, path): (await door.http.request(method, path)).status_code for method, path in calls}
    # Nobody is logged in: an address that exists asks who is there, or is open to all.
    assert {} == {call: status for call, status in answers.items() if status not in (200, 303, 401)}
    assert ("POST", "/numbers/void") in answers
