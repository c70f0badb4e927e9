"""The demo's own appeals: enough of every kind, and unknown to every rule, model and table that will judge them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import classifier
import first_look
from classifier.model.model_file import read_model
from contracts.topology import EMERGENCY_LINES
from contracts.words import AppealType, Exclusion
from hotline.demo.bundled import bundled

PIECE = 12
"""Letters of Chinese that two people do not write alike by chance."""
WORDS = 5
"""As many words of English; a phrase such as "residence permit" is nobody's sentence."""

TEXTS = sorted({appeal.text for appeal in bundled()})
SOURCES = [Path(package.__file__ or "").parent for package in (classifier, first_look)]


def test_the_set_holds_every_type_line_and_ground() -> None:
    kinds = [appeal.kind for appeal in bundled()]
    wanted = {*AppealType, *EMERGENCY_LINES, *Exclusion, "REPEAT", "INCOMPLETE"}
    assert len(kinds) >= 200
    assert (7, 5, 9) == (len(AppealType), len(EMERGENCY_LINES), len(Exclusion))
    assert set() == {str(kind) for kind in wanted} - set(kinds)


def test_the_set_is_chinese_with_some_english_and_no_text_twice() -> None:
    texts = [appeal.text for appeal in bundled()]
    english = [text for text in texts if _english(text)]
    assert len(texts) == len(set(texts))
    assert 5 <= len(english) <= len(texts) / 4


def _english(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff]", text) is None


def _bare(text: str) -> str:
    """Letters only: punctuation and spacing hide no copy."""
    return re.sub(r"[\W_]+", "", text).lower()


def _words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9']+", text.lower()))


def _pieces(text: str) -> Iterator[str]:
    if _english(text):
        words = _words(text).split()
        yield from (" ".join(words[at : at + WORDS]) for at in range(len(words) - WORDS + 1))
    else:
        bare = _bare(text)
        yield from (bare[at : at + PIECE] for at in range(len(bare) - PIECE + 1))


def _entries(content: str) -> set[str]:
    """Whole lines and quoted strings: where a table would name a text too short to have pieces."""
    return {_bare(entry) for entry in (*content.splitlines(), *re.findall(r"[\"']([^\"'\n]*)[\"']", content))}


def _copied(content: str) -> list[str]:
    """Bundled texts that ``content`` holds, wholly or in a piece."""
    bare, words, entries = _bare(content), _words(content), _entries(content)
    return [
        text
        for text in TEXTS
        if (bool(_bare(text)) and _bare(text) in entries)
        or any(piece in (words if _english(text) else bare) for piece in _pieces(text))
    ]


def _files() -> list[Path]:
    everything = (path for source in SOURCES for path in source.rglob("*") if path.is_file())
    return sorted(path for path in everything if path.suffix not in (".pyc", ".npz"))


def test_a_copy_would_be_found_however_it_is_written() -> None:
    chinese = next(text for text in TEXTS if not _english(text) and len(text) > 3 * PIECE)
    english = next(text for text in TEXTS if _english(text) and len(text.split()) > 3 * WORDS)
    short = next(text for text in TEXTS if not _english(text) and len(_bare(text)) < PIECE)
    assert [chinese] == _copied("words = [" + ",".join(_bare(chinese)[5 : 5 + PIECE]) + "]")
    assert [english] == _copied("\n".join(english.upper().split()[2 : 2 + WORDS]))
    assert [short] == _copied(f'rule = ["{short}。"]')


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.name)
def test_no_rule_table_or_training_text_knows_a_bundled_sentence(path: Path) -> None:
    assert [] == _copied(path.read_text(encoding="utf-8"))


def test_no_model_holds_a_piece_of_a_sentence() -> None:
    models = [read_model(path) for path in sorted(SOURCES[0].rglob("*.npz"))]
    assert [] != models
    longest = {model.version: max(map(len, model.ngrams)) for model in models}
    assert {} == {name: letters for name, letters in longest.items() if letters >= PIECE}
    # a bundled text no longer than an n-gram ("有问题") is anybody's words
    copied = [text for model in models for text in _copied("\n".join(model.ngrams))]
    assert [] == [text for text in copied if len(_bare(text)) > max(longest.values())]
