"""The view and the decisions do not depend on how the sources are interleaved, on duplicates, or on what is missing."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.domain.handover import raising
from classifier.domain.reactions import Snapshot, react
from classifier.domain.verdict import Context, Verdict
from classifier.domain.view import fold
from contracts.decision import Decision
from contracts.envelope import Fact, decision_id
from contracts.events import Event
from contracts.events.appeal import AppealRegistered, AppealSupplemented, AppealWithdrawn, UnitScore
from contracts.events.emergency import EmergencyAcknowledged, EmergencyDeclined, EmergencyLowered, EmergencyPaged
from contracts.events.triage import TriageDecided
from contracts.words import AppealType, Channel, Lane, Service, Urgency

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
SIGNS = {"火": "119", "伤": "120", "贼": "110"}


def judge(text: str, context: Context) -> Verdict:
    """A small pure opinion: signs name lines, a question mark makes it unsure."""
    lines = tuple(line for sign, line in SIGNS.items() if sign in text)
    return Verdict(
        type=AppealType.HELP,
        type_confidence=0.9,
        topic="t",
        topic_confidence=0.9,
        units=(UnitScore(unit="water-group", score=0.9),),
        exclusion=None,
        hazard=False,
        urgency=Urgency.NORMAL,
        emergency_lines=lines,
        work_order_follows=True,
        subject_unit=None,
        accused_unit=None,
        confidence=0.9,
        unsure=("type.low_confidence",) if "?" in text else (),
        dangerous=False,
    )


SNAPSHOT = Snapshot(judge=judge)
texts = st.text(alphabet="火伤贼水?", min_size=1, max_size=4)


@st.composite
def intake(draw: st.DrawFn) -> list[Fact[Event]]:
    """A registration, some supplements, perhaps a withdrawal."""
    data: list[Event] = [
        AppealRegistered(
            number="n1", jurisdiction="410400", area="410400", channel=Channel.PHONE, text_masked=draw(texts)
        )
    ]
    for text in draw(st.lists(texts, max_size=3)):
        suspects = ("119",) if draw(st.booleans()) else ()
        data.append(AppealSupplemented(text_masked=text, channel=Channel.PHONE, suspect_lines=suspects))
    if draw(st.booleans()):
        data.append(AppealWithdrawn())
    return [_fact(Service.INTAKE, place + 1, item, f"i{place}") for place, item in enumerate(data)]


@st.composite
def history(draw: st.DrawFn) -> list[Fact[Event]]:
    """Intake's facts with our own: what the rules decided, and what people and lines did then."""
    facts = _settle(draw(intake()))
    for case in fold("a1", facts).cases:
        deeds: list[Event] = [
            EmergencyPaged(line=case.line, reference=case.reference, page=2, target="line"),
            EmergencyDeclined(line=case.line, reference=case.reference, reason="r", by="b"),
            EmergencyAcknowledged(line=case.line, reference=case.reference, line_reference="x", by="b"),
            EmergencyLowered(line=case.line, reference=case.reference, reason="r", by="b"),
            TriageDecided(by="b", agreed_with_machine=True),
        ]
        for deed in draw(st.lists(st.sampled_from(deeds), max_size=3, unique_by=id)):
            own = sum(1 for fact in facts if fact.source is Service.CLASSIFIER)
            facts.append(_fact(Service.CLASSIFIER, own + 1, deed, f"o{own}"))
    return facts


def _fact(source: Service, sequence: int, data: Event, key: str) -> Fact[Event]:
    return Fact(
        id=key,
        source=source,
        subject="a1",
        sequence=sequence,
        time=NOW + timedelta(seconds=sequence),
        data=data,
        lane=Lane.ORDINARY,
    )


def _settle(arrivals: Sequence[Fact[Event]]) -> list[Fact[Event]]:
    """Let the facts arrive in this order, and the rules decide after each, as the store does."""
    facts: list[Fact[Event]] = []
    for arrival in arrivals:
        if arrival.id not in {fact.id for fact in facts}:
            facts.append(arrival)
        while news := [one for one in react(fold("a1", facts), SNAPSHOT, NOW).decisions if _id(one) not in _ids(facts)]:
            for one in news:
                own = sum(1 for fact in facts if fact.source is Service.CLASSIFIER)
                facts.append(_fact(Service.CLASSIFIER, own + 1, one.event, _id(one)))
    return facts


def _id(decision: Decision) -> str:
    return decision_id("a1", decision.event.NAME, decision.key)


def _ids(facts: Sequence[Fact[Event]]) -> set[str]:
    return {fact.id for fact in facts}


@settings(deadline=None, max_examples=150)
@given(history(), st.randoms(use_true_random=False), st.integers(0, 3))
def test_any_order_with_duplicates_and_missing_prefixes_gives_the_same_view(
    facts: list[Fact[Event]], chance: object, missing: int
) -> None:
    known = [fact for fact in facts if fact.sequence > missing]
    mixed = [*known, *known[::2]]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    expected, actual = fold("a1", known), fold("a1", mixed)
    assert expected == actual
    assert react(expected, SNAPSHOT, NOW) == react(actual, SNAPSHOT, NOW)


@settings(deadline=None, max_examples=150)
@given(intake(), st.randoms(use_true_random=False))
def test_whatever_order_facts_arrive_in_the_same_decisions_are_taken(facts: list[Fact[Event]], chance: object) -> None:
    mixed = [*facts, *facts[::2]]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert _ids(_settle(facts)) == _ids(_settle(mixed))


def test_two_lines_two_rounds_and_two_pages_have_ids_of_their_own() -> None:
    registered = _fact(
        Service.INTAKE,
        1,
        AppealRegistered(number="n1", jurisdiction="j", area="a", channel=Channel.PHONE, text_masked="火"),
        "i0",
    )
    view = fold("a1", [registered])
    both = raising(view, ("119", "120"), NOW, NOW)
    lowered = [
        _fact(Service.CLASSIFIER, 1, both[0].event, "r1"),
        _fact(Service.CLASSIFIER, 2, EmergencyLowered(line="119", reference="EMn1-119", reason="r", by="b"), "l1"),
    ]
    again = raising(fold("a1", [registered, *lowered]), ("119",), NOW + timedelta(hours=1), NOW)
    ids = [_id(one) for one in (*both, *again)]
    assert len(set(ids)) == 3
    assert [one.event.reference for one in (*both, *again)] == ["EMn1-119", "EMn1-120", "EMn1-119-2"]  # type: ignore[attr-defined]


def test_words_from_before_a_person_lowered_the_line_do_not_raise_it_again() -> None:
    facts = _settle(
        [
            _fact(
                Service.INTAKE,
                1,
                AppealRegistered(number="n1", jurisdiction="j", area="a", channel=Channel.PHONE, text_masked="火"),
                "i0",
            )
        ]
    )
    own = sum(1 for fact in facts if fact.source is Service.CLASSIFIER)
    lowering = EmergencyLowered(line="119", reference="EMn1-119", reason="r", by="b")
    facts.append(_fact(Service.CLASSIFIER, own + 1, lowering, "l"))
    view = fold("a1", facts)
    assert raising(view, ("119",), NOW, NOW) == ()
    assert react(view, SNAPSHOT, NOW).decisions == ()
