"""Digits, plates, names and addresses leave the text before features; the shipped vocabularies hold none."""

import re
from collections.abc import Iterable

import pytest

from classifier.data.loading import shipped_tables
from classifier.domain.depersonalise import depersonalise
from classifier.domain.set_phrases import strip_set_phrases
from classifier.model.features import prepare
from classifier.model.starter import starter_model
from first_look import fold
from first_look.weights import read_weights

PHRASES = shipped_tables().phrases


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("我的电话13800138000打不通", "13800138000"),
        ("车牌粤B12345停在门口", "b12345"),
        ("身份证440101199001011234丢了", "440101199001011234"),
        ("王建国先生态度不好", "王建国"),
        ("我叫李小明，家里停水", "李小明"),
        ("在永福路12号楼下有人摆摊", "永福"),
        ("请发到abc@example.com", "example"),
        ("微信号:wxid_abc123", "wxid"),
    ],
)
def test_what_is_personal_leaves_the_text(text: str, personal: str) -> None:
    assert personal not in depersonalise(fold(text))


def vocabulary(target: str) -> Iterable[str]:
    return read_weights().danger if target == "first-look" else starter_model(target).ngrams


@pytest.mark.parametrize("target", ["type", "topic", "danger", "first-look"])
def test_no_vocabulary_holds_a_number_a_plate_or_a_name_with_title(target: str) -> None:
    number = re.compile(r"[1-9]|0{2,}")
    plate = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][a-z][a-z0-9]")
    name = re.compile(r"[王李张刘陈杨赵黄周吴](?:先生|女士|某)")
    personal = [gram for gram in vocabulary(target) if number.search(gram) or plate.search(gram) or name.search(gram)]
    assert [] == personal


def test_set_phrases_of_operators_are_in_no_feature() -> None:
    text = "市民来电反映:门口路灯坏了，请城管核实处理，谢谢！（请职能局按规定在30分钟内联系市民，响应处置）"
    bare = strip_set_phrases(fold(text), PHRASES)
    prepared = prepare(bare.body)
    assert "门口路灯坏了" == prepared.strip()
    assert ("反映", "城管") == (bare.verb, bare.asked)


def test_what_a_unit_appended_after_the_closing_is_not_read() -> None:
    text = "市民来电反映:路灯坏了（请职能局在30分钟内联系市民）01-19城管局回复：已修复"
    assert "路灯坏了" == strip_set_phrases(fold(text), PHRASES).body.strip()
