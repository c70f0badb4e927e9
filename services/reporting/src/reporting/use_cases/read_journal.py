"""Read one appeal's facts from the journal; not for who must recuse from it, whose attempt is recorded."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from chassis.document import Change
from contracts.codec import BadMessage, decode
from contracts.envelope import Fact
from contracts.events import Event
from contracts.events.publication import JournalBarred
from contracts.recusal import recusals
from reporting.ports import Journal, Publications


async def read_journal(
    journal: Journal, publications: Publications, number: str, user: str, unit: str | None
) -> dict[str, Any] | None:
    """All facts in order; None where nothing is recorded or the reader takes no part. ``number`` may be a subject."""
    subject = await journal.subject_of(number) or number
    texts = await journal.facts_of(subject)
    if not texts:
        return None
    told = recusals(_decoded(texts))
    if told.bar(user, unit):
        made = told.recorded(JournalBarred, "journal", user, unit, publications.now())
        await publications.change(subject, lambda _: Change(decisions=(made,)))
        return None
    return {"subject": subject, "items": [json.loads(text) for text in texts], "next": None}


def _decoded(texts: Sequence[str]) -> Iterator[Fact[Event]]:
    for text in texts:
        try:
            yield decode(text.encode())
        except BadMessage:
            continue  # of a kind that is known no more: none that says who recuses
