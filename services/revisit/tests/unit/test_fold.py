"""The fold and the decisions do not depend on the order in which facts came, nor on how often."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from contracts.decision import Decision
from contracts.envelope import Fact, decision_id
from contracts.events import Event
from contracts.events.appeal import (
    AppealClassified,
    AppealGuided,
    AppealRegistered,
    AppealSupplemented,
    AppealWithdrawn,
)
from contracts.events.emergency import EmergencyAcknowledged, EmergencyDeclined, EmergencyRaised
from contracts.events.revisit import RevisitScheduled
from contracts.events.work_order import (
    Approved,
    Dispatched,
    MainClosed,
    MainReplied,
    Merged,
    Received,
    Replied,
    SentBack,
    Unmerged,
)
from contracts.words import (
    AppealType,
    AssignmentMode,
    Channel,
    Exclusion,
    Outcome,
    Satisfaction,
    Service,
    UnitPart,
    Urgency,
    VisitMethod,
)
from revisit.domain.audit import REDO_ROUNDS, Finding, audit
from revisit.domain.reactions import RevisitRules
from revisit.domain.record_answer import Said, record_answer
from revisit.domain.refusal import Refusal
from revisit.domain.view import View, fold

T0 = datetime.fromisoformat("2026-03-02T01:00:00+00:00")
LATE = T0 + timedelta(days=60)
RULES = RevisitRules()
History = list[Fact[Event]]


@dataclass
class Teller:
    """Numbers the facts of each source."""

    facts: History

    def say(self, source: Service, data: Event, hours: float = 0) -> None:
        sequence = 1 + sum(known.source is source for known in self.facts)
        identity = decision_id("a1", data.NAME, (source, str(sequence)))
        at = T0 + timedelta(hours=hours)
        self.facts.append(Fact(id=identity, source=source, subject="a1", sequence=sequence, time=at, data=data))


def born(teller: Teller, anonymous: bool = False) -> None:
    event = AppealRegistered(
        number="41", jurisdiction="x", area="410400", channel=Channel.PHONE, text_masked="t", anonymous=anonymous
    )
    teller.say(Service.INTAKE, event)


def verdict(lines: tuple[str, ...] = (), follows: bool = True) -> AppealClassified:
    return AppealClassified(
        type=AppealType.HELP,
        topic="water.supply",
        units=(),
        urgency=Urgency.NORMAL,
        hazard=False,
        emergency_lines=lines,
        work_order_follows=follows,
    )


def order(unit: str, part: UnitPart) -> Dispatched:
    return Dispatched(unit=unit, part=part, round=1, mode=AssignmentMode.JOINT, urgency=Urgency.NORMAL, signed_by="x")


def reply(unit: str, number: int = 1) -> Replied:
    return Replied(unit=unit, round=1, number=number, public_text="r", signer="s", by="b")


def joint_handling() -> History:
    teller = Teller([])
    born(teller)
    teller.say(Service.INTAKE, AppealSupplemented(text_masked="more", channel=Channel.PHONE))
    teller.say(Service.CLASSIFIER, verdict())
    for event in (
        order("lead", UnitPart.LEAD),
        order("helper", UnitPart.CO),
        Received(unit="lead", round=1, by="b"),
        Merged(parent="a0", by="x"),
        Unmerged(parent="a0", by="x"),
        reply("helper"),
        Approved(unit="helper", round=1, number=1, by="r"),
        reply("lead"),
        SentBack(unit="lead", round=1, number=1, by="r", reasons=()),
        reply("lead", 2),
        Approved(unit="lead", round=1, number=2, by="r"),
    ):
        teller.say(Service.DISPATCHER, event, 5)
    return teller.facts


def withdrawn_after_the_result() -> History:
    history = joint_handling()
    Teller(history).say(Service.INTAKE, AppealWithdrawn(), 9)
    return history


def withdrawn_before_the_result() -> History:
    history = joint_handling()
    Teller(history).say(Service.INTAKE, AppealWithdrawn(), 2)
    return history


def two_lines() -> History:
    teller = Teller([])
    born(teller, anonymous=True)
    for line in ("119", "120"):
        teller.say(Service.CLASSIFIER, EmergencyRaised(line=line, reference=line, primary=True))
    teller.say(Service.CLASSIFIER, verdict(("119", "120"), follows=False), 0.001)
    teller.say(Service.CLASSIFIER, EmergencyDeclined(line="120", reference="120", reason="x", by="y"), 0.002)
    for line in ("119", "120"):
        event = EmergencyAcknowledged(line=line, reference=line, line_reference="7", by="z")
        teller.say(Service.CLASSIFIER, event, 0.01)
    return teller.facts


def guided() -> History:
    teller = Teller([])
    born(teller)
    event = AppealGuided(exclusion=Exclusion.LEGAL_CHANNEL, right_channel="court", signed_by="x")
    teller.say(Service.CLASSIFIER, event, 1)
    return teller.facts


def told_by_main(teller: Teller, same_caller: bool) -> None:
    """Merged, let go, merged again; then the main order's word, result and end."""
    told = {"parent": "a0", "round": 1, "given": T0, "unit": "lead", "same_caller": same_caller}
    for event in (
        order("helper", UnitPart.LEAD),
        Merged(parent="a9", by="x"),
        Unmerged(parent="a9", by="x"),
        Merged(parent="a0", by="x"),
        MainReplied(merge=2, public_text="soon", interim=True, **told),
        MainReplied(merge=2, public_text="done", **told),
        MainClosed(parent="a0", merge=2, outcome=Outcome.UNRESOLVED_EXPLAINED, closed_at=T0 + timedelta(hours=7)),
    ):
        teller.say(Service.DISPATCHER, event, 5)


