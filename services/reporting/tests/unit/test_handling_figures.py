"""Decisions per reviewer, and who passes what to whom."""

from datetime import datetime, timedelta

from contracts.envelope import Fact
from contracts.events import Event
from contracts.events import work_order as wo
from contracts.words import AssignmentMode, Service, UnitPart, Urgency
from reporting.domain.handling_figures import objections, passed_on, reviewers
from reporting.domain.rates import unit_figures
from reporting.domain.rollup import rollup
from reporting.domain.tally import Tally

T0 = datetime.fromisoformat("2026-03-02T01:00:00+00:00")


def tally(*events: Event) -> Tally:
    """What these facts count to, day by day as the folder stores it."""
    facts = [
        Fact(
            id=f"f{at}", source=Service.DISPATCHER, subject="s", sequence=at + 1, time=T0 + timedelta(days=at), data=one
        )
        for at, one in enumerate(events)
    ]
    trees = []
    for counters in rollup(facts).values():
        tree: dict[str, object] = {}
        for path, count in counters.items():
            node = tree
            *branches, leaf = path.split(".")
            for branch in branches:
                node = node.setdefault(branch, {})  # type: ignore[assignment]
            node[leaf] = count
        trees.append(tree)
    return Tally(trees)


def approved(by: str, *good: str) -> wo.Approved:
    """One reviewer's yes."""
    return wo.Approved(unit="water-group", round=1, number=1, by=by, checklist=good)


def returned(unit: str, to: str | None, topic: str) -> wo.ReturnRequested:
    """A unit that says it is not its duty."""
    return wo.ReturnRequested(unit=unit, round=1, number=1, ground="g", by="u", proposed_unit=to, topic=topic)


def test_each_reviewer_has_decisions_a_share_sent_back_and_the_points_found_good() -> None:
    back = wo.SentBack(
        unit="water-group", round=1, number=1, by="li.wei", reasons=("太简单",), checklist=("law-cited",)
    )
    found = reviewers(tally(approved("li.wei", "law-cited"), back, approved("wang")))
    assert [(one["reviewer"], one["decided"], one["share_sent_back"]) for one in found] == [
        ("li.wei", 2, 0.5), ("wang", 1, 0.0),
    ]  # fmt: skip
    assert found[0]["good"] == {"law-cited": 2}


def test_returns_are_counted_by_who_to_whom_and_topic_and_objections_by_who() -> None:
    told = tally(
        returned("water-group", "housing-construction", "water.supply"),
        returned("water-group", "housing-construction", "roads.pit"),
        returned("gas-company", None, "energy.gas"),
        wo.Objected(unit="gas-company", round=1, reason="r", by="u", topic="energy.gas"),
    )
    assert [(one["from"], one["to"], one["asked"]) for one in passed_on(told)] == [
        ("water-group", "housing-construction", 2), ("gas-company", None, 1),
    ]  # fmt: skip
    assert passed_on(told)[0]["topics"] == {"roads.pit": 1, "water.supply": 1}
    assert [(one["unit"], one["objected"], one["topics"]) for one in objections(told)] == [
        ("gas-company", 1, {"energy.gas": 1}),
    ]  # fmt: skip


def test_units_are_named_as_they_were_dispatched_to_and_by_their_id_where_none_was_counted() -> None:
    told = tally(
        wo.Dispatched(
            unit="water-group", unit_name="供水.集团", part=UnitPart.LEAD, round=1, mode=AssignmentMode.FORWARD,
            urgency=Urgency.NORMAL, signed_by="duty",
        ),
        returned("water-group", "gas-company", "water.supply"),
    )  # fmt: skip
    assert [(one["from_name"], one["to_name"]) for one in passed_on(told)] == [("供水.集团", "gas-company")]
    assert [(row["unit"], row["name"], row["dispatched"]) for row in unit_figures(told) if row["dispatched"]] == [
        ("water-group", "供水.集团", 1),
    ]  # fmt: skip
