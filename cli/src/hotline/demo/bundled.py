"""What is sent: the appeals written for the demo, or the rows of any CSV."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from contracts.words import Channel

CSV_FIELD_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Sendable:
    """One channel message to be. ``kind`` is what its author meant; empty for a CSV's rows."""

    text: str
    channel: Channel
    place: str = ""
    kind: str = ""


def bundled() -> list[Sendable]:
    """The appeals that ship with the demo: all types, five lines, nine grounds, repeats and incomplete ones."""
    found: list[Sendable] = []
    text = resources.files(__package__).joinpath("appeals.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            kind, channel, place, words = (part.strip() for part in line.split("|", 3))
            found.append(Sendable(words, Channel(channel), place, kind))
    return found


def from_csv(path: Path, column: str) -> list[Sendable]:
    """The rows of a CSV (UTF-8, with or without byte order mark). Raises ``ValueError`` when the column is missing."""
    csv.field_size_limit(CSV_FIELD_LIMIT)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if column not in (reader.fieldnames or ()):
            raise ValueError(f"the file has no column {column!r}; it has: {', '.join(reader.fieldnames or ())}")
        return [Sendable((row[column] or "")[:20_000], Channel.PHONE) for row in reader]


def chosen(everything: list[Sendable], count: int | None, chance: random.Random) -> list[Sendable]:
    """``count`` of them, each at most once while there are enough; all in their order when None."""
    if count is None or count == len(everything):
        return list(everything)
    if count < len(everything):
        return [everything[index] for index in sorted(chance.sample(range(len(everything)), count))]
    return list(_cycled(everything, count))


def _cycled(everything: list[Sendable], count: int) -> Iterator[Sendable]:
    for index in range(count):
        yield everything[index % len(everything)]
