"""The view may not depend on the order across sources (rule 3a), and decisions settle to the same."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.envelope import Fact
from contracts.events import Event, ladder
from contracts.events import appeal as ap
from contracts.events import deadline as dl
from contracts.events import revisit as rv
from contracts.events import work_order as wo
from contracts.words import Clock, DeadlineKind, Outcome, UnitPart, Urgency
from dispatcher import shipped_tables
from dispatcher.domain.reactions import react
from dispatcher.domain.sign_off import SignOff
from dispatcher.domain.view import fold

UNIT = {"unit": "water-group", "round": 1}


def full_life(told: Any) -> list[Fact[Event]]:
    """An appeal with nearly everything that can happen."""
    told.registered().classified()
    told.decide(react(told.facts, with_sign_off(told), told.now).decisions)
    due = told.now + timedelta(days=5)
    clock = {"kind": DeadlineKind.RESOLVE, "clock": Clock.UNIT, "number": 1, **UNIT}
    versions = {"provisional": False, "policy_version": "1", "calendar_version": "1", "steps": ()}
    for event in (
        dl.DeadlineSet(deadline="d", due=due, **clock, **versions),
        wo.Received(by="u", **UNIT),
        wo.Contacted(by="u", method="phone", result="r", **UNIT),
        ap.AppealSupplemented(text_masked="还没来水", channel=told.facts[0].data.channel, repeat=True),
        ap.SupplementJudged(supplement="intake-2"),
        wo.ExtensionRequested(number=1, working_days=2, reason="r", by="u", **UNIT),
        wo.ExtensionDecided(number=1, granted=True, working_days=2, by="o", **UNIT),
        dl.DeadlineRecomputed(
            deadline="d", previous=due, due=due + timedelta(days=2), why="extension", **clock, **versions
        ),
        dl.DeadlineBreached(deadline="d", due=due, **clock),
        ladder.UrgeIssued(urge="CB", number=1, kind=DeadlineKind.RESOLVE, deadline="d", reply_due=due, **UNIT),
        wo.UrgeAnswered(urge="CB", text="t", by="u", **UNIT),
        wo.Replied(number=1, public_text="p", signer="s", by="u", **UNIT),
        dl.DeadlineCleared(deadline="d", reason="late", **clock),
        wo.Approved(number=1, by="r", **UNIT),
        wo.RepeatJoined(repeat="c1", merge=1, caller_ref="anna"),
        wo.RepeatLeft(repeat="c1", merge=1),
        wo.RepeatJoined(repeat="c1", merge=2, caller_ref="anna"),
        wo.Merged(parent="p1", by="o"),
        wo.MainReplied(parent="p1", merge=1, round=1, public_text="p", given=due),
        wo.MainClosed(parent="p1", merge=1, outcome=Outcome.RESOLVED, closed_at=due),
        wo.Unmerged(parent="p1", by="o"),
        rv.RedoOrdered(unit="water-group", round=2, number="CH", reasons=("x",), audited_by="a"),
        wo.Dispatched(
            unit="water-group", part=UnitPart.LEAD, round=2, mode="FORWARD", urgency=Urgency.NORMAL, signed_by="a"
        ),
        ap.AppealClosed(outcome=Outcome.RESOLVED),
    ):
        told.tell(event)
    facts: list[Fact[Event]] = told.facts
    return facts


def with_sign_off(told: Any) -> Any:
    """The shipped tables and a signature for everything."""
    standing = SignOff(
        name="all", by="o", topics=("*",), confidence=0, valid_from=told.now, valid_until=told.now + timedelta(days=99)
    )
    return replace(shipped_tables.tables(), sign_offs=(standing,))


def interleaved(facts: list[Fact[Event]], chance: random.Random) -> list[Fact[Event]]:
    """The same facts with sources interleaved at random, everything shuffled, and some twice."""
    mixed = [*facts, *chance.sample(facts, len(facts) // 2)]
    chance.shuffle(mixed)
    return mixed


@pytest.mark.parametrize("seed", range(40))
def test_the_view_is_the_same_however_sources_interleave_and_facts_repeat(told: Any, seed: int) -> None:
    facts = full_life(told)
    chance = random.Random(seed)
    assert fold(facts) == fold(interleaved(facts, chance))
    # Beginnings that have not come yet: still one view for one set of facts.
    later = [fact for fact in facts if fact.sequence > chance.randint(0, 3)]
    assert fold(later) == fold(interleaved(later, chance))


@pytest.mark.parametrize("seed", range(30))
def test_the_dispatcher_decides_the_same_in_whatever_order_the_facts_of_others_arrive(told: Any, seed: int) -> None:
    told.registered().classified(accused_unit="traffic-police" if seed % 3 == 0 else None)
    told.tell(
        dl.DeadlineBreached(
            deadline="d", kind=DeadlineKind.RECEIPT, clock=Clock.UNIT, number=1, due=told.now,
            unit="supervision-office" if seed % 3 == 0 else "water-group", round=1,
        )
    )  # fmt: skip
    if seed % 2:
        told.tell(ap.AppealWithdrawn(reason="x"))
    tables = with_sign_off(told)
    expected = settled(told.facts, tables, told.now, type(told))
    shuffled = [*told.facts]
    random.Random(seed).shuffle(shuffled)
    assert expected == settled(shuffled, tables, told.now, type(told))


def settled(facts: list[Fact[Event]], tables: Any, now: Any, made: Any) -> list[tuple[str, str | None]]:
    """What stands of the dispatcher's decisions when facts arrive one by one: a recalled dispatch cancels out."""
    told = made()
    for fact in facts:
        told.facts.append(fact)
        while told.decide(react(told.facts, tables, now).decisions):
            continue
    own = [(fact.type, getattr(fact.data, "unit", None)) for fact in told.facts if fact.type.startswith("work_order")]
    gone = [unit for name, unit in own if name == "work_order.recalled"]
    standing = [(name, unit) for name, unit in own if unit not in gone]
    return sorted(standing, key=str)


def test_notices_only_ever_grow_and_keep_their_numbers(told: Any) -> None:
    facts = full_life(told)
    tables = with_sign_off(told)
    before: list[Any] = []
    for count in range(1, len(facts) + 1):
        sent = [(m.key, m.body["work_order_seq"]) for m in react(facts[:count], tables, told.now).messages]
        assert sent[: len(before)] == before
        before = sent
    assert [number for _, number in before] == list(range(1, len(before) + 1))
