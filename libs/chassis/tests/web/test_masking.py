"""Only masked text leaves intake: what is masked, and what must stay readable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.masking import mask, masked_phone, redact

PERSONAL = [
    ("电话13812345678，谢谢", "phone", "13812345678"),
    ("打一13812345678", "phone", "13812345678"),
    ("手机138-1234-5678", "phone", "138-1234-5678"),
    ("138 1234 5678", "phone", "138 1234 5678"),
    ("13812 345678", "phone", "13812 345678"),
    ("１３８１２３４５６７８", "phone", "１３８１２３４５６７８"),
    ("一三八一二三四五六七八", "phone", "一三八一二三四五六七八"),
    ("幺三八 1234 5678", "phone", "幺三八"),
    ("1 3 8 1 2 3 4 5 6 7 8", "phone", "3 8 1 2"),
    ("1381\u200b2345678", "phone", "2345678"),
    ("+86 13812345678", "phone", "13812345678"),
    ("8613812345678", "phone", "13812345678"),
    ("1381234567813912345678", "bank_card", "13912345678"),
    ("0375-2345678", "phone", "2345678"),
    ("（0375）2345678转8", "phone", "2345678"),
    ("座机2345678", "phone", "2345678"),
    ("身份证410402199001011234", "id_card", "410402199001011234"),
    ("41040219900101123x", "id_card", "41040219900101123"),
    ("410402 19900101 123X", "id_card", "19900101"),
    ("410402900101123", "id_card", "410402900101123"),
    ("豫D12345堵门", "plate", "D12345"),
    ("豫d·1234警", "plate", "1234警"),
    ("豫AD12345", "plate", "AD12345"),
    ("邮箱a.b@qq.com谢", "email", "a.b@qq.com"),
    ("ａ＠ｑｑ．com", "email", "ｑｑ"),
    ("卡6222 0212 3456 7890 123", "bank_card", "7890"),
    ("6222021234567890123", "bank_card", "6222021234567890123"),
    ("身份证41040219900101123413812345678", "bank_card", "13812345678"),
    ("微信号zhang_san1", "wechat", "zhang_san1"),
    ("微信：lisiabc", "wechat", "lisiabc"),
    ("vx abc12345", "wechat", "abc12345"),
    ("QQ 12345678", "qq", "12345678"),
    ("我叫张三，家里停水", "name", "张三"),
    ("我叫欧阳建国反映", "name", "欧阳建国"),
    ("本人李四，住人民路", "name", "李四"),
    ("我是王建国，想咨询", "name", "王建国"),
    ("姓名：王五", "name", "王五"),
    ("联系人赵六电话", "name", "赵六"),
    ("我叫阿依古丽·买买提，", "name", "买买提"),
    ("免贵姓欧阳", "name", "欧阳"),
    ("my name is John Smith and I live here", "name", "John Smith"),
    ("My name is zhang wei", "name", "zhang wei"),
]

READABLE = [
    "拨打110和119、120、122",
    "110 119 120 122 96333",
    "12345热线",
    "欠款13800元",
    "工资138000000元",
    "2026-11-22 13:26:42",
    "2026-01-01T00:00:00.123456",
    "2026年11月22日9点30分",
    "从2019年到2026年",
    "3号楼2单元1301室",
    "13、14、15、16、17、18号楼",
    "4104002026112200000013",
    "CB410400202611220000001301",
    "400-800-8888",
    "户号1234567890",
    "公交车123路",
    "一三五七九限行，星期一二三四五六",
    "苏果超市，新A区5栋",
    "微信公众号、微信支付",
    "本人于昨天在超市购物",
    "本人有三套房",
    "本人车辆被刮，本人居所漏水，投诉人向部门反映，举报人连续三天来电",
    "向投诉人解释过，户主孙子上学，本人相信，户主都没有证",
    "我是居民，我是业主，我是程序员，我是高三学生，",
    "我叫了救护车，我叫车来，我叫不到车",
    "I am angry, this is bad, this is the third time",
]


@pytest.mark.parametrize(("text", "kind", "secret"), PERSONAL)
def test_what_tells_who_somebody_is_is_masked(text, kind, secret):
    masked = mask(text)
    assert secret not in masked.text
    assert (kind,) == masked.kinds


@pytest.mark.parametrize("text", READABLE)
def test_what_tells_the_matter_stays_readable(text):
    assert (text, ()) == (mask(text).text, mask(text).kinds)


def test_the_words_around_stay_and_the_placeholder_says_what_was_there():
    masked = mask("我叫张三，电话13812345678，人民路12号停水，车牌豫D12345挡道")
    assert masked.text == "我叫[姓名]，电话[电话号码]，人民路12号停水，车牌[车牌号]挡道"
    assert masked.kinds == ("name", "phone", "plate")


@given(st.text(max_size=60), st.integers(3, 9), st.integers(0, 10**9 - 1), st.text(max_size=60))
def test_a_mobile_number_between_any_words_never_survives(before, second, rest, after):
    number = f"1{second}{rest:09d}"
    framed = f"{before}，{number}，{after}"
    assert number not in mask(framed).text


@given(st.text(max_size=200))
def test_masking_again_changes_nothing(text):
    once = mask(text).text
    assert once == mask(once).text


@pytest.mark.parametrize(
    ("number", "shown"),
    [("13812345678", "138****5678"), ("+86 138-1234-5678", "138****5678"), ("2345678", "****78"), ("110", "****")],
)
def test_a_unit_sees_the_ends_of_a_number_only(number, shown):
    assert shown == masked_phone(number)


def test_redaction_keeps_ids_and_takes_out_secrets():
    kept = "3f2a8f34-5f0e-4c1b-9d55-13812345678a"
    line = f"{kept} amqp://user:pass@host Bearer abcdefghijkl eyJhbGciOi.eyJzdWIi.c2ln 13987654321 query_code=ABCD2345"
    cleaned = redact(line)
    assert kept in cleaned
    assert [s for s in ("pass", "abcdefghijkl", "eyJ", "13987654321", "ABCD2345") if s in cleaned] == []
