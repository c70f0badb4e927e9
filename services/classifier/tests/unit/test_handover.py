"""Who may take, decline and lower a hand-over, and who is told."""

from datetime import UTC, datetime, timedelta

from classifier.domain import handover
from classifier.domain.refusal import Refusal
from classifier.domain.view import View, fold
from contracts.decision import Decision
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.appeal import AppealRegistered
from contracts.words import Channel, Service

T = datetime(2026, 3, 2, 1, tzinfo=UTC)
POLICE, FIRE = "EMn1-110", "EMn1-119"
KEY = ("command", "u", "1")


def _view(*events: Event) -> View:
    registered = AppealRegistered(
        number="n1", jurisdiction="j", area="a", channel=Channel.PHONE, text_masked="起火,有人打架"
    )
    facts = [_fact(Service.INTAKE, 1, registered)]
    raised = handover.raising(fold("a1", facts), ("119", "110"), T, T)
    own = (*(one.event for one in raised), *events)
    facts += [_fact(Service.CLASSIFIER, place + 1, event) for place, event in enumerate(own)]
    return fold("a1", facts)


def _fact(source: Service, sequence: int, data: Event) -> Fact[Event]:
    return Fact(id=f"{source}{sequence}", source=source, subject="a1", sequence=sequence, time=T, data=data)


def _event(result: tuple[Decision, ...] | Refusal) -> Event:
    assert not isinstance(result, Refusal)
    return result[0].event


def _decline(view: View, line: str, reference: str) -> tuple[Decision, ...] | Refusal:
    return handover.decline(view, reference=reference, line=line, reason="不属本线", by=f"line.{line}", now=T, key=KEY)


def _take(view: View, line: str, reference: str, number: str = "X1") -> tuple[Decision, ...] | Refusal:
    return handover.acknowledge(
        view, reference=reference, line=line, line_reference=number, by=f"line.{line}", now=T, key=KEY
    )


def test_when_one_line_declines_the_others_are_offered_the_case_and_the_first_taker_has_it() -> None:
    declined = _event(_decline(_view(), "119", FIRE))
    view = _view(declined)
    offers = [message for message in handover.messages(view) if message.body["type"] == "offer"]
    assert [(offer.routing_key, offer.body["reference"]) for offer in offers] == [("emergency.110", FIRE)]
    taken = _event(_take(view, "110", FIRE))
    after = _view(declined, taken)
    assert _take(after, "119", FIRE) == handover.TAKEN
    assert handover.take(after, reference=FIRE, line_reference="d", by="duty", now=T, key=KEY) == handover.TAKEN
    case = after.case(FIRE)
    assert case is not None
    assert not case.open


def test_when_both_decline_the_duty_officer_is_paged_for_both_and_can_take_them() -> None:
    first = _event(_decline(_view(), "119", FIRE))
    view = _view(first, _event(_decline(_view(first), "110", POLICE)))
    pages = [(one.event.line, one.event.target) for one in handover.paging(view, T)]  # type: ignore[attr-defined]
    assert pages == [("119", "duty_officer"), ("110", "duty_officer")]
    taken = handover.take(view, reference=FIRE, line_reference="d", by="duty", now=T, key=KEY)
    assert not isinstance(taken, Refusal)


def test_a_line_that_declined_may_still_take_the_case_while_nobody_has() -> None:
    view = _view(_event(_decline(_view(), "119", FIRE)))
    assert not isinstance(_take(view, "119", FIRE), Refusal)
    assert _decline(view, "119", FIRE) == handover.DECLINED


def test_a_line_cannot_take_a_case_of_another_line_that_has_not_declined() -> None:
    assert _take(_view(), "110", FIRE) == handover.NOT_YOURS
    assert _decline(_view(), "110", FIRE) == handover.NOT_YOURS
    assert _take(_view(), "119", "EMother") == handover.UNKNOWN


def test_the_same_acknowledgement_again_is_accepted_and_changes_nothing() -> None:
    view = _view(_event(_take(_view(), "119", FIRE)))
    assert _take(view, "119", FIRE) == ()
    assert _take(view, "119", FIRE, "X2") == handover.TAKEN


def test_what_a_line_has_taken_is_not_ours_to_lower() -> None:
    view = _view(_event(_take(_view(), "119", FIRE)))
    assert handover.lower(view, reference=FIRE, reason="r", by="duty", now=T, key=KEY) == handover.TAKEN


def test_pages_come_30_s_apart_and_none_after_an_answer() -> None:
    view = _view()
    assert handover.next_wake(view) == T + timedelta(seconds=30)
    assert handover.paging(view, T + timedelta(seconds=29)) == ()
    assert len(handover.paging(view, T + timedelta(seconds=30))) == 2
    taken = _view(_event(_take(_view(), "119", FIRE)), _event(_take(_view(), "110", POLICE)))
    assert handover.next_wake(taken) is None


def test_a_hand_over_does_not_wait_for_the_registration() -> None:
    view = fold("a1", [])
    (decision,) = handover.raising(view, ("119",), T, T)
    known = fold("a1", [_fact(Service.CLASSIFIER, 1, decision.event)])
    (message,) = handover.messages(known)
    assert (message.body["reference"], message.body["number"]) == ("EMa1-119", None)
