"""A unit is known by whatever people write for it, and by nothing that only looks like it."""

import pytest

from dispatcher.domain.guard import accused_units, barred_units, unit_unknown
from dispatcher.shipped_tables import directory

UNITS = directory()


@pytest.mark.parametrize(
    ("words", "units"),
    [
        ("urban-management", {"urban-management"}),
        ("URBAN_Management", {"urban-management"}),
        ("ｕｒｂａｎ－ｍａｎａｇｅｍｅｎｔ", {"urban-management"}),
        ("Urban Management Bureau", {"urban-management"}),
        (" 城市 管理局 ", {"urban-management"}),
        ("鹰城市城市管理局执法科王科长", {"urban-management"}),
        ("公安局交警支队", {"public-security", "traffic-police"}),
        ("Tax", set()),
        ("局", set()),
        ("", set()),
        ("某某局", set()),
    ],
)
def test_words_name_units_by_id_or_name_in_any_spelling(words: str, units: set[str]) -> None:
    assert units == UNITS.named(words)


def test_whom_words_name_is_barred_with_what_is_above_and_below() -> None:
    assert {"traffic-police", "public-security"} <= barred_units({"Traffic Police"}, UNITS)
    assert {"某某局"} == accused_units({"某某局"}, UNITS)


def test_an_accusation_whose_unit_nobody_can_tell_is_known_as_such() -> None:
    told = [unit_unknown(names, True, UNITS) for names in ((), ("某某局",), ("税务局", "某某局"), ("税务局",))]
    assert [True, True, True, False] == told
    assert not unit_unknown((), False, UNITS)
