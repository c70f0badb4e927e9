"""Many words looked for in one walk over a text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from first_look import pieces_of


@dataclass(frozen=True, slots=True)
class Found:
    """A word of ``owner`` at ``start:end`` of the text."""

    start: int
    end: int
    owner: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words with their owners by their first two characters: only words whose head is in the text are looked for."""

    by_head: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]

    @classmethod
    def of(cls, words: Iterable[tuple[str, str]]) -> "Lexicon":
        """Build from pairs of word and owner; a word of one character is looked for by itself."""
        owners: dict[str, list[str]] = {}
        for word, owner in words:
            owners.setdefault(word, []).append(owner)
        heads: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for word in sorted(owners, key=len, reverse=True):
            heads.setdefault(word[:2], []).append((word, tuple(owners[word])))
        return cls({head: tuple(rows) for head, rows in heads.items()})

    def find(self, text: str) -> list[Found]:
        """All words in the text, by place; a word inside a longer word of the same owner is left out."""
        met: list[tuple[int, int, tuple[str, ...]]] = []
        for head in self.by_head.keys() & pieces_of(text):
            for word, owners in self.by_head[head]:
                start = text.find(word)
                while start >= 0:
                    if not _inside_latin_word(text, start, word):
                        met.append((start, -len(word), owners))
                    start = text.find(word, start + 1)
        found: list[Found] = []
        reach: dict[str, int] = {}
        for start, length, owners in sorted(met):
            end = start - length
            for owner in owners:
                if reach.get(owner, 0) < end:
                    reach[owner] = end
                    found.append(Found(start, end, owner))
        return found


def _inside_latin_word(text: str, start: int, word: str) -> bool:
    """Tell whether a Latin word is only a part of a longer one ("bus" in "business")."""
    if not word[0].isascii():
        return False
    end = start + len(word)
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    return (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
