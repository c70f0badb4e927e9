"""Deadlines as metrics: counted when they end, and what is open counted by a loop of its own."""

from typing import Any

from chassis.metrics import Metrics
from contracts.events import work_order as wo
from contracts.words import Service
from sla_monitor.deadline_metrics import OpenDeadlines
from sla_monitor.domain.row import PARTS
from sla_monitor.store import StoredBoard

UNIT = "water-group"


async def counted(counting: OpenDeadlines) -> int:
    """All parts once; how many there were."""
    parts = 1
    while await counting.look():
        parts += 1
    return parts


async def test_kept_missed_and_open_deadlines_show_by_kind_and_by_unit(monitor: Any) -> None:
    await monitor.order("m1")
    await monitor.tell("m1", wo.Received(unit=UNIT, round=1, by="w"))
    await monitor.order("m2")
    await monitor.until("2026-03-10 09:00")
    ended = monitor.hosted.runtime.metrics.collectors.text().decode()
    kinds = [event.data.kind for event in monitor.heard if event.type == "deadline.breached"]
    met = sum(1 for event in monitor.heard if event.type == "deadline.met")
    assert f'hotline_deadlines_met_total{{kind="receipt"}} {met}.0' in ended
    assert {"contact", "resolve", "receipt"} <= set(kinds)
    for kind in set(kinds):
        assert f'hotline_breaches_total{{kind="{kind}"}} {kinds.count(kind)}.0' in ended

    metrics = Metrics(Service.SLA_MONITOR)
    counting = OpenDeadlines(StoredBoard(monitor.cases), metrics)
    await counted(counting)
    found = metrics.collectors.text().decode()
    open_now = (await monitor.row(await monitor.order("m3")))["open"]
    assert 'hotline_unit_deadlines{state="overdue",unit="water-group"} ' in found
    assert f'hotline_unit_deadlines{{state="urged",unit="{UNIT}"}} 0.0' not in found

    await counted(counting)
    later = metrics.collectors.text().decode()
    receipts = sum(1 for one in open_now if one["kind"] == "receipt")
    assert (receipts, 'hotline_open_deadlines{kind="receipt"} 0.0' in found) == (1, True)
    assert 'hotline_open_deadlines{kind="receipt"} 1.0' in later


async def test_a_unit_that_has_nothing_open_any_more_shows_zero_and_not_its_last_figure(monitor: Any) -> None:
    await monitor.order("z1")
    metrics = Metrics(Service.SLA_MONITOR)
    counting = OpenDeadlines(StoredBoard(monitor.cases), metrics)
    await counted(counting)
    assert f'hotline_unit_deadlines{{state="open",unit="{UNIT}"}} 0.0' not in metrics.collectors.text().decode()
    await monitor.tell("z1", wo.Recalled(unit=UNIT, round=1, reason="wrong unit"))
    await counted(counting)
    assert f'hotline_unit_deadlines{{state="open",unit="{UNIT}"}} 0.0' in metrics.collectors.text().decode()


async def test_cases_are_counted_part_by_part_each_once_and_closed_ones_not_at_all(monitor: Any) -> None:
    for place in range(40):
        await monitor.order(f"p{place}")
    for place in range(10):
        await monitor.tell(f"p{place}", wo.Recalled(unit=UNIT, round=1, reason="wrong unit"))
    board = StoredBoard(monitor.cases)
    rows = [row for part in range(PARTS) for row in await board.part(part)]
    everything = await monitor.cases.rows({})
    watched = [row["row"] for row in everything if row["row"]["open"] or row["row"]["missed"]]
    assert len(rows) == len(watched) >= 30
    metrics = Metrics(Service.SLA_MONITOR)
    assert await counted(OpenDeadlines(board, metrics)) == PARTS
    receipts = sum(1 for row in watched for one in row["open"] if one["kind"] == "receipt")
    assert f'hotline_open_deadlines{{kind="receipt"}} {receipts}.0' in metrics.collectors.text().decode()
    plan = await monitor.cases.collection.find({"row.part": 1}).explain()
    assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"])
