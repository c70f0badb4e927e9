"""The knowledge base for direct answers (直办). Chinese has no spaces, so words are compared by pairs of characters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeItem:
    """One answer. ``must``: groups of words, of each of which one must occur; ``source`` is what it rests on."""

    id: str
    title: str
    topics: tuple[str, ...]
    must: tuple[tuple[str, ...], ...]
    questions: tuple[str, ...]
    answer: str
    answer_en: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """An item and how well it fits, 0..1."""

    item: KnowledgeItem
    score: float
    complete: bool


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """One version of all items, with an index of the pairs of characters that their questions hold."""

    version: str
    items: tuple[KnowledgeItem, ...] = field(default=())
    _asked: Mapping[str, frozenset[int]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        asked: dict[str, set[int]] = {}
        for place, item in enumerate(self.items):
            for question in (item.title, *item.questions):
                for pair in pairs_of(question):
                    asked.setdefault(pair, set()).add(place)
        object.__setattr__(self, "_asked", {pair: frozenset(places) for pair, places in asked.items()})

    def of(self, item_id: str) -> KnowledgeItem | None:
        """The item of this id."""
        return next((item for item in self.items if item.id == item_id), None)

    def search(self, text: str, limit: int = 5) -> tuple[Match, ...]:
        """The best items for ``text``, best first; items without a single shared pair are left out."""
        pairs = pairs_of(text)
        folded = _folded(text)
        near = sorted({place for pair in pairs for place in self._asked.get(pair, ())})
        found = [
            Match(item, _share(item, pairs), all(any(word in folded for word in group) for group in item.must))
            for item in (self.items[place] for place in near)
        ]
        found = [match for match in found if match.score > 0]
        return tuple(sorted(found, key=lambda match: (not match.complete, -match.score, match.item.id))[:limit])

    def direct(self, text: str, topic: str, score: float) -> Match | None:
        """The item that may answer by itself: every group met, ``score`` reached, and the topic one of its own."""
        for match in self.search(text, limit=3):
            own = any(topic == t or topic.startswith(t + ".") for t in match.item.topics)
            if match.complete and match.score >= score and own:
                return match
        return None


def _share(item: KnowledgeItem, pairs: frozenset[str]) -> float:
    best = 0.0
    for question in (item.title, *item.questions):
        own = pairs_of(question)
        best = max(best, len(own & pairs) / len(own))
    return round(best, 4)


def _folded(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


@lru_cache(maxsize=4096)
def pairs_of(text: str) -> frozenset[str]:
    """All pairs of neighbouring letters and signs, punctuation left out; one sign stands for itself."""
    folded = _folded(text)
    return frozenset(folded[at : at + 2] for at in range(max(len(folded) - 1, 1)))
