"""A department's own program with the kit alone: other Python, other process, real queue."""

import asyncio
import json
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aio_pika
import pytest
from appeals import MATTERS, send
from books import named, recorded, told_of
from broker_users import admit
from eventually import eventually
from people import Town
from players import TRIAGE
from running_platform import Platform
from typer.testing import CliRunner

from contracts.topology import ASSIGNMENTS, unit_queue
from contracts.words import Role, Service
from hotline.broker_users import unit_enrolment
from hotline.main import app

KIT = Path(__file__).parents[2] / "libs" / "department-kit"
PROGRAM = Path(__file__).with_name("department_program.py")
UNIT = "heating-company"
OVER_HTTP = "bus-company"


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python of its own with the kit installed by plain pip, as a department would."""
    folder = tmp_path_factory.mktemp("department")
    source = folder / "kit"
    shutil.copytree(KIT, source, ignore=shutil.ignore_patterns("tests", "__pycache__"))
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    made = folder / "venv" / "bin" / "python"
    pip = [made, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"{source}[http]"]
    subprocess.run(pip, check=True, timeout=300)
    return made


class Program:
    """The department's program. ``book``: what it says to have handled, in order."""

    def __init__(self, python: Path, address: str, folder: Path, *more: str) -> None:
        self._command = [python, PROGRAM, address, folder / "seen.db", folder / "book", *more]
        self._book = folder / "book"
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, cwd=self._book.parent, env={})

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def book(self) -> list[dict[str, Any]]:
        if not self._book.exists():
            return []
        return [json.loads(line) for line in self._book.read_text(encoding="utf-8").splitlines()]

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    async def until(self, holds: Any, what: str, seconds: float = 60) -> list[dict[str, Any]]:
        async def look() -> bool:
            return bool(holds(self.book()))

        try:
            await eventually(look, seconds=seconds, what=what)
        except AssertionError as error:
            raise AssertionError(f"{error}; the program's log ends:\n{self.log()[-2000:]}") from None
        return self.book()


@pytest.fixture
def programs(python: Path, tmp_path: Path) -> Iterator[Any]:
    """Makes programs, and ends them."""
    made: list[Program] = []

    def make(address: str, *more: str) -> Program:
        made.append(Program(python, address, tmp_path, *more))
        return made[-1]

    yield make
    for one in made:
        one.kill()


@pytest.fixture
async def address(platform: Platform) -> str:
    """The address of a unit whose queue is empty at first."""
    url = admit(platform, unit_enrolment(UNIT))
    async with await aio_pika.connect(platform.broker.url(vhost=platform.vhost)) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(unit_queue(UNIT))
        await queue.purge()
    return url


async def dispatched(town: Town, unit: str, at: int = 0) -> str:
    """Number of an order that lies with ``unit``."""
    number: str = (await send(town, MATTERS[at % len(MATTERS)]))["number"]
    triage, officer = town.person(Role.TRIAGE_OFFICER), town.person(Role.DUTY_OFFICER)

    async def look() -> bool:
        facts = await recorded(town.platform, number)
        if named(facts, "work_order.awaiting_signature"):
            await officer.tell(f"/work-orders/{number}/signature", {"unit": unit}, key=f"sign-{number}")
        elif named(facts, "triage.requested"):
            await triage.tell(f"/triage/{facts[0]['subject']}/decision", TRIAGE, key=f"triage-{number}")
        return bool(named(facts, "work_order.dispatched"))

    await eventually(look, seconds=60, what="dispatch")
    return number


async def put(platform: Platform, *messages: dict[str, Any]) -> None:
    """Put messages into the unit's queue as the dispatcher would, in this order."""
    async with await aio_pika.connect(platform.broker.url(vhost=platform.vhost)) as connection:
        exchange = await (await connection.channel()).get_exchange(ASSIGNMENTS)
        for body in messages:
            message = aio_pika.Message(json.dumps(body).encode(), message_id=body["id"], delivery_mode=2)
            await exchange.publish(message, unit_queue(UNIT))


