"""The demo's figures: the keys of ``--json`` and the table a person reads."""

from rich.table import Table

from hotline.demo.log_book import LogBook
from hotline.demo.reconciliation import Reconciled

WORDS = {
    "registered": ("受理登记", "registered"),
    "incomplete": ("要素不全", "incomplete, to be completed"),
    "classified": ("完成分类", "classified"),
    "guided": ("引导至其他渠道", "guided elsewhere"),
    "triaged": ("人工研判", "decided by a person at triage"),
    "emergencies": ("紧急移交", "emergencies handed over"),
    "emergencies_acknowledged": ("已确认接警", "emergencies acknowledged"),
    "answered_directly": ("直接答复", "answered directly"),
    "dispatched": ("派单", "dispatched to a unit"),
    "received": ("签收", "receipt confirmed or deemed"),
    "returned": ("退件(次)", "returns asked for (events)"),
    "extended": ("批准延期(次)", "extensions granted (events)"),
    "replied": ("答复", "replied by the unit"),
    "visited": ("回访到人", "caller reached at the return visit"),
    "redone": ("重办", "redone"),
    "closed": ("办结", "closed"),
    "open": ("在办", "open"),
    "urges": ("催办(次)", "urges (events)"),
    "supervisions": ("督办(次)", "supervisions (events)"),
    "unaccounted": ("去向不明", "unaccounted for"),
    "duplicate_effects": ("重复送达", "delivered twice"),
    "elapsed_seconds": ("用时(秒)", "elapsed seconds"),
}
"""Every key with its words; keys count appeals unless they say events."""


def figures(journal: Reconciled, log: LogBook, granted: int, elapsed_seconds: float) -> dict[str, float]:
    """The figures by key."""
    appeals, events = journal.appeals, journal.events
    return {
        "registered": journal.registered,
        "incomplete": log.incomplete,
        "classified": appeals["appeal.classified"],
        "guided": appeals["appeal.guided"],
        "triaged": appeals["triage.decided"],
        "emergencies": appeals["emergency.raised"],
        "emergencies_acknowledged": journal.acknowledged,
        "answered_directly": appeals["work_order.answered_directly"],
        "dispatched": appeals["work_order.dispatched"],
        "received": journal.received,
        "returned": events["work_order.return_requested"],
        "extended": granted,
        "replied": appeals["work_order.replied"],
        "visited": appeals["revisit.answered"],
        "redone": appeals["redo.ordered"],
        "closed": journal.closed,
        "open": journal.registered - journal.closed,
        "urges": events["urge.issued"],
        "supervisions": events["supervision.opened"],
        "unaccounted": len(journal.unaccounted),
        "duplicate_effects": log.duplicate_effects,
        "elapsed_seconds": round(elapsed_seconds, 1),
    }


def table(found: dict[str, float]) -> Table:
    """The figures as a person reads them."""
    shown = Table("项目", "what", "数", title="12345 热线演示结果 · what became of every appeal")
    shown.columns[2].justify = "right"
    for key, (zh, en) in WORDS.items():
        bad = key in ("unaccounted", "duplicate_effects") and found[key]
        style = "bold red" if bad else "bold" if key in ("registered", "closed", "open") else None
        shown.add_row(zh, en, f"{found[key]:g}", style=style)
    return shown
