"""Whatever happens in whatever order: the same deadlines, each decided once, and no clock moved that must not move."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.events import appeal, revisit, work_order
from contracts.words import AppealType, Channel, DeadlineKind, Outcome, Satisfaction, Service, VisitMethod
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.domain.case import case_of
from sla_monitor.domain.obligation import Obligation, State
from sla_monitor.domain.obligations import obligations, obligations_of
from sla_monitor.domain.reactions import react

CALENDAR, POLICIES = shipped_calendar(), shipped_policies()
START = datetime(2026, 2, 12, 2, 0, tzinfo=UTC)
UNITS = ("water-group", "gas-company")

Act = Callable[[Any, datetime, str, int], None]


def _unit(event: type[Any], **values: Any) -> Act:
    return lambda story, at, unit, round_: story.act(at, event, unit, round_, **values)


def _visited(happy: bool, true: bool) -> Act:
    def act(story: Any, at: datetime, unit: str, round_: int) -> None:
        says = Satisfaction.SATISFIED if happy else Satisfaction.DISSATISFIED
        event = revisit.RevisitAnswered(
            visit="v",
            round=round_,
            method=VisitMethod.PHONE,
            satisfaction=says,
            solved=happy,
            result_true=true,
            by="a",
        )
        story.tell(at, event)

    return act


def _delay(story: Any, at: datetime, unit: str, round_: int) -> None:
    story.act(at, work_order.DelayExplained, unit, round_, until=at + timedelta(days=9))


def _instruct(story: Any, at: datetime, unit: str, round_: int) -> None:
    story.tell(at, work_order.Instructed(leader="l", text="t", unit=unit))


def _redo(story: Any, at: datetime, unit: str, round_: int) -> None:
    if not any(fact.type == "redo.ordered" for fact in story.facts):
        story.tell(at, revisit.RedoOrdered(unit=unit, round=2, number="CH", reasons=(), audited_by="a"))


def _repeat(story: Any, at: datetime, unit: str, round_: int) -> None:
    story.tell(at, appeal.AppealSupplemented(text_masked="x", channel=Channel.SMS, repeat=True))


def _crowd(story: Any, at: datetime, unit: str, round_: int) -> None:
    for nth in range(5):
        name = f"{at.isoformat()}-{nth}"
        story.tell(at, work_order.RepeatJoined(repeat=name, merge=1, caller_ref=name, accepted=at))


def _part(story: Any, at: datetime, unit: str, round_: int) -> None:
    joined = [fact.data.repeat for fact in story.facts if isinstance(fact.data, work_order.RepeatJoined)]
    for name in joined[:2]:
        story.tell(at, work_order.RepeatLeft(repeat=name, merge=1))


def _told(story: Any, at: datetime, unit: str, round_: int) -> None:
    given = at - timedelta(hours=1)
    event = work_order.MainReplied(parent="p", merge=1, round=round_, public_text="p", given=given, unit=unit)
    story.tell(at, work_order.Merged(parent="p", by="x")).tell(at, event)


def _unmerge(story: Any, at: datetime, unit: str, round_: int) -> None:
    story.tell(at, work_order.Unmerged(parent="p", by="x"))


ACTS: dict[str, Act] = {
    "dispatch": lambda story, at, unit, round_: story.dispatch(at, unit, round_),
    "receive": _unit(work_order.Received),
    "deem": _unit(work_order.DeemedReceived),
    "contact": _unit(work_order.Contacted),
    "reply": _unit(work_order.Replied),
    "approve": _unit(work_order.Approved),
    "send back": _unit(work_order.SentBack),
    "ask return": _unit(work_order.ReturnRequested),
    "accept return": _unit(work_order.ReturnDecided, accepted=True),
    "refuse return": _unit(work_order.ReturnDecided, accepted=False),
    "extend": _unit(work_order.ExtensionDecided, granted=True, working_days=3),
    "recall": _unit(work_order.Recalled),
    "explain": _delay,
    "instruct": _instruct,
    "redo": _redo,
    "repeat": _repeat,
    "crowd": _crowd,
    "part": _part,
    "told by main": _told,
    "unmerge": _unmerge,
    "happy": _visited(True, True),
    "unhappy": _visited(False, True),
    "untrue": _visited(True, False),
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(ACTS)),
        st.integers(0, 3 * 24 * 60),
        st.sampled_from(UNITS),
        st.sampled_from((1, 1, 1, 2)),
    ),
    max_size=12,
)


def told(new_story: Callable[[], Any], steps: list[tuple[str, int, str, int]], *, close: bool = False) -> Any:
    """A story with those steps, minutes apart. It may be as absurd as it likes."""
    story = new_story().begin(START, AppealType.COMPLAINT).dispatch(START, "water-group")
    at = START
    for name, minutes, unit, round_ in steps:
        at += timedelta(minutes=minutes)
        ACTS[name](story, at, unit, round_)
    if close:
        story.tell(at, appeal.AppealClosed(outcome=Outcome.RESOLVED))
    return story


def last(story: Any) -> datetime:
    return max(fact.time for fact in story.facts)


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(STEPS, st.randoms(use_true_random=False), st.integers(0, 30))
def test_order_and_duplicates_of_facts_do_not_matter(
    new_story: Callable[[], Any], steps: list[Any], chance: Any, days: int
) -> None:
    story = told(new_story, steps)
    now = last(story) + timedelta(days=days)
    shuffled = [*story.facts, *chance.sample(story.facts, len(story.facts) // 2)]
    chance.shuffle(shuffled)
    expected = obligations(story.facts, POLICIES, CALENDAR, now)
    assert expected == obligations(shuffled, POLICIES, CALENDAR, now)
    assert react(story.facts, POLICIES, CALENDAR, now) == react(shuffled, POLICIES, CALENDAR, now)


@quick
@given(STEPS, st.integers(0, 40), st.booleans())
def test_looking_twice_decides_nothing_new_and_every_decision_has_its_own_id(
    new_story: Callable[[], Any], steps: list[Any], days: int, close: bool
) -> None:
    story = told(new_story, steps, close=close)
    now = last(story) + timedelta(days=days)
    story.decide(now)
    assert [] == story.decide(now)
    assert len(story.facts) == len({fact.id for fact in story.facts})


def standing(story: Any, now: datetime) -> dict[str, set[Any]]:
    """What is left once compensated pairs are taken out: outcomes per deadline, urges and supervisions that stand."""
    case = case_of(story.facts)
    owed: tuple[Obligation, ...] = obligations_of(case, POLICIES, CALENDAR, now)
    alive = {one.deadline: one for one in owed if one.state is not State.STOPPED and _own(one)}
    entries = case.ledger.entries
    return {
        # The date of a deadline that was met is history: an extension that comes after it changes nothing.
        "due": {(name, entries[name].due) for name in alive if name in entries and not entries[name].met},
        "met": {name for name in alive if name in entries and entries[name].met},
        "breached": {name for name in alive if name in entries and entries[name].breached},
        "urged": {one.event.deadline for one in case.ledger.urges.values() if one.withdrawn is None},
        "supervised": {
            (one.event.kind, one.event.unit, one.event.round, one.event.trigger)
            for one in case.ledger.supervisions.values()
            if one.lifted is None
        },
    }


def _own(one: Obligation) -> bool:
    # Urges and supervisions are numbered as they come; they are compared by what they stand for.
    return one.kind is not DeadlineKind.URGE_REPLY and not one.kind.startswith("supervision")


@quick
@given(STEPS, st.randoms(use_true_random=False), st.integers(0, 20))
def test_decisions_net_of_compensations_do_not_depend_on_which_source_comes_first(
    new_story: Callable[[], Any], steps: list[Any], chance: Any, days: int
) -> None:
    whole = told(new_story, steps)
    now = last(whole) + timedelta(days=days)
    queues = {source: [fact for fact in whole.facts if fact.source is source] for source in Service}
    piecemeal = new_story()
    while any(queues.values()):
        source = chance.choice([source for source, waiting in queues.items() if waiting])
        piecemeal.facts.append(queues[source].pop(0))
        piecemeal.decide(now)
    whole.decide(now)
    assert standing(whole, now) == standing(piecemeal, now)


@quick
@given(STEPS, st.integers(1, 40))
def test_the_monitor_is_always_woken_in_time(new_story: Callable[[], Any], steps: list[Any], days: int) -> None:
    """Nothing is decided between two wake-ups: a look at any instant before the next one finds nothing to do."""
    story = told(new_story, steps)
    now, end = last(story), last(story) + timedelta(days=days)
    while now <= end:
        reaction = react(story.facts, POLICIES, CALENDAR, now)
        story.keep(reaction.decisions)
        if reaction.next_wake is None:
            break
        assert reaction.next_wake > now
        for share in (0.5, 1):
            between = now + (reaction.next_wake - now) * share - timedelta(seconds=1)
            if between > now:
                assert () == react(story.facts, POLICIES, CALENDAR, between).decisions
        now = reaction.next_wake
    assert () == react(story.facts, POLICIES, CALENDAR, min(now, end)).decisions or now > end


@quick
@given(STEPS)
def test_a_return_and_a_new_dispatch_never_move_the_citizen_clock(
    new_story: Callable[[], Any], steps: list[Any]
) -> None:
    moving = ("extend",)
    story = told(new_story, [step for step in steps if step[0] not in moving])
    now = last(story)
    owed = {one.deadline: one for one in obligations(story.facts, POLICIES, CALENDAR, now)}
    for name, days in (("contact/citizen/-/1/1", 3), ("resolve/citizen/-/1/1", 5)):
        assert (START, CALENDAR.add_working_days(START, days)) == (owed[name].started, owed[name].due)


@quick
@given(STEPS, st.integers(0, 20 * 24 * 60), st.integers(1, 30))
def test_an_extension_never_makes_anything_due_earlier(
    new_story: Callable[[], Any], steps: list[Any], minutes: int, days: int
) -> None:
    story = told(new_story, steps)
    now = last(story) + timedelta(days=60)
    before = {one.deadline: one.due for one in obligations(story.facts, POLICIES, CALENDAR, now)}
    at = START + timedelta(minutes=minutes)
    story.act(at, work_order.ExtensionDecided, number=9, granted=True, working_days=days)
    after = {one.deadline: one.due for one in obligations(story.facts, POLICIES, CALENDAR, now)}
    assert all(due <= after[name] for name, due in before.items())


@quick
@given(STEPS, st.integers(0, 12))
def test_a_missing_beginning_breaks_nothing(new_story: Callable[[], Any], steps: list[Any], lost: int) -> None:
    story = told(new_story, steps)
    now = last(story) + timedelta(days=30)
    story.facts = story.facts[lost:]
    if story.facts:
        story.decide(now)
        assert [] == story.decide(now)
