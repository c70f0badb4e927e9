"""A repeat is proposed only where the merge's own rule would let an accusation go."""

from typing import Any

import pytest

from dispatcher.use_cases.propose_repeats import may_join

PLAIN = {"open": True, "state": "DISPATCHED", "units": ["water-group"], "barred": [], "lane": None}
UNNAMED = {**PLAIN, "lane": "accusation", "units": ["supervision-office"], "unit_unknown": True}
NAMED = {**UNNAMED, "barred": ["water-group"], "unit_unknown": False}


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        (PLAIN, PLAIN, True),
        (PLAIN, NAMED, True),
        (NAMED, PLAIN, False),
        (NAMED, NAMED, True),
        (UNNAMED, PLAIN, False),
        ({**PLAIN, "lane": "accusation"}, PLAIN, False),
        (UNNAMED, UNNAMED, True),
        (UNNAMED, {**UNNAMED, "units": ["water-group"]}, False),
        ({**UNNAMED, "lane": "retaliation"}, UNNAMED, False),
        ({**UNNAMED, "lane": "retaliation"}, {**UNNAMED, "lane": "retaliation"}, True),
    ],
)
def test_an_accusation_is_proposed_only_where_it_stays_as_well_guarded(
    one: dict[str, Any], other: dict[str, Any], may: bool
) -> None:
    assert may is may_join("one", "other", {"one": one, "other": other})
