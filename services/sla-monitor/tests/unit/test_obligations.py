"""What starts, ends, holds and stops each clock."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.events import appeal, ladder, revisit, work_order
from contracts.words import (
    AppealType,
    Channel,
    DeadlineKind,
    Outcome,
    Satisfaction,
    SupervisionKind,
    UnitPart,
    Urgency,
    VisitMethod,
)
from sla_monitor.data import shipped_calendar, shipped_policies, shipped_text
from sla_monitor.domain.obligation import State
from sla_monitor.domain.obligations import obligations
from sla_monitor.domain.policy import Policies
from sla_monitor.domain.policy_table import read_policy

CITIZEN_CONTACT, CITIZEN_RESOLVE = "contact/citizen/-/1/1", "resolve/citizen/-/1/1"
RECEIPT, RETURN = "receipt/unit/water-group/1/1", "return/unit/water-group/1/1"
CONTACT, RESOLVE = "contact/unit/water-group/1/1", "resolve/unit/water-group/1/1"


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def test_the_citizen_clock_runs_from_acceptance_and_the_unit_clock_from_dispatch(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-04 09:00")
    owed = story.owed("2026-03-04 09:00")
    assert beijing("2026-03-05 17:30") == owed[CITIZEN_CONTACT].due
    assert beijing("2026-03-09 17:30") == owed[CITIZEN_RESOLVE].due
    assert beijing("2026-03-04 11:00") == owed[RECEIPT].due
    assert beijing("2026-03-09 17:30") == owed[CONTACT].due
    assert beijing("2026-03-11 17:30") == owed[RESOLVE].due
    assert {State.RUNNING} == {one.state for one in owed.values()}


def test_an_urgent_order_is_confirmed_within_two_hours_by_the_wall_clock(story: Any) -> None:
    story.begin("2026-03-02 20:00", urgency=Urgency.URGENT).dispatch("2026-03-02 20:00", urgency=Urgency.URGENT)
    assert beijing("2026-03-02 22:00") == story.owed("2026-03-02 20:00")[RECEIPT].due


def test_a_confirmed_receipt_on_the_last_minute_is_in_time_and_one_later_is_not(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    late = type(story)(list(story.facts)).act("2026-03-02 12:01", work_order.Received)
    story.act("2026-03-02 12:00", work_order.Received)
    assert State.MET is story.owed("2026-03-02 13:00")[RECEIPT].state
    assert State.BREACHED is late.owed("2026-03-02 13:00")[RECEIPT].state


def test_the_right_to_return_runs_from_receipt_and_lapses_without_a_breach(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-02 11:00", work_order.Received)
    assert beijing("2026-03-03 17:30") == story.owed("2026-03-02 11:00")[RETURN].due
    assert State.LAPSED is story.owed("2026-03-04 09:00")[RETURN].state


def test_an_order_deemed_received_can_still_be_returned_from_then_on(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-02 12:01", work_order.DeemedReceived)
    owed = story.owed("2026-03-02 13:00")
    assert beijing("2026-03-03 17:30") == owed[RETURN].due
    assert State.BREACHED is owed[RECEIPT].state


def test_a_designated_unit_has_no_right_to_return(story: Any) -> None:
    story.begin("2026-03-02 10:00").tell(
        "2026-03-02 10:00", work_order.Designated(unit="water-group", by="centre")
    ).dispatch("2026-03-02 10:01").act("2026-03-02 11:00", work_order.Received)
    assert RETURN not in story.owed("2026-03-02 12:00")


def test_a_contact_record_ends_contact_and_not_resolve(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-03 11:00", work_order.Contacted)
    owed = story.owed("2026-03-20 12:00")
    assert State.MET is owed[CONTACT].state
    assert State.MET is owed[CITIZEN_CONTACT].state
    assert beijing("2026-03-03 11:00") == owed[CONTACT].met_at
    assert State.BREACHED is owed[RESOLVE].state


def test_a_reply_waiting_for_review_holds_resolve_past_its_due_instant(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-09 17:00", work_order.Replied)
    owed = story.owed("2026-03-12 09:00")
    assert State.HELD is owed[RESOLVE].state
    assert State.HELD is owed[CITIZEN_RESOLVE].state


def test_a_reply_approved_late_ends_resolve_at_the_moment_it_was_given(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-09 17:00", work_order.Replied)
    story.act("2026-03-12 09:00", work_order.Approved)
    owed = story.owed("2026-03-12 09:00")
    assert State.MET is owed[RESOLVE].state
    assert beijing("2026-03-09 17:00") == owed[RESOLVE].met_at
    assert State.MET is owed[CITIZEN_RESOLVE].state


def test_a_reply_sent_back_never_stopped_the_clock(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-09 17:00", work_order.Replied)
    story.act("2026-03-12 09:00", work_order.SentBack)
    owed = story.owed("2026-03-12 09:00")
    assert State.BREACHED is owed[RESOLVE].state
    assert beijing("2026-03-09 17:30") == owed[RESOLVE].due


def test_a_returned_order_keeps_the_citizen_clock_running(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    before = story.owed("2026-03-02 10:00")
    story.act("2026-03-02 11:00", work_order.Received).act("2026-03-03 09:00", work_order.ReturnRequested)
    story.act("2026-03-03 15:00", work_order.ReturnDecided, accepted=True).dispatch("2026-03-03 15:00", "gas-company")
    after = story.owed("2026-03-03 15:00")
    for deadline in (CITIZEN_CONTACT, CITIZEN_RESOLVE):
        assert (before[deadline].started, before[deadline].due) == (after[deadline].started, after[deadline].due)
        assert State.RUNNING is after[deadline].state
    assert State.STOPPED is after[RESOLVE].state
    assert beijing("2026-03-10 17:30") == after["resolve/unit/gas-company/1/1"].due


def test_a_pending_return_holds_the_unit_clock_and_a_refused_one_never_did(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-02 11:00", work_order.Received)
    story.act("2026-03-03 09:00", work_order.ReturnRequested)
    assert State.HELD is story.owed("2026-03-20 09:00")[RESOLVE].state
    assert State.BREACHED is story.owed("2026-03-20 09:00")[CITIZEN_RESOLVE].state
    story.act("2026-03-20 09:00", work_order.ReturnDecided, accepted=False)
    assert State.BREACHED is story.owed("2026-03-20 09:00")[RESOLVE].state


def test_a_unit_that_gets_the_order_again_in_the_same_round_has_a_clock_of_its_own(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-02 11:00", work_order.Recalled)
    story.dispatch("2026-03-03 10:00")
    owed = story.owed("2026-03-03 10:00")
    assert State.STOPPED is owed[RESOLVE].state
    assert beijing("2026-03-10 17:30") == owed["resolve/unit/water-group/1/2"].due


def test_extensions_move_resolve_for_unit_and_citizen_at_most_twice_and_at_most_to_the_cap(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    expected = {1: ("2026-03-13 17:30", 4), 2: ("2026-03-23 17:30", 20), 3: ("2026-03-23 17:30", 3)}
    for number, (due, days) in expected.items():
        story.act("2026-03-05 10:00", work_order.ExtensionRequested, number=number, working_days=days)
        story.act("2026-03-05 11:00", work_order.ExtensionDecided, number=number, working_days=days, granted=True)
        owed = story.owed("2026-03-05 11:00")
        assert beijing(due) == owed[RESOLVE].due == owed[CITIZEN_RESOLVE].due
    assert beijing("2026-03-05 17:30") == owed[CONTACT].due


def test_an_extension_decided_after_the_due_instant_counts_as_refused(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    story.act("2026-03-09 17:31", work_order.ExtensionDecided, working_days=5, granted=True)
    assert beijing("2026-03-09 17:30") == story.owed("2026-03-09 18:00")[RESOLVE].due


def test_a_special_written_extension_has_a_cap_of_its_own(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    story.act("2026-03-03 10:00", work_order.ExtensionRequested, working_days=15, special=True, law="x")
    story.act("2026-03-03 11:00", work_order.ExtensionDecided, working_days=15, granted=True)
    assert beijing("2026-03-30 17:30") == story.owed("2026-03-03 11:00")[RESOLVE].due


def test_each_co_unit_has_its_own_clock_and_only_the_lead_ends_the_citizens(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    story.dispatch("2026-03-02 15:00", "gas-company", part=UnitPart.CO)
    story.act("2026-03-04 10:00", work_order.Replied, "gas-company")
    story.act("2026-03-04 11:00", work_order.Approved, "gas-company")
    owed = story.owed("2026-03-04 12:00")
    assert State.MET is owed["resolve/unit/gas-company/1/1"].state
    assert State.RUNNING is owed[RESOLVE].state
    assert State.RUNNING is owed[CITIZEN_RESOLVE].state
    assert not [name for name in owed if name.startswith("revisit")]


def test_the_visit_is_due_one_working_day_after_the_approved_result(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-05 10:00", work_order.Replied)
    story.act("2026-03-06 10:00", work_order.Approved)
    visit = story.owed("2026-03-06 10:00")["revisit/citizen/-/1/1"]
    assert beijing("2026-03-09 17:30") == visit.due
    story.tell(
        "2026-03-09 09:00",
        revisit.RevisitAttempted(visit="v", round=1, attempt=1, method=VisitMethod.PHONE, by="agent"),
    )
    assert State.MET is story.owed("2026-03-20 10:00")["revisit/citizen/-/1/1"].state


def test_a_redo_restarts_the_unit_clock_and_not_the_citizens(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-05 10:00", work_order.Replied)
    story.act("2026-03-05 11:00", work_order.Approved)
    before = story.owed("2026-03-10 10:00")[CITIZEN_RESOLVE]
    story.tell(
        "2026-03-10 10:00",
        revisit.RedoOrdered(unit="water-group", round=2, number="CH1", reasons=("dissatisfied",), audited_by="a"),
    ).dispatch("2026-03-10 10:05", round=2)
    owed = story.owed("2026-03-10 10:05")
    assert before == owed[CITIZEN_RESOLVE]
    assert beijing("2026-03-17 17:30") == owed["redo/unit/water-group/2/1"].due
    assert beijing("2026-03-10 14:05") <= owed["receipt/unit/water-group/2/1"].due
    assert "resolve/unit/water-group/2/1" not in owed


def test_an_answer_at_once_ends_both_citizen_clocks(story: Any) -> None:
    story.begin("2026-03-02 10:00", AppealType.INQUIRY).tell(
        "2026-03-02 10:01",
        work_order.AnsweredDirectly(public_text="p", knowledge_item="k", knowledge_version="1", by="machine"),
    )
    owed = story.owed("2026-04-02 10:00")
    assert [owed[CITIZEN_CONTACT].state, owed[CITIZEN_RESOLVE].state] == [State.MET, State.MET]
    assert beijing("2026-03-05 17:30") == owed[CITIZEN_RESOLVE].due


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(Outcome.HANDED_OVER, State.MET), (Outcome.MERGED, State.STOPPED), (Outcome.WITHDRAWN, State.STOPPED)],
)
def test_closing_gives_the_citizen_what_was_owed_unless_it_was_merged_or_withdrawn(
    story: Any, outcome: Outcome, state: State
) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    story.tell("2026-03-02 10:30", appeal.AppealClosed(outcome=outcome))
    owed = story.owed("2026-05-02 10:00")
    assert state is owed[CITIZEN_RESOLVE].state
    assert State.STOPPED is owed[RESOLVE].state


def test_a_merge_stops_the_unit_clocks_until_it_is_undone(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    story.tell("2026-03-03 10:00", work_order.Merged(parent="p", by="x"))
    assert State.STOPPED is story.owed("2026-03-04 10:00")[RESOLVE].state
    story.tell("2026-03-04 11:00", work_order.Unmerged(parent="p", by="x"))
    assert State.RUNNING is story.owed("2026-03-04 12:00")[RESOLVE].state


@pytest.mark.parametrize(
    ("given", "merged", "ended"),
    [
        ("2026-03-04 09:00", "2026-03-03 10:00", "2026-03-04 09:00"),
        ("2026-03-02 11:00", "2026-03-03 10:00", "2026-03-03 10:00"),
    ],
)
def test_the_main_orders_reply_gives_a_repeat_what_was_owed(story: Any, given: str, merged: str, ended: str) -> None:
    story.begin("2026-03-02 10:00").tell(merged, work_order.Merged(parent="p", by="x"))
    told = {"parent": "p", "merge": 1, "round": 1, "public_text": "p", "given": beijing(given), "unit": "water-group"}
    story.tell("2026-03-12 09:00", work_order.MainReplied(interim=True, **told))
    assert State.BREACHED is story.owed("2026-03-12 09:00")[CITIZEN_RESOLVE].state
    story.tell("2026-03-12 10:00", work_order.MainReplied(**told))
    owed = story.owed("2026-03-12 10:00")
    assert (State.MET, beijing(ended)) == (owed[CITIZEN_RESOLVE].state, owed[CITIZEN_RESOLVE].ended)
    assert beijing("2026-03-13 17:30") == owed["revisit/citizen/-/1/1"].due


def test_a_stricter_law_wins_and_a_longer_one_is_only_told(story: Any) -> None:
    law = (
        '[[statutory]]\nkind = "resolve"\ntopic = "water."\nlength = 2\nmeasure = "working_days"\nlaw_zh = "法"\n'
        'law_en = "law"\nsource = "x"\nsource_zh = "x"\n'
    )
    policies = Policies((read_policy(shipped_text("policy.toml") + law),))
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    strict = {
        one.deadline: one for one in obligations(story.facts, policies, shipped_calendar(), beijing("2026-03-02 10:00"))
    }
    assert beijing("2026-03-04 17:30") == strict[RESOLVE].due
    story.facts.clear()
    story.begin("2026-03-02 10:00", topic="market.fraud").dispatch("2026-03-02 10:00")
    longer = story.owed("2026-03-02 10:00")[RESOLVE]
    assert beijing("2026-03-09 17:30") == longer.due
    assert longer.term.longer is not None


def test_an_instruction_runs_to_the_leaders_date(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    story.tell(
        "2026-03-03 10:00",
        work_order.Instructed(leader="mayor", text="t", unit="water-group", due=beijing("2026-03-12 12:00")),
    )
    opened = [one.event for one in story.decide("2026-03-03 10:00") if isinstance(one.event, ladder.SupervisionOpened)]
    assert [event.kind for event in opened] == [SupervisionKind.INSTRUCTION]
    assert (
        beijing("2026-03-12 12:00")
        == story.owed("2026-03-03 10:00")["supervision_instruction/unit/water-group/1/1"].due
    )


def test_a_clock_keeps_the_policy_it_started_under_unless_the_new_one_applies_to_open(story: Any) -> None:
    text = shipped_text("policy.toml")
    newer = text.replace('version = "2026.1"', 'version = "2026.2"').replace("2018-01-01T", "2026-03-04T")
    newer = newer.replace("length = 5\n", "length = 8\n")
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    found = {}
    for applies in ("false", "true"):
        policies = Policies(
            (read_policy(text), read_policy(newer.replace("applies_to_open = false", f"applies_to_open = {applies}")))
        )
        for now in ("2026-03-03 10:00", "2026-03-05 10:00"):
            owed = obligations(story.facts, policies, shipped_calendar(), beijing(now))
            one = next(one for one in owed if one.kind is DeadlineKind.RESOLVE)
            found[applies, now] = (one.policy_version, one.due)
    old, new = ("2026.1", beijing("2026-03-09 17:30")), ("2026.2", beijing("2026-03-12 17:30"))
    assert [old, old, old, new] == list(found.values())


def test_facts_of_a_dispatch_that_has_not_arrived_start_no_clock(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-02 11:00", work_order.Received)
    story.facts = [fact for fact in story.facts if fact.type != "work_order.dispatched"]
    assert {CITIZEN_CONTACT, CITIZEN_RESOLVE} == set(story.owed("2026-03-02 12:00"))


def test_an_appeal_without_any_known_fact_owes_nothing() -> None:
    assert obligations([], shipped_policies(), shipped_calendar(), beijing("2026-03-02 12:00")) == ()


def test_repeats_from_any_channel_do_not_move_a_clock(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00")
    before = story.owed("2026-03-03 10:00")
    story.tell("2026-03-03 09:00", appeal.AppealSupplemented(text_masked="x", channel=Channel.SMS, repeat=True))
    assert before == story.owed("2026-03-03 10:00")


def test_satisfied_callers_end_nothing_twice(story: Any) -> None:
    story.begin("2026-03-02 10:00").dispatch("2026-03-02 10:00").act("2026-03-05 10:00", work_order.Replied)
    story.act("2026-03-05 11:00", work_order.Approved)
    for at in ("2026-03-06 09:00", "2026-03-06 10:00"):
        story.tell(
            at,
            revisit.RevisitAnswered(
                visit="v",
                round=1,
                method=VisitMethod.PHONE,
                satisfaction=Satisfaction.SATISFIED,
                solved=True,
                result_true=True,
                by="agent",
            ),
        )
    assert beijing("2026-03-06 09:00") == story.owed("2026-03-07 09:00")["revisit/citizen/-/1/1"].met_at