def repeat_of_the_same_caller() -> History:
    teller = Teller([])
    born(teller)
    teller.say(Service.CLASSIFIER, verdict())
    told_by_main(teller, same_caller=True)
    return teller.facts


def repeat_of_another_caller() -> History:
    teller = Teller([])
    born(teller, anonymous=True)
    teller.say(Service.CLASSIFIER, verdict())
    told_by_main(teller, same_caller=False)
    return teller.facts


HISTORIES = [
    joint_handling,
    withdrawn_after_the_result,
    withdrawn_before_the_result,
    two_lines,
    guided,
    repeat_of_the_same_caller,
    repeat_of_another_caller,
]


def recorded(facts: History, decisions: tuple[Decision, ...]) -> bool:
    """Append what is new, as the chassis does; whether anything was."""
    news = False
    for decision in decisions:
        identity = decision_id("a1", decision.event.NAME, decision.key)
        if identity in {known.id for known in facts}:
            continue
        sequence = 1 + sum(known.source is Service.REVISIT for known in facts)
        facts.append(
            Fact(
                id=identity,
                source=Service.REVISIT,
                subject="a1",
                sequence=sequence,
                time=decision.time,
                data=decision.event,
            )
        )
        news = True
    return news


def settle(facts: History, now: datetime) -> None:
    while recorded(facts, RULES.react(facts, now).decisions):
        pass


def arrive(order_of_arrival: History, now: datetime = LATE) -> History:
    """Let facts come one by one, the rules looking after each. Decisions that wait for time see ``now``."""
    facts: History = []
    for fact in order_of_arrival:
        if fact.id not in {known.id for known in facts}:
            facts.append(fact)
            settle(facts, T0)
    settle(facts, now)
    return facts


def decided(facts: History) -> set[tuple[str, Event]]:
    return {(fact.id, fact.data) for fact in facts if fact.source is Service.REVISIT}


@pytest.mark.parametrize("history", HISTORIES)
def test_the_view_is_the_same_whatever_order_the_fold_sees(history: object) -> None:
    whole = arrive(history())  # type: ignore[operator]
    expected = fold("a1", whole)
    chance = random.Random(1)
    for _ in range(100):
        mixed = whole + chance.choices(whole, k=4)
        chance.shuffle(mixed)
        assert fold("a1", mixed) == expected


@pytest.mark.parametrize("history", HISTORIES)
def test_the_decisions_are_the_same_whatever_order_the_facts_came_in(history: object) -> None:
    facts = history()  # type: ignore[operator]
    expected = decided(arrive(facts))
    chance = random.Random(2)
    for _ in range(100):
        mixed = facts + chance.choices(facts, k=3)
        chance.shuffle(mixed)
        assert decided(arrive(mixed)) == expected


