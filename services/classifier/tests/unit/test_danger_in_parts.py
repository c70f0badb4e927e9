"""Danger told among other matters is found, and a long letter that only mentions it is no alarm."""

import pytest

from classifier.data.loading import shipped_tables
from classifier.domain.clauses import clauses, parts
from classifier.domain.verdict import Context, classify
from classifier.model.starter import starter_models
from first_look import suspect_lines


def lines(text: str) -> tuple[str, ...]:
    return classify(text, Context(), shipped_tables(), starter_models()).emergency_lines


def test_a_text_falls_into_clauses_with_their_marks() -> None:
    assert ["停水了,", "没人管。", "快来"] == clauses("停水了,没人管。快来")


def test_parts_are_runs_of_clauses_and_never_the_whole_text() -> None:
    assert ["没人管。快来", "快来"] == parts("停水了,没人管。快来")
    assert [] == parts("停水了")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            "你好，我想问居住证怎么续签，上回窗口说要租房合同。哎等等，我爸突然从凳子上滑下去了，叫他没反应，嘴角流口水",
            "120",
        ),
        ("物业费涨价的事我反映过，你们说会调查。不过现在先不说这个，隔壁厨房窜出火来了，楼道里都是烟", "119"),
        ("门禁卡坏了一个月没人换，投诉也没用，而且这会儿有个拿刀的男的在楼下追人", "110"),
    ],
)
def test_danger_in_the_middle_of_another_matter_is_raised_and_suspected(text: str, line: str) -> None:
    assert line in lines(text)
    assert suspect_lines(text)


@pytest.mark.parametrize(
    "text",
    [
        "尊敬的领导："
        + "我们村的路年久失修，出行困难，多次反映无果，希望早日修好。" * 8
        + "以前这条路上出过车祸，大家都盼着。",
        "其于2018年3月6日骑车与另一辆车相撞，现在对方不肯付医疗费，请交警处理",
        "知道了",
        "a\nb",
    ],
)
def test_what_is_told_in_passing_or_broke_off_is_no_alarm(text: str) -> None:
    assert () == lines(text)


@pytest.mark.parametrize("verb", ["咨询", "撤销"])
def test_who_asks_about_an_order_or_withdraws_it_is_not_in_the_danger_it_told_of(verb: str) -> None:
    assert () == lines(f"市民来电{verb}：工单号20180101123456《关于楼道起火的问题》处理结果")


def test_who_adds_to_an_order_may_be() -> None:
    assert "119" in lines("市民来电补充：工单号20180101123456，现在楼道又着火了，快来")
