"""Computes the journal's chain again from what the store holds now."""

from typing import Any

from reporting.domain.chain import body_hash, seal
from reporting.ports import Batch, Journal

START = (0, "")
"""Before the first batch: number and hash."""


async def verify_journal(journal: Journal, after: tuple[int, str] = START, most: int | None = None) -> dict[str, Any]:
    """``ok`` and how far it was checked; else the first batch that is wrong, and why.

    ``after`` is number and hash of a batch that was checked before, ``most`` how many batches to look at this time; who
    goes on later passes ``batches`` and ``head`` of the answer. ``whole`` is whether the end was reached.
    """
    last, head = await journal.sealed()
    number, previous, rows, erased = *after, 0, 0
    async for batch in journal.batches(number + 1):
        if batch.number > last or (most is not None and number - after[0] >= most):
            break
        wrong = _wrong(batch, number, previous)
        if wrong:
            return {"ok": False, "batch": batch.number, "why": wrong, "batches": number, "rows": rows}
        number, previous, rows = batch.number, batch.hash, rows + batch.count
        erased += batch.count - len(batch.texts)
    whole = most is None or number - after[0] < most
    if whole and (number, previous) != (last, head):
        return {"ok": False, "batch": number + 1, "why": "batches are missing", "batches": number, "rows": rows}
    waiting = await journal.waiting()
    return {
        "ok": True,
        "whole": whole,
        "batches": number,
        "rows": rows,
        "texts_erased": erased,
        "head": previous,
        "waiting": waiting,
    }


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