def notice(order: str, seq: int, name: str | None = None) -> dict[str, Any]:
    common = {"subject": order, "work_order": order, "time": "2026-11-02T01:00:00+00:00", "type": "supplement"}
    return {"id": name or f"{order}-{seq}", "work_order_seq": seq, **common}


def in_order(book: list[dict[str, Any]], order: str) -> bool:
    seqs = [line["seq"] for line in book if line["work_order"] == order and line["seq"] is not None]
    return seqs == list(range(1, len(seqs) + 1))


def test_the_kit_is_installed_alone_by_pip_and_brings_nothing_of_the_platform(python: Path) -> None:
    listed = subprocess.run([python, "-m", "pip", "list", "--format=json"], capture_output=True, check=True)
    names = {one["name"] for one in json.loads(listed.stdout)}
    assert {"hotline12345-department-kit"} == {name for name in names if name.startswith("hotline")}
    assert "aio-pika" in names
    asked = "import department_kit, importlib.util as u; print([m for m in ('contracts', 'chassis') if u.find_spec(m)])"
    done = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True, env={})
    assert "[]" == done.stdout.strip()


async def test_ten_lines_take_an_order_to_its_reply(town: Town, address: str, programs: Any) -> None:
    program = programs(address, "--handle")
    program.start()
    number = await dispatched(town, UNIT)
    book = await program.until(
        lambda book: sum(1 for line in book if line["type"] == "command.accepted") == 3, "three accepted commands"
    )
    assert {"confirm_receipt", "record_contact", "reply"} == {line["command"] for line in book if line["command"]}
    facts = await told_of(town, number)
    assert f"unit.{UNIT}" == named(facts, "work_order.replied")[0]["data"]["by"]
    assert in_order(book, number)


async def test_a_program_whose_connection_is_cut_reconnects_and_goes_on(
    platform: Platform, address: str, programs: Any
) -> None:
    program = programs(address)
    program.start()
    order = f"cut-{secrets.token_hex(4)}"
    await put(platform, notice(order, 1))
    await program.until(lambda book: len(book) == 1, "the first message")

    async def cut() -> int:
        # The broker's list of connections is a moment late.
        known = platform.broker.api("GET", "/connections").json()
        own = [one["name"] for one in known if one.get("user") == f"unit.{UNIT}"]
        for name in own:
            platform.broker.api("DELETE", f"/connections/{quote(name, safe='')}")
        return len(own)

    await eventually(cut, what="the unit's connection in the broker's list")
    await put(platform, notice(order, 2), notice(order, 3))
    book = await program.until(lambda book: len(book) == 3, "the messages after the cut")
    assert [1, 2, 3] == [line["seq"] for line in book]
    assert "trying again" in program.log()


async def test_a_duplicate_message_is_handled_once_even_by_the_next_process(
    platform: Platform, address: str, programs: Any
) -> None:
    program = programs(address)
    order = f"twice-{secrets.token_hex(4)}"
    first = [notice(order, seq) for seq in (1, 2)]
    program.start()
    await put(platform, *first, *first)
    await program.until(lambda book: len(book) == 2, "both")
    program.kill()
    program.start()
    await put(platform, *first, notice(order, 3))
    book = await program.until(lambda book: len(book) >= 3, "the third")
    await asyncio.sleep(1)
    assert [1, 2, 3] == [line["seq"] for line in program.book()], book


async def test_messages_that_come_early_wait_for_the_missing_one(
    platform: Platform, address: str, programs: Any
) -> None:
    program = programs(address)
    program.start()
    order, other = f"early-{secrets.token_hex(4)}", f"other-{secrets.token_hex(4)}"
    await put(platform, notice(order, 3), notice(order, 2), notice(other, 1))
    book = await program.until(lambda book: len(book) == 1, "the other order's message")
    assert [other] == [line["work_order"] for line in book]
    await put(platform, notice(order, 1))
    book = await program.until(lambda book: len(book) == 4, "all of them")
    assert in_order(book, order)


async def test_an_early_message_whose_missing_one_never_comes_is_handled_after_patience(
    platform: Platform, address: str, programs: Any
) -> None:
    program = programs(address)
    program.start()
    order = f"gap-{secrets.token_hex(4)}"
    await put(platform, notice(order, 2))
    await program.until(lambda book: [2] == [line["seq"] for line in book], "the early one")
    assert "earlier one of its order is missing" in program.log()


