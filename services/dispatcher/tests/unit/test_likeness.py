"""What makes two appeals look like one matter, and what does not."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from contracts.events import appeal as ap
from contracts.words import Channel
from dispatcher.domain.likeness import Trace, common, compare, keys, sketch, trace
from dispatcher.shipped_tables import repeats

WEIGHTS = repeats()
START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")
TEXT = "建设路阳光小区三号楼从昨天晚上开始停水，物业说不知道原因，家里有老人，希望尽快恢复供水"


def seen(text: str = TEXT, *, hours: float = 0, topic: str | None = "water.supply.outage", **told: object) -> Trace:
    values: dict[str, object] = {"number": "1", "jurisdiction": "410400", "area": "410402", "channel": Channel.PHONE}
    event = ap.AppealRegistered(text_masked=text, **{**values, **told})  # type: ignore[arg-type]
    subject = f"{hours}-{text[:4]}-{told}"
    return replace(trace(subject, START + timedelta(hours=hours), event, WEIGHTS), topic=topic)


def place(text: str, at: tuple[float, float] | None = None) -> ap.Place:
    latitude, longitude = at or (None, None)
    return ap.Place(text=text, area_code="410402", latitude=latitude, longitude=longitude)


def score(one: Trace, other: Trace) -> float | None:
    found = compare(one, other, WEIGHTS, WEIGHTS.least)
    return found.score if found is not None else None


def test_the_same_words_about_the_same_place_are_proposed_with_the_strongest_reason_first() -> None:
    found = compare(seen(place=place("阳光小区")), seen(place=place("阳光 小区"), hours=3), WEIGHTS, WEIGHTS.least)
    assert found is not None
    assert list(found.reasons) == ["text", "place", "topic", "time", "area"]
    assert found.score == 1.0


@pytest.mark.parametrize(
    "other",
    [
        seen("请问社保卡丢了去哪里补办，需要带什么材料，多长时间能办好", topic="social.card", hours=1),
        seen(TEXT, hours=24 * 40),
        seen(TEXT, area="410403", topic=None, hours=24 * 20),
        seen("停水", hours=1),
    ],
)
def test_strangers_are_not_proposed(other: Trace) -> None:
    assert score(seen(), other) is None


def test_the_same_caller_about_the_same_topic_is_proposed_whatever_the_words() -> None:
    again = seen("还是没有水，什么时候能来？昨天已经反映过", caller_ref="anna", place=place("阳光小区"), hours=20)
    assert score(seen(caller_ref="anna", place=place("阳光小区")), again) is not None


def test_nameless_callers_and_placeless_matters_have_nothing_in_common() -> None:
    one, other = seen("路灯不亮", topic=None), seen("垃圾没人收", topic=None)
    assert score(one, other) is None
    assert not [key for key in keys(one, WEIGHTS) if key.startswith(("c:", "p:"))]


def test_near_places_count_as_one_and_far_ones_do_not() -> None:
    here, near, far = ((33.7350, 113.3000), (33.7355, 113.3005), (33.7450, 113.3000))
    one = seen("路面塌陷", place=place("建设路口", here), topic="road.damage")
    close = seen("路上有个大坑", place=place("建设路与开源路交叉口", near), topic="road.damage")
    assert "place" in (compare(one, close, WEIGHTS, 0.0) or pytest.fail("not compared")).reasons
    away = seen("路上有个大坑", place=place("别处", far), topic="road.damage")
    assert compare(one, away, WEIGHTS, 0.0) is None


def test_likeness_does_not_ask_who_came_first() -> None:
    one, other = seen(place=place("阳光小区")), seen(TEXT[:30], place=place("阳光小区"), hours=5)
    assert compare(one, other, WEIGHTS, 0.0) == compare(other, one, WEIGHTS, 0.0)


def test_alike_texts_share_a_key_within_their_area() -> None:
    changed = TEXT.replace("昨天晚上", "今天早上")
    assert set(keys(seen(), WEIGHTS)) & set(keys(seen(changed, hours=1), WEIGHTS))
    assert not set(keys(seen(), WEIGHTS)) & set(keys(seen(TEXT, area="410403"), WEIGHTS))


def test_the_sketch_tells_the_share_of_common_words() -> None:
    whole = sketch(TEXT, WEIGHTS)
    assert common(whole, whole, WEIGHTS) == 1.0
    assert common(whole, sketch("", WEIGHTS), WEIGHTS) == 0.0
    assert len(sketch("水" * 5_000, WEIGHTS)) == 1
    half = common(whole, sketch(TEXT[:22], WEIGHTS), WEIGHTS)
    assert 0.3 < half < 0.7
