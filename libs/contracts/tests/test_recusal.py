"""Who takes no part in an appeal, whatever the order in which facts come."""

import random
from datetime import UTC, datetime

import pytest

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import work_order as wo
from contracts.recusal import recusals
from contracts.words import AppealType, Channel, Urgency

AT = datetime(2026, 3, 2, tzinfo=UTC)


def facts(*events: Event) -> list[Fact[Event]]:
    return [
        Fact(id=f"f{at}", source=event.SOURCE, subject="s", sequence=at, time=AT, data=event)
        for at, event in enumerate(events)
    ]


LIFE = facts(
    wo.Recused(person="li", by="duty"),
    wo.UnitsBarred(accused="police", units=("police",)),
    wo.Recused(person="wang", by="unit.police", of_unit="police"),
    ap.SupplementJudged(supplement="x", accusation="conduct", accused_unit="gas"),
    wo.RecusalLifted(person="li", by="duty"),
    wo.UnitsBarred(accused="police", units=("police", "security")),
    wo.Recused(person="zhao", by="duty"),
)


@pytest.mark.parametrize("seed", range(10))
def test_they_are_the_same_in_whatever_order_and_however_often_facts_come(seed: int) -> None:
    shuffled = [*LIFE, *LIFE[:3]]
    random.Random(seed).shuffle(shuffled)
    assert recusals(LIFE) == recusals(shuffled)


def test_a_lifted_recusal_binds_nobody_and_the_latest_directory_counts() -> None:
    told = recusals(LIFE)
    assert (False, True) == (told.bar("li", None), told.bar("zhao", None))
    assert {"police", "security", "gas"} == told.units
    assert (True, False) == (told.bar("sun", "security"), told.bar("sun", "water"))


def test_a_unit_s_word_binds_its_own_people_alone() -> None:
    said = facts(wo.Recused(person="duty", by="unit.water", of_unit="water"))
    told = recusals(said)
    assert (True, False, False) == (told.bar("duty", "water"), told.bar("duty", None), told.bar("duty", "gas"))


def test_whom_form_and_text_accuse_are_barred_from_the_first_word_on_however_the_form_writes_it() -> None:
    verdict = ap.AppealClassified(
        type=AppealType.COMPLAINT, topic="x", units=(), urgency=Urgency.NORMAL, hazard=False, emergency_lines=(),
        work_order_follows=True, accusation="conduct", accused_unit="gas", further_accused=("water",),
    )  # fmt: skip
    registered = ap.AppealRegistered(
        number="1",
        channel=Channel.PHONE,
        text_masked="x",
        area="410411",
        jurisdiction="410400",
        accused_unit=" Police ",
    )
    assert {"police", "gas", "water"} == recusals(facts(registered, verdict)).units
