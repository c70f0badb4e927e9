"""The chain is checked without anybody asking."""

from typing import Any

from chassis.metrics import Metrics
from contracts.words import Service
from reporting import chain_watch
from reporting.chain_watch import ChainWatch
from reporting.store import StoredJournal

from .test_journal_and_figures import closed, registered


def shown(metrics: Metrics) -> bytes:
    return metrics.collectors.text()


async def test_a_changed_row_turns_the_gauge_and_a_whole_walk_is_needed_to_turn_it_back(
    rig: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(chain_watch, "MOST", 1)
    metrics = Metrics(Service.REPORTING)
    watch = ChainWatch(StoredJournal(rig.store, rig.activity), metrics)
    for fact in (registered("a1"), registered("a2"), closed("a1")):
        await rig.publish(fact)
        await rig.fold()
    assert [await watch.look() for _ in range(4)] == [True, True, True, False]
    assert b"hotline_journal_chain_ok 1.0" in shown(metrics)

    rows = rig.store.collection("journal")
    await rig.publish(closed("a2"))
    await rig.fold()
    await rows.update_one({"_id": closed("a2").id}, {"$set": {"type": "appeal.withdrawn"}})
    assert await watch.look() is False
    assert b"hotline_journal_chain_ok 0.0" in shown(metrics)

    await rows.update_one({"_id": closed("a2").id}, {"$set": {"type": "appeal.closed"}})
    assert await watch.look() is True
    assert b"hotline_journal_chain_ok 0.0" in shown(metrics)
    assert [await watch.look() for _ in range(4)] == [True, True, True, False]
    assert b"hotline_journal_chain_ok 1.0" in shown(metrics)
