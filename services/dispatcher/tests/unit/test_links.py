"""Two orders and the merge between them: whenever what is carried over, both end up saying the same."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.envelope import Fact, decision_id
from contracts.events import Event
from contracts.events import appeal as ap
from contracts.events import work_order as wo
from contracts.words import AssignmentMode, Outcome, UnitPart, Urgency
from dispatcher import shipped_tables
from dispatcher.domain.link import merge, unmerge
from dispatcher.domain.refusal import Refusal
from dispatcher.domain.relay_words import join, leave, relay
from dispatcher.domain.view import View, fold

UNIT = {"unit": "water-group", "round": 1}
TABLES = shipped_tables.tables()


class Two:
    """A main order ``p`` and a repeat ``c``; ``carry`` does any part of what the use case does."""

    def __init__(self, made: Any, main_caller: str | None = None, repeat_caller: str | None = None) -> None:
        self.main, self.repeat = made(), made()
        self.main.registered(caller_ref=main_caller).classified()
        self.repeat.registered(caller_ref=repeat_caller).classified()
        self.main.tell(
            wo.Dispatched(
                part=UnitPart.LEAD, mode=AssignmentMode.FORWARD, urgency=Urgency.NORMAL, signed_by="o", **UNIT
            )
        )
        self.words = 0

    def views(self) -> tuple[View, View]:
        return fold(self.main.facts), fold(self.repeat.facts)

    def merge(self) -> None:
        main, repeat = self.views()
        self._all(self.repeat, merge(repeat, main, TABLES, "officer", "p", "same"))

    def unmerge(self) -> None:
        self._all(self.repeat, unmerge(self.views()[1], TABLES, "officer", "other"))

    def word(self) -> None:
        self.words += 1
        self.main.tell(wo.InterimReplied(public_text=f"word {self.words}", by="u", **UNIT))

    def result(self) -> None:
        self.main.tell(wo.Replied(number=1, public_text="done", signer="s", by="u", **UNIT))
        self.main.tell(wo.Approved(number=1, by="r", **UNIT))

    def close(self, outcome: Outcome = Outcome.RESOLVED) -> None:
        self.main.tell(ap.AppealClosed(outcome=outcome))

    def tell_main(self) -> None:
        links = self.views()[1].handling.links
        for nth in range(1, links.merges + 1):
            stands = links.merged is not None and nth == links.merges
            now = self.repeat.now
            self.main.decide((join("c", self.views()[1], now) if stands else leave("c", nth, now),))

    def tell_repeat(self) -> None:
        main, repeat = self.views()
        self.repeat.decide(relay(repeat, "p", main, self.main.now))

    def carry(self) -> None:
        for _ in range(2):
            self.tell_main()
            self.tell_repeat()

    def _all(self, told: Any, verdict: tuple[Event, ...] | Refusal) -> None:
        if not isinstance(verdict, Refusal):
            for event in verdict:
                told.tell(event)


def heard(two: Two) -> list[tuple[str, bool]]:
    """What the repeat's caller was told since the last merge."""
    merge_ = two.views()[1].handling.links.merges
    words = [fact.data for fact in two.repeat.facts if isinstance(fact.data, wo.MainReplied)]
    return sorted((word.public_text, word.interim) for word in words if word.merge == merge_)


@pytest.mark.parametrize("seed", range(200))
def test_both_orders_agree_whenever_a_merge_is_carried_over(told: Any, seed: int) -> None:
    chance = random.Random(seed)
    two = Two(type(told))
    acts = [two.merge, two.unmerge, two.merge, two.word, two.word, two.tell_main, two.tell_repeat]
    for act in chance.choices(acts, k=12):
        act()
    if chance.random() < 0.5:
        two.result()
        chance.choice(acts)()
        if chance.random() < 0.5:
            two.close()
    two.carry()
    main, repeat = two.views()
    merged = repeat.handling.merged_into is not None
    assert list(main.handling.links.joined) == ["c"] * merged
    if merged:
        assert main.handling.links.joined["c"].merge == repeat.handling.links.merges
        assert heard(two) == sorted((word.text, word.interim) for word in main.handling.links.words)
    elif repeat.handling.links.merges:
        assert repeat.handling.awaiting is not None
    before = (len(two.main.facts), len(two.repeat.facts))
    two.carry()
    assert (len(two.main.facts), len(two.repeat.facts)) == before


@pytest.mark.parametrize(
    ("main", "repeat", "same"), [("anna", "anna", True), ("anna", "berta", False), (None, None, False)]
)
def test_one_person_is_the_same_caller_and_nameless_ones_never_are(
    told: Any, main: str | None, repeat: str | None, same: bool
) -> None:
    two = Two(type(told), main, repeat)
    two.merge()
    two.result()
    two.carry()
    (word,) = (fact.data for fact in two.repeat.facts if isinstance(fact.data, wo.MainReplied))
    assert word.same_caller is same


def test_a_merge_is_undone_until_the_caller_has_the_result(told: Any) -> None:
    two = Two(type(told))
    two.merge()
    two.word()
    two.carry()
    assert not isinstance(unmerge(two.views()[1], TABLES, "o", ""), Refusal)
    two.result()
    two.carry()
    refused = unmerge(two.views()[1], TABLES, "o", "")
    assert isinstance(refused, Refusal)
    assert refused.code == "main_replied"


def test_a_main_order_that_went_elsewhere_itself_lets_its_repeats_go(told: Any) -> None:
    two = Two(type(told))
    two.merge()
    two.main.tell(wo.Merged(parent="q", by="o"))
    two.carry()
    main, repeat = two.views()
    assert (repeat.handling.merged_into, list(main.handling.links.joined)) == (None, [])
    assert repeat.handling.awaiting is not None


def test_what_the_main_order_said_before_its_redo_is_told_to_nobody_who_comes_after(told: Any) -> None:
    two = Two(type(told))
    two.result()
    two.main.tell(
        wo.Dispatched(
            unit="water-group", part=UnitPart.LEAD, round=2, mode=AssignmentMode.FORWARD, urgency=Urgency.NORMAL,
            signed_by="a",
        )
    )  # fmt: skip
    two.merge()
    two.carry()
    assert heard(two) == []


def test_a_repeat_joining_an_undecided_order_leaves_it_to_be_decided(told: Any) -> None:
    made = type(told)()
    made.registered().tell(wo.RepeatJoined(repeat="c", merge=1))
    assert not fold(made.facts).handling.begun


def test_every_merge_and_its_undoing_has_an_id_of_its_own(told: Any) -> None:
    two = Two(type(told))
    ids: list[str] = []
    for _ in range(2):
        two.merge()
        decision = join("c", two.views()[1], two.repeat.now)
        ids.append(decision_id("p", decision.event.NAME, decision.key))
        two.unmerge()
        gone = leave("c", two.views()[1].handling.links.merges, two.repeat.now)
        ids.append(decision_id("p", gone.event.NAME, gone.key))
    later = replace(gone, time=gone.time + timedelta(days=1))
    assert decision_id("p", later.event.NAME, later.key) == ids[-1]
    assert len(set(ids)) == 4


def test_a_confidential_repeat_shows_the_unit_no_words(told: Any) -> None:
    made = type(told)()
    made.registered("我举报邻居", confidential=True).classified().tell(wo.Merged(parent="p", by="o"))
    facts: list[Fact[Event]] = made.facts
    joined = join("c", fold(facts), made.now).event
    assert isinstance(joined, wo.RepeatJoined)
    assert joined.text_masked == ""
