"""Reads the rule tables, checks their form, and names file, entry and reason when something is wrong."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from classifier.domain.lexicon import Lexicon
from classifier.domain.rule import Rule, RuleSet
from classifier.domain.set_phrases import SetPhrases
from classifier.domain.tables import Lines, Tables, Thresholds, Topic, Unit
from contracts.words import AppealType, Exclusion

UNIT_ID = re.compile(r"[a-z0-9-]{2,40}")
TABLE_NAMES = (
    "taxonomy",
    "units",
    "lines",
    "set_phrases",
    "types",
    "emergencies",
    "hazards",
    "urgency",
    "exclusions",
    "accusations",
    "policy",
)
SERVICES = frozenset({"fire", "lift", "traffic", "police", "ambulance"})
_RULE_KEYS = frozenset({"id", "then", "weight", "pattern", "unless", "tests", "not_tests", "follows"})


class TableError(ValueError):
    """A rule table is not as its schema says: file, place (line or entry) and reason."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        """``place`` is a line number or the id of an entry."""
        super().__init__(f"{file}: {place}: {reason}")


@cache
def shipped_tables() -> Tables:
    """The tables in the package, read once."""
    return load_tables(files("classifier.data"))


def load_tables(folder: Traversable) -> Tables:
    """Read every table of a folder (a path or a package's files). Raises ``TableError``."""
    raw = {name: _read(folder, f"{name}.toml") for name in TABLE_NAMES}
    units = _units(raw["units"])
    topics = _topics(raw["taxonomy"], units)
    emergencies = raw["emergencies"]
    kinds = {"discipline", "retaliation", "conduct"}
    sets = RuleSet.side_by_side(
        [
            _rules("emergencies.toml", emergencies["rule"], _services, emergencies["lists"]),
            _rules("emergencies.toml", emergencies["calm"], {"sentence", "text"}),
            _rules("hazards.toml", raw["hazards"]["rule"], {"hazard"}),
            _rules("urgency.toml", raw["urgency"]["rule"], {"urgent"}),
            _rules("types.toml", raw["types"]["rule"], set(AppealType)),
            _rules("exclusions.toml", raw["exclusions"]["rule"], set(Exclusion)),
        ]
    )
    return Tables(
        version=_fingerprint(folder, raw),
        lines_version=str(raw["lines"].get("version", "")),
        taxonomy_version=str(raw["taxonomy"].get("version", "")),
        topics=topics,
        topic_words=Lexicon.of((word, topic.id) for topic in topics.values() for word in topic.words),
        units=units,
        unit_names=Lexicon.of((name, unit.id) for unit in units.values() for name in unit.names),
        lines=_lines(raw["lines"]),
        now=_pattern("emergencies.toml", "now", emergencies["words"]["now"]),
        emergencies=sets[0],
        calm=sets[1],
        hazards=sets[2],
        urgent=sets[3],
        types=sets[4],
        exclusions=sets[5],
        # looked for in the whole text, where no other table looks
        accusations=RuleSet.by_itself(_rules("accusations.toml", raw["accusations"]["rule"], kinds)),
        phrases=_phrases(raw["set_phrases"]),
        thresholds=Thresholds(**raw["policy"]["thresholds"]),
        agent_verbs={verb: (str(kind), float(w)) for verb, (kind, w) in raw["set_phrases"]["agent_verbs"].items()},
    )


def _read(folder: Traversable, name: str) -> dict[str, Any]:
    text = (folder / name).read_text(encoding="utf-8")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TableError(name, "form", str(error)) from None


def _fingerprint(folder: Traversable, raw: Mapping[str, object]) -> str:
    digest = hashlib.sha256()
    for name in sorted(raw):
        digest.update((folder / f"{name}.toml").read_bytes())
    return digest.hexdigest()[:12]


def _services(then: str) -> bool:
    return bool(then) and set(then.split("+")) <= SERVICES


def _rules(
    file: str, rows: list[dict[str, Any]], allowed: Any, lists: Mapping[str, str] | None = None
) -> tuple[Rule, ...]:
    seen: set[str] = set()
    rules: list[Rule] = []
    for number, row in enumerate(rows, 1):
        place = str(row.get("id", f"entry {number}"))
        unknown = set(row) - _RULE_KEYS
        if unknown:
            raise TableError(file, place, f"unknown keys {sorted(unknown)}")
        if "id" not in row or "pattern" not in row or not row.get("tests"):
            raise TableError(file, place, "needs id, pattern and at least one test sentence")
        then = str(row.get("then", ""))
        if not (allowed(then) if callable(allowed) else then in allowed):
            raise TableError(file, place, f"then = {then!r} is not known")
        if place in seen:
            raise TableError(file, place, "the id is used twice")
        for name, words in (lists or {}).items():
            row = {**row, "pattern": row["pattern"].replace(f"<{name}>", f"(?:{words})")}
        if row["pattern"].startswith("^") and _branches(row["pattern"]):
            raise TableError(file, place, "a pattern that starts with ^ must be ^(?:...) as a whole")
        seen.add(place)
        rules.append(
            Rule(
                id=place,
                then=then,
                pattern=_pattern(file, place, row["pattern"]),
                unless=_pattern(file, place, row["unless"]) if "unless" in row else None,
                weight=float(row.get("weight", 1.0)),
                follows=bool(row.get("follows", False)),
                tests=tuple(row["tests"]),
                not_tests=tuple(row.get("not_tests", ())),
            )
        )
    return tuple(rules)


def _branches(source: str) -> bool:
    """Tell whether the pattern has a choice outside all groups."""
    depth = 0
    in_class = False
    escaped = False
    for character in source:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        else:
            depth += (character == "(") - (character == ")")
            if character == "|" and depth == 0:
                return True
    return False


def _pattern(file: str, place: str, source: object) -> re.Pattern[str]:
    try:
        return re.compile(str(source))
    except re.error as error:
        raise TableError(file, place, f"pattern: {error}") from None


def _units(raw: Mapping[str, Any]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for unit_id, row in raw["units"].items():
        if UNIT_ID.fullmatch(unit_id) is None:
            raise TableError("units.toml", unit_id, "ids are of a-z, 0-9 and hyphens, 2 to 40 long")
        units[unit_id] = Unit(unit_id, row["zh"], tuple(row["names"]), row.get("parent"))
    return units


def _topics(raw: Mapping[str, Any], units: Mapping[str, Unit]) -> dict[str, Topic]:
    topics: dict[str, Topic] = {}
    for top, classes in raw.items():
        if not isinstance(classes, dict):
            continue
        for middle, leaves in classes.items():
            if not isinstance(leaves, dict):
                continue
            for leaf, row in leaves.items():
                if not isinstance(row, dict):
                    continue
                topic_id = f"{top}.{middle}.{leaf}"
                if not {"zh", "en", "units", "words"} <= set(row):
                    raise TableError("taxonomy.toml", topic_id, "needs zh, en, units and words")
                strangers = [unit for unit in row["units"] if unit not in units]
                if strangers:
                    raise TableError("taxonomy.toml", topic_id, f"unknown units {strangers}")
                topics[topic_id] = Topic(topic_id, row["zh"], row["en"], tuple(row["units"]), tuple(row["words"]))
    return topics


def _lines(raw: Mapping[str, Any]) -> dict[str, Lines]:
    lines: dict[str, Lines] = {}
    for jurisdiction, row in raw.items():
        if not isinstance(row, dict):
            continue
        if not set(row["lines"]) <= SERVICES:
            raise TableError("lines.toml", jurisdiction, "unknown service")
        lines[jurisdiction] = Lines(dict(row["lines"]), tuple(row["order"]))
    if "default" not in lines:
        raise TableError("lines.toml", "default", "is missing")
    return lines


def _phrases(raw: Mapping[str, Any]) -> SetPhrases:
    names = ("opening", "closing", "request", "quoted_order", "citizens")
    return SetPhrases(**{name: _pattern("set_phrases.toml", name, raw[name]) for name in names})
