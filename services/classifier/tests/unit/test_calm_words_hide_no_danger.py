"""Words that calm one matter stand beside a danger: the danger is raised all the same."""

import pytest

from classifier.data.loading import shipped_tables
from classifier.domain.emergency import find_danger
from classifier.domain.verdict import Context, classify
from classifier.model.starter import starter_models
from first_look import fold

TABLES = shipped_tables()
MODELS = starter_models()


@pytest.mark.parametrize(
    "text",
    [
        "隔壁煤气罐炸了，有人受伤",
        "闻到一股怪味，才发现是煤气漏了，满屋子都是",
        "响了一声，原来是燃气管被挖断了，一直在漏气",
        "车翻了，大人没事，孩子头上全是血",
        "楼上着火了，住户都撤了，火烧到三楼",
        "仓库冒浓烟，无明火，味道很呛",
        "孩子学短视频喝了农药，肚子疼得打滚",
        "我在公众号上找到你们电话，我爸心脏病发作了",
        "我妈有糖尿病10年，昏倒在地叫不醒",
        "派出所来过，他们走了他又拿刀砍门",
        "孩子在培训班摔倒昏迷，没有呼吸",
        "老师的作文写着不想活了，她把门锁上割腕了",
    ],
)
def test_a_danger_is_raised_beside_words_that_calm(text: str) -> None:
    assert classify(text, Context(), TABLES, MODELS, explain=False).emergency_lines != ()


@pytest.mark.parametrize(
    "text",
    [
        "他蹲在门口又抽了一根烟",
        "有个工人站在屋顶装太阳能，挡了我家阳光",
        "我的电动车锁被人撬开，电瓶没了",
        "高速路口有个人站着发广告",
        "电梯里有人叫卖，太吵",
    ],
)
def test_ordinary_matters_near_the_signs_of_danger_are_not_raised_by_a_rule(text: str) -> None:
    assert find_danger(fold(text), Context().jurisdiction, TABLES).lines == ()
