"""The view is the same however sources interleave, whatever comes twice, and whatever prefix is missing."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.envelope import Fact
from contracts.events import appeal as a
from contracts.events import work_order as w
from contracts.words import Channel, Service
from intake.domain.timeline import timeline
from intake.domain.view import fold

from ..facts import Teller

FILE = a.AttachmentRef(attachment_id="f1", media_type="image/png", size=1)


def life() -> list[Fact[Any]]:
    """A long life with every compensated pair that intake reads."""
    tell = Teller("subject")
    return [
        tell.registered(missing=("place",)),
        tell.classified(),
        tell.raised("119"),
        tell.promised(),
        tell.fact(a.AppealSupplemented(text_masked="见照片", channel=Channel.PHONE, attachments=(FILE,))),
        tell.fact(a.SupplementJudged(supplement="intake-2")),
        tell.dispatched("lamps"),
        tell.fact(w.Recalled(unit="lamps", round=1, reason="wrong")),
        tell.dispatched("water"),
        tell.fact(w.ReturnDecided(unit="water", round=1, number=1, accepted=True, by="duty")),
        tell.dispatched("lamps"),
        tell.replied(1),
        tell.fact(w.SentBack(unit="lamps", round=1, number=1, by="reviewer", reasons=("thin",))),
        tell.breached(),
        tell.cleared(),
        tell.replied(2, "修好了"),
        tell.approved(2),
        tell.fact(w.Merged(parent="p", by="duty")),
        tell.fact(w.Unmerged(parent="p", by="duty")),
        tell.scheduled(),
        tell.closed(),
    ]


@given(st.data())
def test_any_interleaving_with_duplicates_gives_the_same_view(data: st.DataObject) -> None:
    facts = life()
    shuffled = data.draw(st.permutations(facts + data.draw(st.lists(st.sampled_from(facts)))))

    assert fold(facts) == fold(shuffled)
    assert timeline(facts) == timeline(shuffled)


@given(st.data())
def test_sources_whose_first_facts_are_missing_still_fold_alike(data: st.DataObject) -> None:
    kept: list[Fact[Any]] = []
    for source in Service:
        own = [fact for fact in life() if fact.source is source]
        kept += own[data.draw(st.integers(0, len(own))) :]
    shuffled = data.draw(st.permutations(kept))

    assert fold(kept) == fold(shuffled)
    assert timeline(kept) == timeline(shuffled)


@given(st.lists(st.sampled_from(range(len(life()))), unique=True))
def test_no_subset_of_facts_breaks_the_view(places: list[int]) -> None:
    facts = life()
    some = [facts[place] for place in places]

    assert fold(some).status in {*_statuses()}
    assert len(some) >= len(timeline(some))


def _statuses() -> tuple[str, ...]:
    from intake.domain.timeline_words import STATUSES

    return tuple(STATUSES)


def test_compensated_pairs_leave_nothing_behind() -> None:
    facts = [fact for fact in life() if fact.type != "appeal.closed"]
    view = fold(facts)

    assert ("lamps",) == view.orders.holders
    assert ["running"] == [promise.state for promise in view.promises]
    assert "return_visit" == view.status


def test_only_an_approved_reply_shows_its_words() -> None:
    texts = [moment.text for moment in timeline(life()) if moment.kind == "work_order.replied"]

    assert [None, "修好了"] == texts
