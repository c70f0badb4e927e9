"""Supervision by persons, accountability, the bulletin list and the tables that may come into force."""

from dataclasses import replace
from typing import Any

import pytest

from contracts.events import ladder as ev
from contracts.words import SupervisionKind
from sla_monitor.data import shipped_calendar, shipped_policies, shipped_text
from sla_monitor.domain.accountability import Ground, Referral, check_referral
from sla_monitor.domain.bulletin_list import bulletin_list
from sla_monitor.domain.calendar_table import read_calendar
from sla_monitor.domain.case import case_of
from sla_monitor.domain.person_supervision import lift_supervision, open_supervision
from sla_monitor.domain.refusal import Refusal
from sla_monitor.domain.tables_in_force import first_change, new_calendar

UNIT = "water-group"
ASKED = Referral(subject_unit=UNIT, subject_person_ref=None, ground=Ground.FRAUD, consequence="", one_vote_veto=False)


def opened(story: Any, kind: SupervisionKind, at: Any) -> Any:
    case = case_of(story.facts)
    return open_supervision(case, UNIT, kind, "r", "boss", shipped_policies(), shipped_calendar(), at)


@pytest.mark.parametrize(
    ("kind", "days"),
    [(SupervisionKind.SYSTEM, 2), (SupervisionKind.WRITTEN, 3), (SupervisionKind.SPECIAL_TOPIC, 5)],
)
def test_the_term_of_a_supervision_runs_in_working_days_from_its_opening(
    story: Any, kind: SupervisionKind, days: int
) -> None:
    story.begin("2026-03-02 09:00").dispatch("2026-03-02 09:00")
    at = story.facts[0].time
    event = opened(story, kind, at)
    assert event.due == shipped_calendar().add_working_days(at, days)


def test_what_a_person_opened_is_lifted_by_a_person_alone(story: Any) -> None:
    story.begin("2026-03-02 09:00").dispatch("2026-03-02 09:00")
    event = opened(story, SupervisionKind.WRITTEN, story.facts[0].time)
    story.tell("2026-03-02 10:00", event)
    seen = story.watch("2026-03-02 10:00", "2026-03-20 10:00")
    lifted = [decision.event.supervision for _, decision in seen if isinstance(decision.event, ev.SupervisionLifted)]
    assert event.supervision not in lifted
    by_hand = lift_supervision(case_of(story.facts), event.supervision, "done", "boss")
    assert isinstance(by_hand, ev.SupervisionLifted)
    assert by_hand.by == "boss"


def test_a_referral_after_supervision_needs_no_consequence_and_a_veto_always_does(story: Any) -> None:
    story.begin("2026-03-02 09:00").dispatch("2026-03-02 09:00")
    assert check_referral(case_of(story.facts), ASKED) is not None
    assert check_referral(case_of(story.facts), replace(ASKED, consequence="c", one_vote_veto=True)) is None
    story.tell("2026-03-02 10:00", opened(story, SupervisionKind.WRITTEN, story.facts[0].time))
    assert check_referral(case_of(story.facts), ASKED) is None
    veto = check_referral(case_of(story.facts), replace(ASKED, one_vote_veto=True))
    assert veto is not None
    assert veto.code == "veto-without-consequence"


def test_supervision_of_one_unit_is_no_ground_against_another(story: Any) -> None:
    story.begin("2026-03-02 09:00").dispatch("2026-03-02 09:00").dispatch("2026-03-02 09:00", "heating-group")
    story.tell("2026-03-02 10:00", opened(story, SupervisionKind.WRITTEN, story.facts[0].time))
    refused = check_referral(case_of(story.facts), replace(ASKED, subject_unit="heating-group"))
    assert refused is not None
    assert refused.code == "not-supervised"


def test_published_counts_of_one_to_four_are_hidden_and_zero_is_not() -> None:
    marks = [{"unit": "a", "what": "breach"}] * 4 + [{"unit": "b", "what": "breach"}] * 5
    assert bulletin_list(marks, hide_small=True) == [
        {"unit": "a", "breaches": None, "urges": 0, "supervisions": 0},
        {"unit": "b", "breaches": 5, "urges": 0, "supervisions": 0},
    ]
    assert [row["unit"] for row in bulletin_list(marks, hide_small=False)] == ["b", "a"]


def test_a_calendar_changes_deadlines_from_its_first_changed_day_on() -> None:
    text = shipped_text("calendar.toml").replace('version = "2026.1"', 'version = "2026.2"')
    same = read_calendar(text)
    assert first_change(shipped_calendar("*"), same) is None
    moved = read_calendar(text.replace("2026-10-10]", "2026-10-11]"))
    found = first_change(shipped_calendar("*"), moved)
    assert found is not None
    assert found.isoformat() == "2026-10-09T16:00:00+00:00"


def test_a_table_that_is_no_table_is_refused_with_its_line() -> None:
    found = new_calendar('version = "2"\nzone = \n', "*", shipped_calendar("*"), ())
    assert isinstance(found, Refusal)
    assert (found.code, found.line) == ("bad-table", 2)
