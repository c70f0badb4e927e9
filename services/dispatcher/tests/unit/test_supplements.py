"""What a caller adds reaches units only when it is known to accuse nobody (domain rules, section 7)."""

from typing import Any

import pytest

from contracts.events import appeal as ap
from contracts.events import work_order as wo
from contracts.words import Channel, UnitPart, Urgency
from dispatcher import shipped_tables
from dispatcher.domain.notices import notices
from dispatcher.domain.reactions import react
from dispatcher.domain.view import fold

WATER = "water-group"
HARSH = "你们单位的老王收了人家的钱"
DISPATCHED = wo.Dispatched(
    unit=WATER, round=1, part=UnitPart.LEAD, mode="FORWARD", urgency=Urgency.NORMAL, signed_by="o"
)
ADDED = ap.AppealSupplemented(text_masked="三号楼也停水", channel=Channel.PHONE)


def told_to_units(told: Any) -> list[dict[str, Any]]:
    return [dict(message.body) for message in notices(told.facts, shipped_tables.tables())]


def additions(told: Any) -> list[str]:
    return [body["text_masked"] for body in told_to_units(told) if body["type"] == "supplement"]


def test_an_addition_is_not_told_before_it_was_judged(told: Any) -> None:
    told.registered().classified().tell(DISPATCHED).supplemented("三号楼也停水")
    assert [] == additions(told)


def test_an_addition_that_accuses_nobody_is_told_once(told: Any) -> None:
    told.registered().classified().tell(DISPATCHED).supplemented("三号楼也停水").judged()
    assert ["三号楼也停水"] == additions(told)


def test_a_judgement_that_comes_before_its_addition_tells_it_when_it_comes(told: Any) -> None:
    told.registered().classified().tell(DISPATCHED).tell(ap.SupplementJudged(supplement="intake-2")).tell(ADDED)
    assert ["三号楼也停水"] == additions(told)


def test_an_addition_that_accuses_somebody_is_told_to_no_unit(told: Any) -> None:
    told.registered().classified().tell(DISPATCHED).supplemented(HARSH).judged("discipline")
    assert [] == additions(told)
    assert HARSH not in str(told_to_units(told))


@pytest.mark.parametrize("judged", [True, False])
def test_an_order_that_is_dispatched_later_holds_only_what_was_cleared(told: Any, judged: bool) -> None:
    told.registered("停水两天").classified().supplemented("三号楼也停水").judged().supplemented(HARSH)
    if judged:
        told.judged("discipline")
    told.tell(DISPATCHED)
    [assignment] = [body for body in told_to_units(told) if body["type"] == "assignment"]
    assert "停水两天\n三号楼也停水" == assignment["text_masked"]


def test_the_centre_reads_everything_and_units_what_was_cleared(told: Any) -> None:
    told.registered("停水两天").classified().supplemented(HARSH).judged("discipline", WATER)
    view = fold(told.facts)
    assert (f"停水两天\n{HARSH}", "停水两天") == (view.text, view.text_for_units)


def test_an_order_whose_unit_is_accused_by_an_addition_waits_to_be_signed_for_the_supervision_office(told: Any) -> None:
    told.registered().classified().tell(DISPATCHED).supplemented(HARSH).judged("discipline", WATER)
    decided = react(told.facts, shipped_tables.tables(), told.now).decisions
    assert [(wo.Recalled, WATER)] == [
        (type(one.event), one.event.unit) for one in decided if isinstance(one.event, wo.Recalled)
    ]
    awaited = [one.event for one in decided if isinstance(one.event, wo.AwaitingSignature)]
    assert ["supervision-office"] == [event.unit for event in awaited]
    assert not any(isinstance(one.event, wo.Signed | wo.Dispatched) for one in decided)


def test_an_accusation_in_an_addition_does_not_fade(told: Any) -> None:
    told.registered().classified().supplemented(HARSH).judged("retaliation", WATER).classified()
    view = fold(told.facts)
    assert (frozenset({WATER}), True) == (view.accused, view.retaliation)
