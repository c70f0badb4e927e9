"""What the board lists of an appeal."""

from typing import Any

from contracts.events import appeal as ap
from contracts.events import work_order as wo
from contracts.words import Outcome
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.domain.row import row


def listed(story: Any) -> dict[str, Any]:
    return row(story.facts, shipped_policies(), shipped_calendar())


def clocks(found: dict[str, Any], name: str = "open") -> dict[str, str]:
    return {one["deadline"]: one["state"] for one in found[name]}


def test_running_clocks_are_listed_and_the_right_to_return_is_not(story: Any) -> None:
    story.begin("2026-03-02 09:00").dispatch("2026-03-02 09:00").act("2026-03-02 10:00", wo.Received)
    story.decide("2026-03-02 10:00")
    found = listed(story)
    assert clocks(found) == {
        "contact/citizen/-/1/1": "running",
        "resolve/citizen/-/1/1": "running",
        "contact/unit/water-group/1/1": "running",
        "resolve/unit/water-group/1/1": "running",
    }
    assert found["due"] == found["open"][0]["due"]
    assert found["until"] == found["open"][-1]["due"]


def test_an_accepted_return_stops_the_units_clocks_without_a_word_of_the_monitor(story: Any) -> None:
    story.begin("2026-03-02 09:00").dispatch("2026-03-02 09:00").act("2026-03-02 10:00", wo.Received)
    story.decide("2026-03-02 10:00")
    story.act("2026-03-02 11:00", wo.ReturnRequested, proposed_unit=None)
    assert set(clocks(listed(story)).values()) == {"running", "held"}
    story.act("2026-03-02 15:00", wo.ReturnDecided, accepted=True)
    assert set(clocks(listed(story))) == {"contact/citizen/-/1/1", "resolve/citizen/-/1/1"}


def test_a_result_that_came_late_is_missed_but_no_longer_overdue(story: Any) -> None:
    story.begin("2026-03-02 09:00").dispatch("2026-03-02 09:00")
    story.watch("2026-03-02 09:00", "2026-03-02 12:00")
    before = listed(story)
    assert [(one["deadline"], one["overdue"]) for one in before["missed"]] == [("receipt/unit/water-group/1/1", True)]
    assert before["overdue"] is True
    story.act("2026-03-02 14:30", wo.Received)
    after = listed(story)
    assert [(one["deadline"], one["overdue"]) for one in after["missed"]] == [("receipt/unit/water-group/1/1", False)]
    assert "overdue" not in after
    assert [mark["what"] for mark in after["marks"]] == ["breach"]


def test_a_withdrawn_appeal_has_nothing_open(story: Any) -> None:
    story.begin("2026-03-02 09:00").dispatch("2026-03-02 09:00")
    story.decide("2026-03-02 09:00")
    story.tell("2026-03-02 09:30", ap.AppealClosed(outcome=Outcome.WITHDRAWN))
    found = listed(story)
    assert (found["open"], found["closed"]) == ([], True)
    assert not {"due", "until", "overdue", "urged", "supervised"} & found.keys()
