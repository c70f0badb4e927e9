"""``hotline up --embedded`` as an operator runs it: one process, one folder, and a power cut at any moment."""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from chassis.testing.ports import free_port
from hotline.main import app

BURST = 30
ANSWERED_BEFORE_THE_CUT = (4, 12)
"""How many answers of a burst have come when the power goes; a cut each."""
PATIENCE = 90.0
"""Real seconds for a start, and for the journal to catch up, on a busy machine."""
MATTERS = ("曙光街18号院从昨晚停水", "建设路路灯坏了三盏", "请问养犬登记在哪里办", "三楼起火了,有人没出来")


class Platform:
    """One folder and port, started and cut off as often as wanted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it is ready."""
        command = [sys.executable, "-m", "hotline.main", "up", "--embedded", "--data-dir", str(self.folder)]
        with (self.folder.parent / "platform.log").open("ab") as log:
            self._process = subprocess.Popen([*command, "--port", self.url.rsplit(":", 1)[1]], stdout=log, stderr=log)
        _eventually(self._ready)

    def cut(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(PATIENCE)

    def token(self, role: str) -> dict[str, str]:
        """The header with what ``hotline token`` prints."""
        printed = CliRunner().invoke(app, ["token", "--role", role, "--data-dir", str(self.folder)]).stdout
        return {"Authorization": f"Bearer {printed.strip()}"}

    def journal(self) -> list[dict[str, Any]]:
        """What the journal holds of every appeal."""
        found: list[dict[str, Any]] = []
        after: str | None = ""
        with httpx.Client(base_url=self.url, headers=self.token("operator"), timeout=PATIENCE) as operator:
            while after is not None:
                page = operator.get("/reconciliation", params={"after": after}).raise_for_status().json()
                found += page["numbers"]
                after = page["next"]
        return found

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder.parent / "platform.log").read_text(encoding="utf-8")[-2000:]
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).is_success
        except httpx.TransportError:
            return False


def _eventually(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < deadline, f"{look.__name__} is still not so"
        time.sleep(0.1)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    made = Platform(tmp_path / "data")
    try:
        made.start()
        yield made
    finally:
        made.cut()


def message(key: str) -> dict[str, Any]:
    text = MATTERS[sum(key.encode()) % len(MATTERS)]
    return {"channel": "phone", "message_id": key, "text": text, "caller": {"phone": "0375-2999999"}}


async def burst(platform: Platform, keys: list[str], enough: int) -> dict[str, dict[str, Any]]:
    """Send all at once and cut the power as soon as ``enough`` are answered; every answer that arrived, by key."""
    answers: dict[str, dict[str, Any]] = {}
    async with httpx.AsyncClient(base_url=platform.url, headers=platform.token("agent"), timeout=PATIENCE) as agent:

        async def one(key: str) -> None:
            try:
                response = await agent.post("/appeals", json=message(key), headers={"Idempotency-Key": key})
            except httpx.TransportError:
                return
            assert 201 == response.status_code, response.text
            answers[key] = response.json()
            if len(answers) == enough:
                await asyncio.to_thread(platform.cut)

        await asyncio.gather(*(one(key) for key in keys))
    return answers


@pytest.mark.timeout(300)
async def test_a_power_cut_at_any_moment_loses_nothing_and_repeats_nothing(platform: Platform) -> None:
    keys = [f"m-{index}" for index in range(BURST)]
    promised: dict[str, dict[str, Any]] = {}
    for enough in ANSWERED_BEFORE_THE_CUT:
        # The same messages again: the channel does not know which of them were taken.
        answers = await burst(platform, keys, enough)
        assert enough <= len(answers)
        assert {key: promised[key] for key in promised.keys() & answers.keys()} == {
            key: answers[key] for key in promised.keys() & answers.keys()
        }
        promised |= answers
        await asyncio.to_thread(platform.start)
    final = await burst(platform, keys, enough=BURST + 1)

    assert promised == {key: final[key] for key in promised}
    assert BURST == len({answer["number"] for answer in final.values()})
    async with httpx.AsyncClient(base_url=platform.url, timeout=PATIENCE) as caller:
        for answer in final.values():
            code = {"X-Query-Code": answer["query_code"]}
            read = await caller.get(f"/appeals/{answer['number']}", headers=code)
            assert (200, answer["number"]) == (read.status_code, read.json()["number"])
    numbers = sorted(answer["number"] for answer in final.values())

    def in_the_journal() -> bool:
        held = platform.journal()
        return len(held) >= BURST and all(item["types"].get("appeal.registered") for item in held)

    await asyncio.to_thread(_eventually, in_the_journal)
    held = platform.journal()
    assert [(number, 1, 0) for number in numbers] == sorted(
        (item["number"], item["registered"], item["holes"]) for item in held
    )


@pytest.mark.timeout(300)
def test_one_port_serves_everything_and_an_orderly_stop_is_orderly(platform: Platform) -> None:
    told = httpx.get(f"{platform.url}/readyz").json()
    assert ["ready"] * 6 == [service["status"] for service in told["services"]]
    agent = platform.token("agent")
    asked = message("one")
    first, again = (
        httpx.post(f"{platform.url}/appeals", json=asked, headers={**agent, "Idempotency-Key": "one"}, timeout=PATIENCE)
        for _ in range(2)
    )
    assert (201, 201) == (first.status_code, again.status_code)
    assert {"number", "query_code"} <= set(first.json())
    assert first.json() == again.json()
    other = {**asked, "text": "换一件事"}
    refused = httpx.post(f"{platform.url}/appeals", json=other, headers={**agent, "Idempotency-Key": "one"})
    assert 400 <= refused.status_code < 500
    assert 401 == httpx.post(f"{platform.url}/appeals", json=asked, headers={"Idempotency-Key": "two"}).status_code
    wrong_code = httpx.get(f"{platform.url}/appeals/{first.json()['number']}", headers={"X-Query-Code": "00000000"})
    assert wrong_code.status_code in (403, 404)
    assert 0 == platform.stop()
