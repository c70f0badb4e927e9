"""直办 by a person: an officer answers from the knowledge base instead of forwarding."""

from dispatcher.domain.assignment import direct_answer
from dispatcher.domain.destination import movable
from dispatcher.domain.refusal import Refusal, Verdict
from dispatcher.domain.tables import Tables
from dispatcher.domain.view import View


def answer_directly(view: View, tables: Tables, by: str, item_id: str, text: str | None) -> Verdict:
    """Only before a unit has the order; the item is cited with its version."""
    stop = movable(view)
    if stop is not None:
        return stop
    if view.handling.awaiting is None or view.handling.open_spells():
        return Refusal("not_awaiting", "该工单不在待签批状态", "the order does not wait for a signature")
    item = tables.knowledge.of(item_id)
    if item is None:
        return Refusal("unknown_item", "没有这条知识", "there is no such knowledge item", "knowledge_item")
    return (direct_answer(item, tables, by, text),)
