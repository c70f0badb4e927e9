"""The shipped tables, and how a row, an answer and a signature are chosen."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.events.appeal import Place
from contracts.table_text import BadTable
from contracts.words import AppealType
from dispatcher import shipped_tables
from dispatcher.domain.assignment import choose_unit
from dispatcher.domain.catalogue import Catalogue, CatalogueRow
from dispatcher.domain.catalogue_table import read_catalogue
from dispatcher.domain.member_unit import Directory, MemberUnit
from dispatcher.domain.sign_off import SignOff, covering
from dispatcher.domain.view import fold


def row(
    id: str, topic: str, unit: str, area: str = "*", until: date | None = None, level: str = "city"
) -> CatalogueRow:
    """A catalogue row valid from 2026 on."""
    return CatalogueRow(
        id=id, topic=topic, area=area, level=level, unit=unit, valid_from=date(2026, 1, 1), valid_until=until
    )


def test_every_shipped_table_loads_and_names_known_units_only() -> None:
    tables = shipped_tables.tables()
    assert len(tables.directory.units) == 30
    assert {one.unit for one in tables.catalogue.rows} <= set(tables.directory.units)
    assert len({item.id for item in tables.knowledge.items}) == len(tables.knowledge.items)


def test_the_longest_topic_then_the_named_area_decides() -> None:
    rows = (row("1", "water", "a1"), row("2", "water.supply", "b1"), row("3", "water.supply", "c1", "410411"))
    catalogue = Catalogue("v", rows)
    day = date(2026, 3, 2)
    asked = [("water.supply.leak", "410411"), ("water.supply.leak", "410400"), ("water.river", "410400")]
    assert [getattr(catalogue.choose(t, a, day), "id", None) for t, a in asked] == ["3", "2", "1"]
    assert catalogue.choose("waterway", "410400", day) is None


@pytest.mark.parametrize(
    ("area", "chosen"),
    [("410411", "near"), ("410402", "district"), ("410400", "city"), ("410500", "everywhere")],
    ids=["a named district", "another district", "the city: no district is known", "another city"],
)
def test_a_row_of_the_district_s_level_decides_only_where_the_district_is_known(area: str, chosen: str) -> None:
    # By their ids alone the first would decide everywhere.
    rows = (
        row("district", "water", "a1", "410400", level="district"),
        row("everywhere", "water", "b1"),
        row("city", "water", "c1", "410400"),
        row("near", "water", "d1", "410411", level="district"),
    )
    for order in (rows, rows[::-1]):
        found = Catalogue("v", order).choose("water.supply", area, date(2026, 3, 2))
        assert getattr(found, "id", None) == chosen


def test_one_topic_and_area_may_have_a_row_of_each_level_and_no_two_of_one() -> None:
    written = 'version = "1"\n' + "".join(
        f'[[row]]\nid = "{level}"\ntopic = "water"\narea = "*"\nlevel = "{level}"\nunit = "water-group"\n'
        "valid_from = 2026-01-01\n"
        for level in ("city", "district")
    )
    directory = shipped_tables.tables().directory
    assert [one.id for one in read_catalogue(written, directory).rows] == ["city", "district"]
    with pytest.raises(BadTable, match="same topic, area and level"):
        read_catalogue(written.replace('level = "district"', 'level = "city"'), directory)


def test_the_place_of_the_matter_tells_the_area_and_without_one_the_hotline_s_own_does(told: Any) -> None:
    tables = shipped_tables.tables()
    placed = told.registered(place=Place(text="西区某村", area_code="410411")).classified(topic="social.civil.village")
    assert choose_unit(fold(placed.facts), tables, placed.now).rule == "social.civil.village/410411"
    unplaced = type(told)().registered().classified(topic="social.civil.village")
    assert choose_unit(fold(unplaced.facts), tables, unplaced.now).rule != "social.civil.village/410411"


def test_a_row_holds_from_its_first_day_to_the_day_before_its_last() -> None:
    catalogue = Catalogue("v", (row("1", "water", "a1", until=date(2026, 6, 1)), row("2", "water.supply", "b1")))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 5, 31), date(2026, 6, 1))
    assert [catalogue.choose("water", "x", day) is not None for day in days] == [False, True, True, False]


def test_the_row_wins_over_the_classifier_and_the_named_unit_over_the_row(told: Any) -> None:
    tables = shipped_tables.tables()
    by_row = choose_unit(fold(told.registered().classified(topic="energy.gas.leak").facts), tables, told.now)
    assert (by_row.unit, by_row.rule, by_row.catalog_version) == ("gas-company", "energy.gas", "2026.1")
    named = type(told)().registered(subject_unit="fire-bureau").classified()
    assert choose_unit(fold(named.facts), tables, named.now).unit == "fire-bureau"
    unknown = type(told)().registered().classified(topic="government.other.unclear")
    assert choose_unit(fold(unknown.facts), tables, unknown.now).rule == "classifier"


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("请问身份证到期了怎么换领？", "household-id-card-first"),
        ("你好，我想问下驾驶证快到期怎么换证", "driving-licence-renewal"),
        ("居民医保怎么缴费啊", "resident-medical-insurance"),
        ("政务服务大厅周末上班吗", "service-hall-hours"),
        ("派出所不给我办身份证还骂人", None),
        ("小区停水三天了没人管", None),
        ("单位拖欠工资三个月，请帮我要回来", None),
    ],
)
def test_only_a_strong_match_answers_directly(text: str, item: str | None) -> None:
    tables = shipped_tables.tables()
    topics = (
        "security.police.household",
        "traffic.licence.driver",
        "health.care.insurance",
        "government.service",
        "work.labour",
    )
    found = [tables.knowledge.direct(text, topic, tables.limits.direct_score) for topic in topics]
    assert {match.item.id for match in found if match is not None} == ({item} if item is not None else set())


def test_an_urgent_or_long_inquiry_is_not_answered_by_the_machine(told: Any) -> None:
    from dispatcher.domain.assignment import assign

    text = "请问居住证怎么办理"
    verdict = {"type": AppealType.INQUIRY, "topic": "security.police.household"}
    tables = shipped_tables.tables()
    short = assign(fold(told.registered(text).classified(**verdict).facts), tables, told.now)
    long = type(told)().registered(text + "另外" * 80).classified(**verdict)
    dangerous = type(told)().registered(text).classified(**verdict, hazard=True)
    assert [event.NAME for event in short] == ["work_order.answered_directly"]
    for other in (long, dangerous):
        names = [event.NAME for event in assign(fold(other.facts), tables, other.now)]
        assert names == ["work_order.awaiting_signature"]


def test_a_sign_off_covers_its_topics_from_its_confidence_on_until_it_is_revoked(told: Any) -> None:
    until = told.now + timedelta(days=1)
    one = SignOff(name="water", by="o", topics=("water",), confidence=0.6, valid_from=told.now, valid_until=until)
    wide = SignOff(name="all", by="o", topics=("*",), confidence=0.9, valid_from=told.now, valid_until=until)
    revoked = SignOff(
        name="aa", by="o", topics=("water",), confidence=0, valid_from=told.now, valid_until=until, revoked_at=told.now
    )
    signs = (revoked, wide, one)

    def name(topic: str, confidence: float, days: int = 0) -> str | None:
        found = covering(signs, topic, confidence, told.now + timedelta(days=days))
        return found.name if found is not None else None

    assert name("water.supply", 0.95) == "water"
    assert name("roads.light", 0.95) == "all"
    assert name("water.supply", 0.5) is None
    assert name("water.supply", 0.95, days=1) is None


def test_a_directory_with_a_loop_or_an_unknown_parent_is_refused() -> None:
    def unit(id: str, parent: str | None) -> MemberUnit:
        return MemberUnit(id=id, zh=id, en=id, phone="1", duty_phone="1", parent=parent)

    with pytest.raises(ValueError, match="above itself"):
        Directory.of("v", (unit("aa", "bb"), unit("bb", "aa")))
    with pytest.raises(ValueError, match="unknown parent"):
        Directory.of("v", (unit("aa", "zz"),))
