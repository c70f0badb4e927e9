"""Computes the journal's chain again from what the store holds now."""

from typing import Any

from reporting.domain.chain import body_hash, seal
from reporting.ports import Batch, Journal


async def verify_journal(journal: Journal) -> dict[str, Any]:
    """``ok`` and how far it was checked; else the first batch that is wrong, and why."""
    last, head = await journal.sealed()
    number, previous, rows, erased = 0, "", 0, 0
    async for batch in journal.batches():
        if batch.number > last:
            break
        wrong = _wrong(batch, number, previous)
        if wrong:
            return {"ok": False, "batch": batch.number, "why": wrong, "batches": number, "rows": rows}
        number, previous, rows = batch.number, batch.hash, rows + batch.count
        erased += batch.count - len(batch.texts)
    if (number, previous) != (last, head):
        return {"ok": False, "batch": number + 1, "why": "batches are missing", "batches": number, "rows": rows}
    waiting = await journal.waiting()
    return {"ok": True, "batches": number, "rows": rows, "texts_erased": erased, "head": previous, "waiting": waiting}


def _wrong(batch: Batch, before: int, previous: str) -> str | None:
    if batch.number != before + 1 or batch.previous != previous:
        return "the chain is broken before this batch"
    if len(batch.rows) != batch.count:
        return "rows are missing or were added"
    if seal(previous, batch.rows) != batch.hash:
        return "a row was changed"
    hashes = {row["_id"]: row["body_sha256"] for row in batch.rows}
    if any(body_hash(text) != hashes[fact_id] for fact_id, text in batch.texts.items()):
        return "a text was changed"
    return None
