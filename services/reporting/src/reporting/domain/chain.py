"""The journal's chain: what a batch of rows hashes to on top of the batch before it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

CHAINED = (
    "_id",
    "subject",
    "source",
    "sequence",
    "type",
    "time",
    "lane",
    "number",
    "line",
    "reference",
    "body_sha256",
)
"""What of a row is chained. The text stands apart and is bound by its hash, so that it can be destroyed alone."""


def body_hash(body: str) -> str:
    """The hash of a fact's text on the wire."""
    return hashlib.sha256(body.encode()).hexdigest()


def row_hash(row: Mapping[str, Any]) -> str:
    """The hash of one row."""
    text = json.dumps([row.get(name) for name in CHAINED], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal(previous: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The hash of a batch: the one before it, then each row in order of ids."""
    digest = hashlib.sha256(previous.encode())
    for row in sorted(rows, key=lambda known: str(known["_id"])):
        digest.update(row_hash(row).encode())
    return digest.hexdigest()