async def test_a_program_killed_in_the_middle_of_an_order_has_every_effect_once(
    town: Town, address: str, programs: Any
) -> None:
    program = programs(address, "--handle", "--die-at", "assignment")
    program.start()
    number = await dispatched(town, UNIT)

    async def ended() -> bool:
        return bool(program.ended())

    await eventually(ended, seconds=60, what="the program's death")
    program.start()
    await program.until(
        lambda book: sum(1 for line in book if line["type"] == "command.accepted") == 3, "three accepted commands"
    )
    facts = await told_of(town, number)
    assert [1, 1, 1] == [len(named(facts, f"work_order.{name}")) for name in ("received", "contacted", "replied")]
    assert [] == [line for line in program.book() if line["refusal"]]


async def test_a_department_that_was_away_gets_everything_in_order_per_work_order(
    town: Town, address: str, programs: Any
) -> None:
    numbers = await asyncio.gather(*(dispatched(town, UNIT, at) for at in range(20)))

    async def sent() -> bool:
        # An assignment and the three deadlines of the unit's clock at least.
        waiting = town.platform.messages().get(unit_queue(UNIT), 0)
        return waiting >= 3 * len(numbers)

    await eventually(sent, seconds=60, what="messages in the queue")
    program = programs(address)
    program.start()

    async def taken() -> bool:
        return town.platform.messages().get(unit_queue(UNIT), 0) == 0

    await program.until(
        lambda book: set(numbers) <= {line["work_order"] for line in book if line["type"] == "assignment"}, "all orders"
    )
    await eventually(taken, seconds=60, what="an empty queue")
    book = program.book()
    assert [] == [number for number in numbers if not in_order(book, number)]
    assert len(book) == len({line["id"] for line in book})


async def test_a_replay_gives_a_department_that_lost_its_books_everything_again(
    town: Town, address: str, programs: Any, tmp_path: Path
) -> None:
    program = programs(address)
    program.start()
    number = await dispatched(town, UNIT)
    first = await program.until(lambda book: any(line["work_order"] == number for line in book), "the order")
    program.kill()
    for file in ("seen.db", "seen.db-wal", "seen.db-shm", "book"):
        (tmp_path / file).unlink(missing_ok=True)
    program.start()
    url = town.platform.replicas[Service.DISPATCHER][0].url
    token = town.platform.issuer.issue(Role.OPERATOR)
    since = town.began.isoformat()
    asked = ["units", "replay", UNIT, "--since", since, "--url", url, "--token", token]
    done = await asyncio.to_thread(CliRunner().invoke, app, asked)
    assert 0 == done.exit_code, done.output
    mine = {line["id"] for line in first if line["work_order"] == number}
    book = await program.until(lambda book: mine <= {line["id"] for line in book}, "everything again")
    assert in_order(book, number)


async def test_a_wrong_password_ends_the_program_with_the_reason(address: str, programs: Any) -> None:
    program = programs(address.replace(":", ":wrong", 2).replace("amqp:wrong", "amqp:"))
    program.start()

    async def ended() -> bool:
        return bool(program.ended())

    await eventually(ended, seconds=30, what="the end")
    assert "NotAllowed: the broker does not accept this user and password" in program.log()


async def test_the_same_program_works_over_http_for_a_unit_without_a_queue(town: Town, programs: Any) -> None:
    unit = OVER_HTTP
    url = town.platform.replicas[Service.DISPATCHER][0].url
    token = town.platform.issuer.issue(Role.UNIT_HANDLER, unit=unit)
    program = programs(url, "--handle", "--unit", unit, "--token", token)
    program.start()
    number = await dispatched(town, unit)
    book = await program.until(
        lambda book: sum(1 for line in book if line["type"] == "command.accepted") >= 3, "three accepted commands"
    )
    assert in_order(book, number)
    facts = await told_of(town, number)
    assert 1 == len(named(facts, "work_order.replied"))
