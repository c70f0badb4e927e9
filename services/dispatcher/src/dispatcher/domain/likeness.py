"""How alike two appeals are: caller, place, topic, time and text, each with its weight and its reason. No decision.

A text is compared by the smallest hashes of its shingles (bottom-k sketch): equal texts have equal sketches, and the
share of common hashes estimates the share of common shingles. Pairs are found by keys that alike appeals share.
"""

import math
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from contracts.events import appeal as ap

_NOT_WORDS = re.compile(r"[\W_]+")
_EARTH_METRES = 6_371_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """See ``data/repeats.toml`` for what each figure means."""

    days: int
    shingle: int
    sketch: int
    text_keys: int
    candidates: int
    least: float
    at_once: int
    near_metres: float
    caller: float
    place: float
    area: float
    topic: float
    text: float
    time: float


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What an appeal leaves for comparison. ``topic`` is known once it is classified."""

    subject: str
    at: datetime
    area: str
    caller_ref: str | None = None
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    sketch: tuple[int, ...] = ()
    topic: str | None = None

    @cached_property
    def hashes(self) -> frozenset[int]:
        """The sketch as a set, made once for the many traces that it is compared with."""
        return frozenset(self.sketch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """``score`` from 0 to 1; ``reasons`` map what speaks for it to its share of the score, the strongest first."""

    score: float
    reasons: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """That ``repeat`` be merged into ``main``, both named by subject."""

    repeat: str
    main: str
    score: float
    reasons: Mapping[str, float]

    @property
    def id(self) -> str:
        """One per pair."""
        return f"{self.repeat}~{self.main}"


def trace(subject: str, at: datetime, event: ap.AppealRegistered, weights: Weights) -> Trace:
    """The trace of an appeal as it was registered."""
    place = event.place
    return Trace(
        subject=subject,
        at=at,
        area=event.area,
        caller_ref=event.caller_ref,
        place=_plain(place.text) if place is not None else "",
        latitude=place.latitude if place is not None else None,
        longitude=place.longitude if place is not None else None,
        sketch=sketch(event.text_masked, weights),
    )


def sketch(text: str, weights: Weights) -> tuple[int, ...]:
    """The smallest distinct hashes of the text's shingles, in order; empty for a text without words."""
    plain, size = _plain(text), weights.shingle
    shingles = {plain[start : start + size] for start in range(max(1, len(plain) - size + 1))} - {""}
    return tuple(sorted({zlib.crc32(one.encode()) for one in shingles})[: weights.sketch])


def keys(one: Trace, weights: Weights) -> tuple[str, ...]:
    """What alike appeals share: the caller, the place, and some of the smallest hashes within the area."""
    found = [f"t:{one.area}:{number}" for number in one.sketch[: weights.text_keys]]
    if one.caller_ref is not None:
        found.append(f"c:{one.caller_ref}")
    if one.place:
        found.append(f"p:{one.area}:{one.place}")
    return tuple(found)


def compare(one: Trace, other: Trace, weights: Weights, least: float) -> Likeness | None:
    """How alike they are; None below ``least``, or where they are too far apart in time."""
    apart = abs(one.at - other.at)
    if apart > timedelta(days=weights.days):
        return None
    shares = {
        "caller": weights.caller * (one.caller_ref is not None and one.caller_ref == other.caller_ref),
        "place": weights.place * _same_place(one, other, weights),
        "area": weights.area * (one.area == other.area),
        "topic": weights.topic * _topic(one.topic, other.topic),
        "time": weights.time * (1 - apart / timedelta(days=weights.days)),
    }
    # In a storm an appeal meets hundreds of others: most cannot reach the score whatever their texts say.
    if sum(shares.values()) + weights.text * _at_most(one.hashes, other.hashes, weights) < least:
        return None
    shares["text"] = weights.text * common(one.hashes, other.hashes, weights)
    score = min(1.0, sum(shares.values()))
    # Time, district and topic alone are shared by strangers: somebody, somewhere or something must be the same.
    if score < least or not (shares["caller"] or shares["place"] or shares["text"]):
        return None
    strongest = sorted(shares.items(), key=lambda share: -share[1])
    return Likeness(score=round(score, 3), reasons={name: round(share, 3) for name, share in strongest if share > 0})


def _at_most(one: frozenset[int], other: frozenset[int], weights: Weights) -> float:
    """What ``common`` cannot exceed, for less: it looks at no fewer hashes than the longer text has."""
    longer = min(weights.sketch, max(len(one), len(other)))
    return len(one & other) / longer if longer else 0.0


def common(one: Iterable[int], other: Iterable[int], weights: Weights) -> float:
    """The estimated share of common shingles, 0 to 1; nothing in common where one has no words."""
    mine, others = set(one), set(other)
    if not mine or not others:
        return 0.0
    smallest = sorted(mine | others)[: max(1, weights.sketch)]
    return len((mine & others).intersection(smallest)) / len(smallest)


def _plain(text: str) -> str:
    return _NOT_WORDS.sub("", text).lower()


def _topic(one: str | None, other: str | None) -> float:
    if one is None or other is None:
        return 0.0
    if one == other:
        return 1.0
    return 0.5 if one.split(".")[:2] == other.split(".")[:2] else 0.0


def _same_place(one: Trace, other: Trace, weights: Weights) -> bool:
    if one.place and one.place == other.place and one.area == other.area:
        return True
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return False
    north = math.radians(other.latitude - one.latitude)
    middle = math.radians((one.latitude + other.latitude) / 2)
    east = math.radians(other.longitude - one.longitude) * math.cos(middle)
    return _EARTH_METRES * math.hypot(north, east) <= weights.near_metres
