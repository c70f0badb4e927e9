"""A city of many member units for one measurement: the table of units, their users on the broker, their programs."""

import contextlib
import json
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from chassis.testing.rabbitmq_node import RabbitNode
from hotline.broker_users import Management, unit_enrolment


def write_units(file: Path, count: int) -> tuple[str, ...]:
    """Write the shipped units and so many more that ``count`` bureaus of the benchmark are among them; those."""
    shipped = files("dispatcher").joinpath("data", "units.toml").read_text(encoding="utf-8")
    units = tuple(f"bench-bureau-{at:03d}" for at in range(count))
    rows = [
        f'[[unit]]\nid = "{unit}"\nzh = "测试单位{at}"\nen = "Bench Bureau {at}"\n'
        f'phone = "0375-3{at:06d}"\nduty_phone = "0375-4{at:06d}"\ntransport = "amqp"\n'
        for at, unit in enumerate(units)
    ]
    file.write_text(shipped + "\n" + "\n".join(rows), encoding="utf-8")
    return units


def enrol(node: RabbitNode, vhost: str, units: tuple[str, ...]) -> dict[str, str]:
    """Each unit's user with its rights, as ``hotline units enrol`` makes them; their AMQP urls."""
    password = secrets.token_urlsafe(12)
    with Management(node.management_url, vhost) as management:
        for unit in units:
            management.enrol(unit_enrolment(unit), password, new_password=True)
    return {unit: node.url(user=f"unit.{unit}", password=password, vhost=vhost) for unit in units}


@contextlib.contextmanager
def receiving(addresses: Mapping[str, str], file: Path) -> Iterator[subprocess.Popen[str]]:
    """The units' programs, for the block; what they got is in ``file`` after it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.unit_receivers", str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(json.dumps(dict(addresses)) + "\n")
        process.stdin.flush()
        if process.stdout.readline() != "ready\n":
            raise RuntimeError("the units' programs did not start")
        yield process
    finally:
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


@dataclass(frozen=True, slots=True)
class Got:
    """One message as a unit's program got it. ``at``: seconds since the epoch."""

    unit: str
    id: str
    subject: str
    type: str
    seq: int
    at: float
    redelivered: bool


def book(file: Path) -> list[Got]:
    """What the units' programs got, in order of arrival."""
    found: list[Got] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        unit, message, subject, kind, seq, at, again = line.split("\t")
        found.append(Got(unit, message, subject, kind, int(seq), float(at), again == "1"))
    return found


def depths(node: RabbitNode, vhost: str) -> dict[str, int]:
    """How many messages each queue holds now, unacked ones too."""
    # The totals are what the queues hold now; the statistics are seconds old. Of a single queue there are none.
    queues = node.api("GET", f"/queues/{vhost}?disable_stats=true&enable_queue_totals=true").json()
    return {one["name"]: one.get("messages", 0) for one in queues}


def waiting(node: RabbitNode, vhost: str) -> tuple[int, int]:
    """Messages that lie in the services' own queues, and in units' queues."""
    found = depths(node, vhost)
    units = sum(count for name, count in found.items() if name.startswith("assignments."))
    return sum(found.values()) - units, units
