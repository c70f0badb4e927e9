"""First-look: doubt is enough, and what surely is no danger stays out of the lane."""

import re
import time

import pytest

from first_look import Hints, Sieve, fold, required_pieces, suspect_lines


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("我家楼下着火了", "119"),
        ("電梯裡困住兩個人", "96333"),
        ("他不说话脸都青了", "120"),
        ("那边两个人打起来了", "110"),
        ("路口发生车祸", "122"),
        ("someone is drowning in the lake", "119"),
        ("jiuming a", "110"),
    ],
)
def test_a_sign_of_danger_names_its_line(text: str, line: str) -> None:
    assert line in suspect_lines(text)


@pytest.mark.parametrize(
    "text",
    ["火车票怎么买", "小区举行消防演练", "气死我了物业不作为", "请问去年车祸的赔偿怎么算", "社保卡在哪里办", ""],
)
def test_what_surely_is_no_danger_stays_out(text: str) -> None:
    assert () == suspect_lines(text)


def test_a_word_that_says_now_overrules_what_lies_behind() -> None:
    assert ("119",) == suspect_lines("去年着过火，现在又着火了，快来")[:1]


def test_folding_keeps_the_length() -> None:
    text = "電梯ＡＢＣ！，著火😀"
    assert len(text) == len(fold(text))


def test_what_folds_is_simplified_half_width_and_lower_case() -> None:
    assert "电梯abc!着火" == fold("電梯ＡＢＣ！著火")


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ("着火", {"着火"}),
        ("(?:火|烟)大", {"火大", "烟大"}),
        ("着(?!火)了(?:吗|吧)", {"着了"}),
        ("(?:着火|冒烟)了?", {"着火", "冒烟"}),
        ("门?开", {"开"}),
        ("a?b", {"b"}),
        ("[火烟]{1,2}.*", {"火", "烟"}),
        ("火?", None),
        (".*", None),
        ("火|.", None),
    ],
)
def test_required_pieces_are_those_no_match_can_lack(pattern: str, needed: set[str] | None) -> None:
    assert (None if needed is None else frozenset(needed)) == required_pieces(pattern)
    assert needed is None or all(re.search(pattern, text) is None for text in ("xyz", ""))


def test_a_sieve_names_the_patterns_that_can_match_and_those_it_knows_nothing_of() -> None:
    sieve = Sieve(["着火", ".*", "冒[黑浓]烟", "[水火]"])
    assert [0b1011, 0b1110, 0b0010] == [sieve.candidates(text) for text in ("着火了", "冒黑烟和水", "路灯坏了")]


def test_hints_tell_what_a_sieve_tells() -> None:
    patterns = ["着火", ".*", "冒[黑浓]烟", "[水火]", r"a\.b"]
    sieve, hints = Sieve(patterns), Hints(patterns)
    texts = ["着火了", "冒黑烟和水", "路灯坏了", "", "a.b"]
    assert [sieve.candidates(text) for text in texts] == [hints.candidates(text) for text in texts]


def test_a_long_text_takes_milliseconds_at_most() -> None:
    text = "小区停水三天了没人管，" * 200
    started = time.process_time()
    suspect_lines(text)
    assert time.process_time() - started < 0.25
