"""What calls for supervision, and what lifts it."""

from datetime import UTC, datetime
from typing import Any

from contracts.decision import Decision
from contracts.events import appeal, ladder, revisit, work_order
from contracts.words import Channel, Outcome, Satisfaction, SupervisionKind, VisitMethod

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


def test_an_ignored_urge_brings_system_and_then_written_supervision(story: Any) -> None:
    handled(story)
    seen = only(story.watch("2026-03-03 11:00", "2026-04-01 09:00"), ladder.SupervisionOpened)
    assert [
        (beijing("2026-03-11 17:31"), SupervisionKind.SYSTEM, "urge_ignored"),
        (beijing("2026-03-13 17:31"), SupervisionKind.WRITTEN, "supervision_ignored"),
    ] == [(at, event.kind, event.trigger) for at, event in seen]


def test_an_answered_urge_brings_supervision_only_when_its_date_passes(story: Any) -> None:
    handled(story)
    story.watch("2026-03-03 11:00", "2026-03-10 09:00")
    urge = next(fact.data.urge for fact in story.facts if fact.type == "urge.issued")
    story.act("2026-03-10 10:00", work_order.UrgeAnswered, urge=urge, until=beijing("2026-03-16 12:00"))
    seen = only(story.watch("2026-03-10 10:00", "2026-03-17 09:00"), ladder.SupervisionOpened)
    assert [(beijing("2026-03-16 12:00"), "still_slow")] == [(at, event.trigger) for at, event in seen]


def test_an_approved_result_lifts_supervision(story: Any) -> None:
    handled(story)
    story.watch("2026-03-03 11:00", "2026-03-12 09:00")
    story.act("2026-03-12 10:00", work_order.Replied).act("2026-03-12 11:00", work_order.Approved)
    assert [name for name in names(story.decide("2026-03-12 11:00")) if "super" in name] == ["supervision.lifted"]


def test_three_repeats_on_different_days_bring_system_supervision(story: Any) -> None:
    handled(story)
    for day, hour in (("03", "09"), ("03", "15"), ("04", "09")):
        story.tell(
            f"2026-03-{day} {hour}:00", appeal.AppealSupplemented(text_masked="x", channel=Channel.PHONE, repeat=True)
        )
    assert "supervision.opened" not in names(story.decide("2026-03-04 10:00"))
    story.tell("2026-03-05 09:00", appeal.AppealSupplemented(text_masked="x", channel=Channel.PHONE, repeat=True))
    opened = [one.event for one in story.decide("2026-03-05 09:00") if isinstance(one.event, ladder.SupervisionOpened)]
    assert [(event.kind, event.trigger) for event in opened] == [(SupervisionKind.SYSTEM, "repeated")]


def test_a_result_sent_back_twice_shows_no_clear_opinion(story: Any) -> None:
    handled(story)
    for number in (1, 2):
        story.act("2026-03-04 09:00", work_order.Replied, number=number)
        story.act("2026-03-04 10:00", work_order.SentBack, number=number)
    opened = [one.event for one in story.decide("2026-03-04 10:00") if isinstance(one.event, ladder.SupervisionOpened)]
    assert [event.trigger for event in opened] == ["no_clear_opinion"]


def answered(story: Any, at: str, round: int, **values: Any) -> Any:
    says = {"satisfaction": Satisfaction.DISSATISFIED, "solved": False, "result_true": True, **values}
    event = revisit.RevisitAnswered(visit=f"v{round}", round=round, method=VisitMethod.PHONE, by="agent", **says)
    return story.tell(at, event)


def test_an_untrue_result_brings_written_supervision_that_outlives_the_appeal(story: Any) -> None:
    handled(story).act("2026-03-04 09:00", work_order.Replied).act("2026-03-04 10:00", work_order.Approved)
    answered(story, "2026-03-05 10:00", 1, result_true=False)
    story.decide("2026-03-05 10:00")
    story.tell("2026-03-05 11:00", appeal.AppealClosed(outcome=Outcome.UNRESOLVED_EXPLAINED))
    assert "supervision.lifted" not in names(story.decide("2026-03-05 11:00"))
    number = story.facts[0].data.number
    story.act("2026-03-06 10:00", work_order.SupervisionAnswered, supervision=f"DB{number}01")
    assert {"deadline.met", "supervision.lifted"} == set(names(story.decide("2026-03-06 10:00")))


