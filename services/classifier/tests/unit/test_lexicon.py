"""Words are found wherever they stand, longer ones before shorter ones of the same owner."""

import pytest

from classifier.domain.lexicon import Found, Lexicon

WORDS = [("水", "water"), ("停水", "water"), ("水费", "bill"), ("水费单", "bill"), ("bus", "bus"), ("费单", "paper")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("停水", [Found(0, 2, "water")]),
        ("水", [Found(0, 1, "water")]),
        ("查水费单", [Found(1, 4, "bill"), Found(1, 2, "water"), Found(2, 4, "paper")]),
        ("水停水", [Found(0, 1, "water"), Found(1, 3, "water")]),
        ("坐bus吗", [Found(1, 4, "bus")]),
        ("business", []),
        ("", []),
    ],
    ids=["longer only", "one character", "overlapping", "at both ends", "latin", "inside a latin word", "empty"],
)
def test_every_word_is_found_at_its_place(text: str, found: list[Found]) -> None:
    assert found == Lexicon.of(WORDS).find(text)


def test_a_lexicon_without_words_finds_nothing() -> None:
    assert [] == Lexicon.of([]).find("停水")
