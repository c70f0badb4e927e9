"""Many words looked for in one walk over a text."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Found(NamedTuple):
    """A word of ``owner`` at ``start:end`` of the text."""

    start: int
    end: int
    owner: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words with their owners by their first two characters, the longest first; words of one character ``alone``.

    ``first`` finds where a word might begin.
    """

    first: re.Pattern[str]
    by_head: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    alone: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def of(cls, words: Iterable[tuple[str, str]]) -> "Lexicon":
        """Build from pairs of word and owner."""
        owners: dict[str, list[str]] = {}
        for word, owner in words:
            owners.setdefault(word, []).append(owner)
        heads: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for word in sorted(owners, key=len, reverse=True):
            heads.setdefault(word[:2], []).append((word, tuple(owners[word])))
        alone = tuple(row for head, rows in heads.items() if len(head) == 1 for row in rows)
        by_head = {head: tuple(rows) for head, rows in heads.items() if len(head) == 2}
        letters = "".join(sorted({head[0] for head in by_head}))
        return cls(re.compile(f"[{re.escape(letters)}]" if letters else "(?!)"), by_head, alone)

    def find(self, text: str) -> list[Found]:
        """All words in the text, by place; a word inside a longer word of the same owner is left out."""
        met: list[tuple[int, int, tuple[str, ...]]] = []
        for letter in self.first.finditer(text):
            start = letter.start()
            for word, owners in self.by_head.get(text[start : start + 2], ()):
                if text.startswith(word, start) and not _inside_latin_word(text, start, word):
                    met.append((start, -len(word), owners))
        for word, owners in self.alone:
            start = text.find(word)
            while start >= 0:
                if not _inside_latin_word(text, start, word):
                    met.append((start, -1, owners))
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