def test_two_redo_rounds_and_still_not_satisfied_bring_written_supervision(story: Any) -> None:
    handled(story)
    for round_ in (1, 2, 3):
        day = 4 + round_ * 7
        if round_ > 1:
            order = revisit.RedoOrdered(unit="water-group", round=round_, number="CH", reasons=(), audited_by="a")
            story.tell(f"2026-03-{day:02d} 08:45", order).dispatch(f"2026-03-{day:02d} 08:46", round=round_)
            story.act(f"2026-03-{day:02d} 08:50", work_order.Received, round=round_)
        story.act(f"2026-03-{day:02d} 09:00", work_order.Replied, round=round_)
        story.act(f"2026-03-{day:02d} 10:00", work_order.Approved, round=round_)
        answered(story, f"2026-03-{day:02d} 11:00", round_)
        decided = story.decide(f"2026-03-{day:02d} 11:00")
        opened = [one.event.trigger for one in decided if isinstance(one.event, ladder.SupervisionOpened)]
        assert ["redo_exhausted"] * (round_ == 3) == opened


def test_an_instruction_not_carried_out_brings_written_supervision(story: Any) -> None:
    handled(story).tell("2026-03-03 12:00", work_order.Instructed(leader="mayor", text="t", unit="water-group"))
    seen = only(story.watch("2026-03-03 12:00", "2026-03-07 09:00"), ladder.SupervisionOpened)
    assert [event.trigger for _, event in seen] == ["leader_instruction", "instruction_not_carried_out"]


def test_what_a_person_opened_only_a_person_lifts(story: Any) -> None:
    handled(story).tell(
        "2026-03-04 10:00",
        ladder.SupervisionOpened(
            supervision="DBx01",
            kind=SupervisionKind.SPECIAL_TOPIC,
            unit="water-group",
            round=1,
            number=1,
            trigger="by_person",
            due=beijing("2026-03-11 17:30"),
        ),
    )
    story.act("2026-03-05 09:00", work_order.Replied).act("2026-03-05 10:00", work_order.Approved)
    assert "supervision.lifted" not in names(story.decide("2026-03-05 10:00"))
    assert (
        beijing("2026-03-11 17:30")
        == story.owed("2026-03-05 10:00")["supervision_special_topic/unit/water-group/1/1"].due
    )


def joined(story: Any, at: str, *callers: str | None) -> Any:
    for caller in callers:
        name = f"r{len(story.facts)}"
        story.tell(at, work_order.RepeatJoined(repeat=name, merge=1, caller_ref=caller, accepted=beijing(at)))
    return story


def test_five_distinct_callers_bring_system_and_ten_special_topic_supervision(story: Any) -> None:
    handled(story)
    joined(story, "2026-03-03 12:00", "a", "b", "c", "a", None, None)
    assert "supervision.opened" not in names(story.decide("2026-03-03 12:00"))
    joined(story, "2026-03-03 13:00", "d", "e")
    joined(story, "2026-03-03 14:00", "f", "g", "h", "i", "j")
    opened = only([(d.time, d) for d in story.decide("2026-03-03 14:00")], ladder.SupervisionOpened)
    assert [(event.kind, event.trigger) for _, event in opened] == [
        (SupervisionKind.SYSTEM, "repeated"),
        (SupervisionKind.SPECIAL_TOPIC, "crowd"),
    ]


def test_merged_repeats_on_three_days_count_like_repeated_calls(story: Any) -> None:
    handled(story)
    joined(story, "2026-03-03 12:00", "a", "a")
    story.tell("2026-03-04 12:00", appeal.AppealSupplemented(text_masked="x", channel=Channel.PHONE, repeat=True))
    joined(story, "2026-03-05 12:00", "a")
    opened = [one.event for one in story.decide("2026-03-05 12:00") if isinstance(one.event, ladder.SupervisionOpened)]
    assert [event.trigger for event in opened] == ["repeated"]


def test_a_repeat_that_left_is_counted_no_more_and_its_supervision_is_lifted(story: Any) -> None:
    handled(story)
    joined(story, "2026-03-03 12:00", "a", "b", "c", "d", "e")
    story.watch("2026-03-03 12:00", "2026-03-03 12:01")
    last = next(fact.data.repeat for fact in reversed(story.facts) if fact.type == "work_order.repeat_joined")
    story.tell("2026-03-03 13:00", work_order.RepeatLeft(repeat=last, merge=1))
    lifted = [one.event for one in story.decide("2026-03-03 13:00") if isinstance(one.event, ladder.SupervisionLifted)]
    assert [event.reason for event in lifted] == ["its ground is gone"]
