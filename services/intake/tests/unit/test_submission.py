"""What is missing, and what may leave."""

from contracts.events.appeal import Place
from contracts.words import Channel
from intake.domain.submission import Caller, Submission, missing_elements, normal_phone, nothing_said
from intake.use_cases.register_appeal import masked

REACHABLE = Caller(phone="13812345678")


def submission(text: str, caller: Caller | None = REACHABLE, **more: object) -> Submission:
    return Submission(channel=Channel.PHONE, message_id="m", text=text, caller=caller, **more)  # type: ignore[arg-type]


def test_a_place_in_words_or_beside_the_text_is_a_place() -> None:
    assert () == missing_elements(submission("解放路路灯坏了"))
    assert () == missing_elements(submission("The lamp in Station Road is dark"))
    assert () == missing_elements(submission("太吵了", place=Place(text="夜市")))
    assert ("place",) == missing_elements(submission("太吵了"))


def test_an_anonymous_caller_owes_no_contact() -> None:
    assert ("contact",) == missing_elements(submission("解放路路灯坏了", None))
    assert ("contact",) == missing_elements(submission("解放路路灯坏了", Caller(name="张三", phone="-")))
    assert () == missing_elements(submission("解放路路灯坏了", None, anonymous=True))


def test_nothing_said_is_neither_words_nor_caller_nor_file() -> None:
    assert nothing_said(submission(" ", None))
    assert nothing_said(submission("", Caller()))
    assert not nothing_said(submission("", Caller(name="张三")))


def test_one_number_in_many_notations_is_one_number() -> None:
    notations = ("13812345678", "138-1234-5678", "+86 13812345678", "0086-138 1234 5678", "１３８１２３４５６７８")

    assert {"13812345678"} == {normal_phone(notation) for notation in notations}
    assert "03751234567" == normal_phone("0375-1234567")
    assert None is normal_phone("无")


def test_the_callers_own_details_are_masked_where_the_text_repeats_them() -> None:
    caller = Caller(name="欧阳建国", phone="0375-1234567", address="幸福小区3号楼")

    assert "[姓名]说[地址]没水，回[电话号码]" == masked("欧阳建国说幸福小区3号楼没水，回0375-1234567", caller)


def test_texts_of_a_caller_and_a_submission_show_nothing() -> None:
    shown = repr(submission("我叫张三")) + repr(Caller(name="张三"))

    assert "张三" not in shown