@pytest.mark.parametrize("history", HISTORIES)
def test_no_missing_prefix_of_any_source_breaks_the_fold(history: object) -> None:
    whole = arrive(history())  # type: ignore[operator]
    chance = random.Random(3)
    for _ in range(100):
        from_ = {source: chance.randrange(1, 6) for source in Service}
        part = [fact for fact in whole if fact.sequence >= from_[fact.source]]
        assert isinstance(fold("a1", part), View)


@pytest.mark.parametrize("history", HISTORIES)
def test_every_history_is_closed_exactly_once(history: object) -> None:
    whole = arrive(history())  # type: ignore[operator]
    # Nobody answers the joint one: it waits for the centre's tries.
    ends = 0 if history is joint_handling else 1
    assert [fact.type for fact in whole].count("appeal.closed") == ends


def test_a_co_units_part_is_no_result_of_the_whole() -> None:
    whole = arrive(joint_handling())
    visits = [fact.data for fact in whole if isinstance(fact.data, RevisitScheduled)]
    assert [(visit.round, visit.method) for visit in visits] == [(1, VisitMethod.PHONE)]
    visit = fold("a1", whole).visit
    assert visit is not None
    assert visit.unit == "lead"


def test_a_repeat_of_the_main_orders_caller_ends_as_that_one_did_without_a_second_visit() -> None:
    whole = fold("a1", arrive(repeat_of_the_same_caller()))
    assert whole.visits == ()
    assert whole.closed is not None
    assert (whole.closed.outcome, whole.closed.satisfaction) == (Outcome.UNRESOLVED_EXPLAINED, None)
    assert whole.closed.closed_at == T0 + timedelta(hours=7)


def test_another_caller_is_asked_about_the_main_orders_result_and_that_ends_the_repeat() -> None:
    early = fold("a1", arrive(repeat_of_another_caller(), now=T0))
    assert [(visit.round, visit.unit) for visit in early.visits] == [(1, "lead")]
    assert early.handling.results[0].public_text == "done"
    assert early.closed is None
    late = fold("a1", arrive(repeat_of_another_caller()))
    assert late.closed is not None
    assert late.closed.outcome is Outcome.UNREACHED


def test_a_result_waits_for_the_facts_before_it() -> None:
    facts = joint_handling()
    without = [fact for fact in facts if not (fact.source is Service.DISPATCHER and fact.sequence == 3)]
    assert [fact.type for fact in arrive(without) if fact.source is Service.REVISIT] == []


@pytest.mark.parametrize(
    ("satisfaction", "solved", "true", "outcome"),
    [
        (Satisfaction.SATISFIED, True, True, Outcome.RESOLVED),
        (Satisfaction.BASICALLY_SATISFIED, True, True, Outcome.RESOLVED),
        (Satisfaction.SATISFIED, False, True, Outcome.UNRESOLVED_EXPLAINED),
        (Satisfaction.DISSATISFIED, True, True, None),
        (Satisfaction.SATISFIED, True, False, None),
    ],
)
def test_what_an_answer_leads_to(satisfaction: Satisfaction, solved: bool, true: bool, outcome: Outcome | None) -> None:
    facts = arrive(joint_handling())
    visit = fold("a1", facts).visits[0].visit
    said = Said(method=VisitMethod.PHONE, satisfaction=satisfaction, solved=solved, result_true=true)
    answer = record_answer(fold("a1", facts), visit, said, "me", LATE, ("command", "me", "1"))
    assert not isinstance(answer, Refusal)
    recorded(facts, answer)
    settle(facts, LATE)
    closed = fold("a1", facts).closed
    assert (closed.outcome if closed else None) is outcome


def test_an_audit_without_a_reason_orders_no_redo_and_the_rounds_are_two() -> None:
    facts = arrive(joint_handling())
    visit = fold("a1", facts).visits[0].visit
    said = Said(method=VisitMethod.PHONE, satisfaction=Satisfaction.DISSATISFIED, solved=False, result_true=True)
    answer = record_answer(fold("a1", facts), visit, said, "me", LATE, ("command", "me", "1"))
    assert not isinstance(answer, Refusal)
    recorded(facts, answer)
    refused = audit(fold("a1", facts), visit, Finding(unit_responsible=True, reasons=()), "r", LATE, ("x",))
    assert isinstance(refused, Refusal)
    assert refused.code == "reason-missing"
    assert REDO_ROUNDS == 2
