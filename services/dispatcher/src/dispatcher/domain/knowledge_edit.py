"""The knowledge base as people edit it: an item is replaced, added or withdrawn, and every state keeps a version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatcher.domain.knowledge import KnowledgeBase, KnowledgeItem


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeEdit:
    """One edit. ``item`` None: the item is withdrawn and answers no more."""

    id: str
    item: KnowledgeItem | None
    by: str
    at: datetime

    @staticmethod
    def of(body: Mapping[str, Any], by: str, at: datetime) -> "KnowledgeEdit":
        """As it is stored."""
        kept = body.get("item")
        item = None if kept is None else item_of(body["id"], kept)
        return KnowledgeEdit(id=body["id"], item=item, by=by, at=at)


def item_of(name: str, kept: Mapping[str, Any]) -> KnowledgeItem:
    """An item from plain values."""
    return KnowledgeItem(
        id=name,
        title=kept["title"],
        topics=tuple(kept["topics"]),
        must=tuple(tuple(group) for group in kept["must"]),
        questions=tuple(kept["questions"]),
        answer=kept["answer"],
        answer_en=kept.get("answer_en", ""),
        source=kept["source"],
    )


def edited(shipped: KnowledgeBase, edits: Sequence[KnowledgeEdit]) -> KnowledgeBase:
    """The base after all edits; its version counts them: ``2026.1+3``."""
    if not edits:
        return shipped
    items = {item.id: item for item in shipped.items}
    for edit in edits:
        if edit.item is None:
            items.pop(edit.id, None)
        else:
            items[edit.id] = edit.item
    return KnowledgeBase(f"{shipped.version}+{len(edits)}", tuple(items.values()))
