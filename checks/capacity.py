"""The capacity table of ``docs/operating.md``: arithmetic on ``benchmarks/measured.toml``, and its drift check.

``python -m checks.capacity`` fails where the document says something else; ``--write`` writes it. ``A`` is the number
of appeals in the busiest hour. The assumptions are the constants below; everything else is measured.
"""

import math
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.words import Service

ROOT = Path(__file__).resolve().parent.parent
FIGURES = ROOT / "benchmarks/measured.toml"
DOCUMENT = ROOT / "docs/operating.md"
BEGIN, END = "<!-- capacity: made by `python -m checks.capacity --write` -->", "<!-- capacity: end -->"

LOADS = (1, 10, 100, 1_000, 10_000, 100_000)
"""Appeals in the busiest hour."""
HALF = 0.5
"""How busy a processor may be in that hour, so that a dead replica's work and a peak within the hour fit."""
MEAN = 0.4
"""The year's mean hour as a part of the busiest one: nights are quiet."""
HOURS = 8_760
"""In a year: a hotline does not close."""
LEAST = 2
"""Replicas of a service from the first city on, so that one may die."""
ALONE = 100
"""Up to so many an hour one machine without spare replicas is an honest choice."""


@dataclass(frozen=True, slots=True)
class Need:
    """What ``load`` appeals in the busiest hour need. Cores are half busy; bytes are not compressed and of one copy."""

    load: int
    cores: dict[str, float]
    replicas: dict[str, int]
    memory_mb: float
    round_trips: float
    writes: float
    publishes: float
    disk_a_year: float
    waiting: dict[str, tuple[float, float]]


def need(figures: Mapping[str, Any], load: int) -> Need:
    """The arithmetic: ``figures`` as ``measured.toml`` has them, all by one whole life."""
    hour = load / 3_600
    cores = {part: hour * ms / 1_000 / HALF for part, ms in figures["processor_ms"].items()}
    least = 1 if load <= ALONE else LEAST
    deliveries, message = figures["deliveries"], figures["message_bytes"]
    replicas = {str(service): max(least, math.ceil(cores[service])) for service in Service}
    return Need(
        load=load,
        cores=cores,
        replicas=replicas,
        memory_mb=sum(count * figures["resident_mb"][service] for service, count in replicas.items()),
        round_trips=hour * figures["round_trips"],
        writes=hour * figures["writes"],
        publishes=hour * figures["publishes"],
        disk_a_year=load * MEAN * HOURS * sum(figures["stored_bytes"].values()),
        waiting={name: (load * count, load * count * message) for name, count in deliveries.items()},
    )


def table(figures: Mapping[str, Any]) -> str:
    """Markdown: two tables, the platform as a whole and the replicas of each service."""
    needs = [need(figures, load) for load in LOADS]
    head = ["appeals in the busiest hour", *(f"{one.load:,}".replace(",", " ") for one in needs)]
    parts = [*Service, "database", "broker"]
    rows = [
        *([f"cores: {part}", *(_cores(one.cores.get(part, 0.0)) for one in needs)] for part in parts),
        ["cores in all", *(_cores(sum(one.cores.values())) for one in needs)],
        *([f"replicas: {name}", *(str(one.replicas[name]) for one in needs)] for name in Service),
        ["memory of the services, MB", *(_count(one.memory_mb) for one in needs)],
        ["database: calls a second", *(_rate(one.round_trips) for one in needs)],
        ["database: documents written a second", *(_rate(one.writes) for one in needs)],
        ["broker: messages published a second", *(_rate(one.publishes) for one in needs)],
        ["disk a year, one copy", *(_bytes(one.disk_a_year) for one in needs)],
        ["an hour without reporting: messages that wait", *(_count(one.waiting["reporting"][0]) for one in needs)],
        ["their bytes on each broker node", *(_bytes(one.waiting["reporting"][1]) for one in needs)],
        ["an hour without dispatcher: messages that wait", *(_count(one.waiting["dispatcher"][0]) for one in needs)],
        ["their bytes on each broker node", *(_bytes(one.waiting["dispatcher"][1]) for one in needs)],
    ]
    lines = [head, ["---", *("---:" for _ in needs)], *rows]
    said = f"Measured {figures['measured']} with {figures['appeals']} appeals on {figures['machine']}: "
    said += f"{figures['lives_a_second']} whole lives a second flat out, players included."
    return "\n".join(["| " + " | ".join(line) + " |" for line in lines] + ["", said])


def _cores(value: float) -> str:
    return "< 0.01" if value < 0.01 else f"{value:.2f}" if value < 1 else f"{value:.1f}"


def _rate(value: float) -> str:
    return f"{value:.2g}" if value < 9.5 else f"{value:,.0f}".replace(",", " ")


def _count(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")


def _bytes(value: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1_000:
            return f"{value:.3g} {unit}"
        value /= 1_000
    return f"{value:.3g} TB"


def written(document: str, figures: Mapping[str, Any]) -> str:
    """The document with the table as it must be. Raises ``ValueError`` when its place is missing."""
    before, found, rest = document.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not found or not ended:
        raise ValueError(f"the document has no place for the table: {BEGIN} … {END}")
    return f"{before}{BEGIN}\n\n{table(figures)}\n\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Exit status."""
    figures = tomllib.loads(FIGURES.read_text(encoding="utf-8"))
    now = DOCUMENT.read_text(encoding="utf-8")
    right = written(now, figures)
    if "--write" in arguments:
        DOCUMENT.write_text(right, encoding="utf-8")
    elif right != now:
        print("docs/operating.md: the capacity table is not that of benchmarks/measured.toml", file=sys.stderr)
        print("run: python -m checks.capacity --write", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
