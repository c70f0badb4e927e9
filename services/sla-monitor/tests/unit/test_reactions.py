"""What is announced, urged and supervised, when, and only once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from contracts.decision import Decision
from contracts.events import appeal, deadline, ladder, work_order
from contracts.words import AppealType, DeadlineKind, Outcome
from sla_monitor.data import shipped_calendar, shipped_policies, shipped_text
from sla_monitor.domain.calendar_table import read_calendar
from sla_monitor.domain.reactions import react

RESOLVE, CONTACT = "resolve/unit/water-group/1/1", "contact/unit/water-group/1/1"
RECEIPT = "receipt/unit/water-group/1/1"
START = "2026-03-02 10:00"
RESOLVE_DUE, CONTACT_DUE = "2026-03-09 17:30", "2026-03-05 17:30"


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def names(decisions: list[Decision]) -> list[str]:
    return [decision.event.NAME for decision in decisions]


def only(seen: list[tuple[datetime, Decision]], event: type) -> list[tuple[datetime, Any]]:
    return [(at, decision.event) for at, decision in seen if isinstance(decision.event, event)]


def handled(story: Any) -> Any:
    """Confirmed and contacted in time, nothing else."""
    story.begin(START).dispatch(START).act("2026-03-02 11:00", work_order.Received)
    return story.act("2026-03-03 11:00", work_order.Contacted)


def test_every_clock_is_announced_once_with_an_explanation(story: Any) -> None:
    story.begin(START).dispatch(START)
    first = story.decide(START)
    assert names(first) == ["deadline.set"] * 5
    assert all(len(decision.event.steps) >= 4 for decision in first)
    assert story.decide(START) == []


def test_a_date_waits_a_minute_for_the_classification_and_not_longer(story: Any) -> None:
    story.begin(START)
    classified = story.facts.pop()
    assert story.decide(START) == []
    reaction = react(story.facts, shipped_policies(), shipped_calendar(), beijing(START))
    assert beijing("2026-03-02 10:01") == reaction.next_wake
    assert names(story.decide("2026-03-02 10:01")) == ["deadline.set"] * 2
    story.facts.append(classified)
    assert story.decide("2026-03-02 10:02") == []


def test_a_breach_is_decided_a_minute_after_the_due_instant_and_bears_the_due_instant(story: Any) -> None:
    story.begin(START).dispatch(START)
    seen = only(story.watch(START, "2026-03-02 18:00"), deadline.DeadlineBreached)
    assert [(beijing("2026-03-02 12:01"), RECEIPT)] == [(at, event.deadline) for at, event in seen]
    breach = next(fact for fact in story.facts if fact.type == "deadline.breached")
    assert beijing("2026-03-02 12:00") == breach.time


def test_receipt_is_not_urged(story: Any) -> None:
    story.begin(START).dispatch(START)
    assert only(story.watch(START, "2026-03-04 09:00"), ladder.UrgeIssued) == []


def test_warnings_come_at_three_quarters_and_one_working_day_before(story: Any) -> None:
    handled(story)
    seen = only(story.watch("2026-03-03 11:00", "2026-03-09 12:00"), deadline.DeadlineWarned)
    resolve = [(at, event.warning) for at, event in seen if event.deadline == RESOLVE]
    # 5.5 h on Monday and five days of 7 h are 40.5 h; three quarters, 30.375 h, end 3.875 h into Friday
    assert [(beijing("2026-03-06 14:22:30"), 1), (beijing("2026-03-06 17:30"), 2)] == resolve


def test_a_missed_deadline_is_urged_with_a_number_and_two_working_days(story: Any) -> None:
    handled(story)
    seen = only(story.watch("2026-03-03 11:00", "2026-03-10 09:00"), ladder.UrgeIssued)
    number = story.facts[0].data.number
    assert [(beijing("2026-03-09 17:31"), f"CB{number}01", RESOLVE)] == [(at, e.urge, e.deadline) for at, e in seen]
    assert beijing("2026-03-11 17:30") == seen[0][1].reply_due
    assert beijing("2026-03-11 17:30") == story.owed("2026-03-10 09:00")["urge_reply/unit/water-group/1/1"].due


def test_two_units_late_on_the_same_order_are_urged_separately(story: Any) -> None:
    handled(story).dispatch(START, "gas-company").act("2026-03-02 11:00", work_order.Received, "gas-company")
    story.act("2026-03-03 11:00", work_order.Contacted, "gas-company")
    seen = only(story.watch("2026-03-03 11:00", "2026-03-10 09:00"), ladder.UrgeIssued)
    assert {("water-group", 1), ("gas-company", 2)} == {(event.unit, event.number) for _, event in seen}


def test_a_reply_waiting_for_review_is_neither_breached_nor_urged(story: Any) -> None:
    handled(story).act("2026-03-09 17:00", work_order.Replied)
    seen = story.watch("2026-03-09 17:00", "2026-04-01 09:00")
    assert only(seen, deadline.DeadlineBreached) == []
    assert only(seen, ladder.UrgeIssued) == []


def test_sending_back_breaches_at_the_due_instant_and_urges_at_once(story: Any) -> None:
    handled(story).act("2026-03-09 17:00", work_order.Replied)
    story.watch("2026-03-09 17:00", "2026-03-11 09:00")
    story.act("2026-03-11 10:00", work_order.SentBack)
    decisions = story.decide("2026-03-11 10:00")
    breached = [decision.time for decision in decisions if decision.event.NAME == "deadline.breached"]
    assert [beijing(RESOLVE_DUE)] * 2 == breached
    assert "urge.issued" in names(decisions)


def test_an_explained_delay_holds_the_urge_back_and_not_the_breach(story: Any) -> None:
    handled(story).act("2026-03-09 10:00", work_order.DelayExplained, until=beijing("2026-03-13 12:00"))
    seen = story.watch("2026-03-09 10:00", "2026-03-20 09:00")
    assert RESOLVE in {event.deadline for _, event in only(seen, deadline.DeadlineBreached)}
    assert [beijing("2026-03-13 12:00")] == [at for at, _ in only(seen, ladder.UrgeIssued)]


def test_a_fact_that_comes_late_clears_the_breach_and_withdraws_the_urge(story: Any) -> None:
    story.begin(START).dispatch(START).act("2026-03-02 11:00", work_order.Received)
    story.watch("2026-03-02 11:00", "2026-03-06 09:00")
    assert story.act("2026-03-05 17:00", work_order.Contacted)
    decided = names(story.decide("2026-03-06 09:30"))
    assert decided.count("deadline.cleared") == 2
    assert decided.count("deadline.met") == 2
    assert decided.count("urge.withdrawn") == 1
    assert story.decide("2026-03-06 09:30") == []


def test_a_late_result_found_out_late_withdraws_the_urge_and_keeps_the_breach(story: Any) -> None:
    handled(story)
    story.watch("2026-03-03 11:00", "2026-03-10 09:00")
    story.act("2026-03-09 17:30:30", work_order.Replied).act("2026-03-10 08:00", work_order.Approved)
    decided = names(story.decide("2026-03-10 09:00"))
    assert "urge.withdrawn" in decided
    assert "deadline.cleared" not in decided


def test_an_extension_is_announced_as_a_recomputation(story: Any) -> None:
    handled(story)
    story.decide("2026-03-03 11:00")
    story.act("2026-03-04 10:00", work_order.ExtensionDecided, working_days=2, granted=True)
    moved = [one.event for one in story.decide("2026-03-04 10:00")]
    assert {RESOLVE, "resolve/citizen/-/1/1"} == {event.deadline for event in moved}
    assert {"extended by 2 working days"} == {event.why for event in moved}
    assert {beijing("2026-03-11 17:30")} == {event.due for event in moved}


def test_two_extensions_are_two_decisions(story: Any) -> None:
    handled(story)
    story.decide("2026-03-03 11:00")
    for number in (1, 2):
        story.act("2026-03-04 10:00", work_order.ExtensionDecided, number=number, working_days=2, granted=True)
        story.decide("2026-03-04 10:00")
    ids = [fact.id for fact in story.facts if fact.type == "deadline.recomputed"]
    assert len(set(ids)) == 4


def test_a_result_s_deadline_tells_how_many_working_days_extensions_may_add_and_no_other_does(story: Any) -> None:
    handled(story)
    told = {one.event.kind: one.event for one in story.decide(START) if isinstance(one.event, deadline.DeadlineSet)}
    # S2: five working days; together at most twice the base period.
    resolve = told.pop(DeadlineKind.RESOLVE)
    assert (resolve.extension_cap, resolve.special_extension_cap) == (10, 60)
    assert {(other.extension_cap, other.special_extension_cap) for other in told.values()} == {(None, None)}
    for number in (1, 2):
        story.act(f"2026-03-04 1{number}:00", work_order.ExtensionRequested, number=number, working_days=7, reason="r")
        story.act(
            f"2026-03-04 1{number}:30", work_order.ExtensionDecided, number=number, granted=True, working_days=7, by="o"
        )
    moved = only(story.watch("2026-03-04 10:00", "2026-03-04 15:00"), deadline.DeadlineRecomputed)
    assert {(event.why, event.extension_cap) for _, event in moved} == {("extended by 10 working days", 10)}


def test_a_new_calendar_moves_open_deadlines_and_says_why(story: Any) -> None:
    story.begin("2026-12-30 10:00").dispatch("2026-12-30 10:00")
    story.decide("2026-12-30 10:00")
    notice = (
        '\n[[notice]]\nyear = 2027\nsource = "made up for this test"\nholidays = [\n'
        '  { from = 2027-01-01, to = 2027-01-05, zh = "元旦", en = "New Year" },\n]\nmakeup_days = []\n\n[decree]'
    )
    text = shipped_text("calendar.toml").replace("\n[decree]", notice, 1).replace('"2026.1"', '"2027.1"')
    calendar = read_calendar(text)
    moved = react(story.facts, shipped_policies(), calendar, beijing("2026-12-30 11:00")).decisions
    resolve = next(one.event for one in moved if getattr(one.event, "deadline", "") == RESOLVE)
    assert isinstance(resolve, deadline.DeadlineRecomputed)
    expected = (beijing("2027-01-07 17:30"), beijing("2027-01-11 17:30"), "calendar 2027.1", False)
    assert expected == (resolve.previous, resolve.due, resolve.why, resolve.provisional)


def test_nothing_is_urged_before_the_number_is_known_and_all_of_it_after(story: Any) -> None:
    handled(story)
    registered = story.facts.pop(0)
    story.watch("2026-03-03 11:00", "2026-03-10 09:00")
    assert "urge.issued" not in {fact.type for fact in story.facts}
    story.facts.append(registered)
    assert "urge.issued" in names(story.decide("2026-03-10 09:00"))


def test_downtime_over_a_breach_brings_one_urge_and_no_stale_warning(story: Any) -> None:
    handled(story)
    decided = names(story.decide("2026-03-20 09:00"))
    assert decided.count("urge.issued") == 1
    assert "deadline.warned" not in decided
    assert "supervision.opened" not in decided


def test_a_closed_appeal_wakes_nobody(story: Any) -> None:
    story.begin(START, AppealType.INQUIRY).tell(
        START, work_order.AnsweredDirectly(public_text="p", knowledge_item="k", knowledge_version="1", by="machine")
    )
    story.tell(START, appeal.AppealClosed(outcome=Outcome.ANSWERED)).decide(START)
    reaction = react(story.facts, shipped_policies(), shipped_calendar(), beijing(START) + timedelta(minutes=1))
    assert (reaction.decisions, reaction.next_wake) == ((), None)
