"""The rule tables in force, as the domain sees them: schema-checked and compiled by the loader."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from classifier.domain.lexicon import Lexicon
from classifier.domain.rule import RuleSet
from classifier.domain.set_phrases import SetPhrases


@dataclass(frozen=True, slots=True)
class Topic:
    """A leaf of the taxonomy; ``units`` usually answer for it, the first above all."""

    id: str
    zh: str
    en: str
    units: tuple[str, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A member unit as people name it; ``parent`` is the unit above it."""

    id: str
    zh: str
    names: tuple[str, ...]
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """A jurisdiction's emergency lines by service, and the order in which several are named."""

    line_of: Mapping[str, str]
    order: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities in 0..1.

    Below ``type`` and ``unit`` that part of the verdict is unsure and a person decides. The danger model raises from
    ``danger`` on in the whole text, from ``danger_part`` on in a part of it; parts are looked at from
    ``danger_glimpsed`` on in the whole. From ``danger_certain`` on no calm rule holds against it, and below
    ``danger_traced`` it believes no sign of the rules.
    """

    type: float
    unit: float
    danger: float
    danger_part: float
    danger_glimpsed: float
    danger_certain: float
    danger_traced: float


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that is written by people and not learnt."""

    version: str
    lines_version: str
    taxonomy_version: str
    topics: Mapping[str, Topic]
    topic_words: Lexicon
    units: Mapping[str, Unit]
    unit_names: Lexicon
    lines: Mapping[str, Lines]
    emergencies: RuleSet
    calm: RuleSet
    now: re.Pattern[str]
    hazards: RuleSet
    urgent: RuleSet
    types: RuleSet
    exclusions: RuleSet
    accusations: RuleSet
    phrases: SetPhrases
    thresholds: Thresholds
    agent_verbs: Mapping[str, tuple[str, float]]

    def lines_for(self, jurisdiction: str) -> Lines:
        """The lines of the jurisdiction, or the default ones."""
        return self.lines.get(jurisdiction) or self.lines["default"]
