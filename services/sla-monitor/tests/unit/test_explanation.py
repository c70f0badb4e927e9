"""An explanation a citizen can follow, in both languages."""

from datetime import UTC, datetime

from contracts.words import AppealType, DeadlineKind, Urgency
from sla_monitor.data import shipped_calendar, shipped_policies
from sla_monitor.domain.explanation import LONGEST, explain
from sla_monitor.domain.term import Term, term

CALENDAR = shipped_calendar()
POLICY = shipped_policies().versions[0]


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def of(kind: DeadlineKind, start: str, **values: object) -> tuple[list[str], list[str]]:
    found = term(CALENDAR, POLICY, kind, beijing(start), **values)  # type: ignore[arg-type]
    steps = explain(found, CALENDAR)
    return [step.zh for step in steps], [step.en for step in steps]


def test_working_days_over_the_spring_festival_are_told_day_by_day() -> None:
    zh, en = of(DeadlineKind.RESOLVE, "2026-02-13 16:00", type=AppealType.COMPLAINT)
    assert "Starts Fri 13 Feb 2026 16:00" == en[0]
    assert [
        "Sat 14 Feb is a make-up working day: day 1",
        "15-23 Feb: Spring Festival holiday, not counted",
        "24-27 Feb: days 2-5",
        "Due Fri 27 Feb 2026 17:30",
    ] == en[2:]
    assert [
        "2月14日(周六)为调休上班日,第1日",
        "2月15日至23日春节放假,不计",
        "2月24日至27日为工作日,第2至5日",
        "到期:2026年2月27日(周五)17:30",
    ] == zh[2:]


def test_working_hours_are_told_span_by_span() -> None:
    _, en = of(DeadlineKind.RECEIPT, "2026-03-06 16:45")
    assert [
        "Fri 6 Mar 16:45-17:30: 45 minutes",
        "Sat 7 Mar: weekend, not counted",
        "Sun 8 Mar: weekend, not counted",
        "Mon 9 Mar 08:30-09:45: 75 minutes",
        "Due Mon 9 Mar 2026 09:45",
    ] == en[2:]


def test_the_wall_clock_needs_no_days() -> None:
    _, en = of(DeadlineKind.RECEIPT, "2026-02-17 23:30", urgency=Urgency.URGENT)
    assert 3 == len(en)
    assert "Due Wed 18 Feb 2026 01:30" == en[-1]


def test_an_extension_and_its_days_are_told() -> None:
    grants = [(beijing("2026-03-03 10:00"), 2, False)]
    _, en = of(DeadlineKind.RESOLVE, "2026-03-02 10:00", grants=grants)
    assert "Extended by 2 working days" in en
    assert "Due Wed 11 Mar 2026 17:30" == en[-1]


def test_a_longer_law_is_told_to_the_caller() -> None:
    zh, en = of(DeadlineKind.RESOLVE, "2026-03-02 10:00", type=AppealType.COMPLAINT, topic="market.fraud")
    assert any("art. 21" in step for step in en)
    assert any("第二十一条" in step for step in zh)


def test_a_law_that_was_replaced_is_told_to_nobody_whose_clock_starts_later() -> None:
    _, en = of(DeadlineKind.RESOLVE, "2026-04-15 08:30", type=AppealType.COMPLAINT, topic="market.fraud")
    assert not any("art. 21" in step for step in en)
    _, en = of(DeadlineKind.RESOLVE, "2026-04-15 08:30", type=AppealType.REPORT, topic="market.fraud")
    assert any("art. 18" in step for step in en)


def test_a_provisional_date_says_so() -> None:
    zh, en = of(DeadlineKind.RESOLVE, "2026-12-30 10:00")
    assert "provisional" in en[-1]
    assert "暂定" in zh[-1]


def test_a_leaders_date_needs_no_counting() -> None:
    found = Term(start=beijing("2026-03-02 10:00"), due=beijing("2026-03-12 12:00"), period=None)
    assert [
        "Starts Mon 2 Mar 2026 10:00",
        "The date was set by a leader's instruction",
        "Due Thu 12 Mar 2026 12:00",
    ] == [step.en for step in explain(found, CALENDAR)]


def test_a_very_long_way_is_cut_in_the_middle_and_still_ends_at_the_due_instant() -> None:
    grants = [(beijing("2026-03-03 10:00"), 60, True), (beijing("2026-03-03 11:00"), 10, False)]
    found = term(CALENDAR, POLICY, DeadlineKind.RESOLVE, beijing("2025-11-03 10:00"), grants=grants)
    longer = Term(
        start=found.start, due=CALENDAR.add_working_days(found.start, 200), period=found.period, extended_days=195
    )
    steps = explain(longer, CALENDAR)
    assert LONGEST + 8 >= len(steps)
    assert steps[-1].en.startswith("Due ")


def test_every_step_is_told_in_both_languages() -> None:
    for kind in DeadlineKind:
        for start in ("2026-02-13 16:00", "2026-12-31 23:00", "2020-01-22 12:00"):
            zh, en = of(kind, start)
            assert all(zh)
            assert all(en)
            assert not any("None" in step for step in (*zh, *en))
