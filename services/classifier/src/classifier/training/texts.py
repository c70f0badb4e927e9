"""Reads the training texts of the repository and composes further ones from them."""

import hashlib
import random
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from contracts.words import AppealType

TYPE_OF = {
    "I": AppealType.INQUIRY,
    "H": AppealType.HELP,
    "C": AppealType.COMPLAINT,
    "R": AppealType.REPORT,
    "S": AppealType.SUGGESTION,
    "P": AppealType.PRAISE,
    "O": AppealType.OTHER,
}


@dataclass(frozen=True, slots=True)
class Written:
    """A text with its topic and type."""

    text: str
    topic: str
    type: AppealType


class TextsError(ValueError):
    """A line of the training texts is not as the format says."""


def written_texts() -> tuple[Written, ...]:
    """Every hand-written text, in the order of the files."""
    folder = files("classifier.data") / "texts"
    texts: list[Written] = []
    for file in sorted((entry for entry in folder.iterdir() if entry.name.endswith(".txt")), key=lambda e: e.name):
        topic = ""
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            heading = re.fullmatch(r"# ([a-z]+\.[a-z]+\.[a-z]+)", line)
            if heading:
                topic = heading[1]
            elif line and not line.startswith("#"):
                letter, _, text = line.partition(" ")
                if letter not in TYPE_OF or not topic or not text:
                    raise TextsError(f"{file.name}:{number}: needs a type letter, a blank and a text under a topic")
                texts.append(Written(text, topic, TYPE_OF[letter]))
    return tuple(texts)


def composed_texts(written: Sequence[Written], seed: int = 12345) -> tuple[Written, ...]:
    """Further texts: written ones set into the ways agents and citizens frame them. The same seed, the same texts."""
    frames = tomllib.loads((files("classifier.data") / "texts" / "frames.toml").read_text(encoding="utf-8"))
    chance = random.Random(seed)
    composed: list[Written] = []
    for source in written:
        if source.text.isascii():
            continue
        for rule in frames["frame"]:
            if rule["from"] != _letter(source.type) or chance.random() > rule["share"]:
                continue
            frame = chance.choice(rule["frames"])
            fillings = {slot: chance.choice(words) for slot, words in frames["slots"].items()}
            text = frame.format(text=source.text.rstrip("。"), **fillings)
            composed.append(Written(text, source.topic, TYPE_OF[rule["to"]]))
    nouns = _nouns()
    for rule in frames["about"]:
        for topic, words in nouns.items():
            for _ in range(rule["per_topic"]):
                frame = chance.choice(rule["frames"])
                noun = chance.choice(words)
                fillings = {slot: chance.choice(choices) for slot, choices in frames["slots"].items()}
                text = frame.format(noun=noun, **fillings)
                composed.append(Written(text, topic, TYPE_OF[rule["to"]]))
    return tuple(dict.fromkeys(composed))


SERVICES = ("fire", "ambulance", "police", "traffic", "lift", "none")


def danger_texts() -> tuple[tuple[str, str], ...]:
    """Pairs of text and the service needed first (``none``: no danger now), in the order of the files."""
    pairs: list[tuple[str, str]] = []
    folder = files("classifier.data") / "texts_danger"
    for file in sorted((entry for entry in folder.iterdir() if entry.name.endswith(".txt")), key=lambda e: e.name):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if not line or line.startswith("#"):
                continue
            service, _, text = line.partition(" ")
            if service not in SERVICES or not text:
                raise TextsError(f"{file.name}:{number}: needs a service, a blank and a text")
            pairs.append((text, service))
    return tuple(pairs)


def fingerprint(texts: Sequence[Written]) -> str:
    """Hash of all texts and labels, kept in the model's header."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{text.type}\t{text.topic}\t{text.text}\n".encode())
    return digest.hexdigest()


def _letter(kind: AppealType) -> str:
    return next(letter for letter, named in TYPE_OF.items() if named is kind)


def _nouns() -> dict[str, list[str]]:
    from classifier.data.loading import shipped_tables

    tables = shipped_tables()
    nouns = {t.id: [w for w in t.words if not w[0].isascii() and len(w) >= 2] for t in tables.topics.values()}
    return {topic: words for topic, words in nouns.items() if words}
