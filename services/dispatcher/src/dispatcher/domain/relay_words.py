"""Between an order and the repeats merged into it: who joined whom, what was told, and how the repeat ends.

The repeat keeps its number and its citizen clock. It is told what the main order's caller is told; the return visit
asks its caller as well, unless one person brought both, whose repeat ends as the main order does. A main order that
ends without a result lets its repeats go, for nobody has dealt with their matter.
"""

from datetime import datetime

from contracts.decision import Decision
from contracts.events import work_order as wo
from contracts.words import AssignmentMode, Outcome
from dispatcher.domain.links import Word
from dispatcher.domain.view import View

SYSTEM = "system"
MAIN_ENDED = "main ended without a result"


def join(repeat: str, child: View, now: datetime) -> Decision:
    """What the main order records of the repeat that is merged into it now."""
    registered, merge = child.matter.registered, child.handling.links.merges
    event = wo.RepeatJoined(
        repeat=repeat,
        merge=merge,
        number=child.number,
        caller_ref=registered.caller_ref if registered is not None else None,
        accepted=child.matter.at,
        text_masked="" if registered is None or registered.confidential else child.text_for_units[:20_000],
    )
    return Decision(event=event, time=now, key=("repeat", repeat, str(merge)))


def leave(repeat: str, merge: int, now: datetime) -> Decision:
    """What it records once that merge was undone."""
    return Decision(event=wo.RepeatLeft(repeat=repeat, merge=merge), time=now, key=("repeat", repeat, str(merge)))


def relay(child: View, parent: str, main: View, now: datetime) -> tuple[Decision, ...]:
    """What the repeat is still to hear of its main order; nothing once it is over or no longer merged into it."""
    links, handling = child.handling.links, main.handling
    if child.over or links.merged is None or links.merged.parent != parent:
        return ()
    merge, same = links.merges, same_caller(child, main)
    words = [word for word in handling.links.words if word.round == handling.round]
    found = [
        Decision(event=_told(word, parent, merge, same), time=now, key=("main", parent, str(merge), *word.key))
        for word in words
    ]
    result = links.main_result is not None or any(not word.interim for word in words)
    outcome, closed = main.audit.outcome, main.audit.closed
    if (closed is not None and not result) or handling.merged_into is not None:
        key = ("main_ended", parent, str(merge))
        return tuple(Decision(event=event, time=now, key=key) for event in released(child, parent, MAIN_ENDED))
    if closed is not None and outcome is not None:
        ended = wo.MainClosed(parent=parent, merge=merge, outcome=Outcome(outcome), closed_at=closed)
        found.append(Decision(event=ended, time=now, key=("main_closed", parent, str(merge))))
    return tuple(found)


def released(
    child: View, parent: str, reason: str, by: str = SYSTEM, rule: str = "unmerged"
) -> tuple[wo.Unmerged, wo.AwaitingSignature]:
    """Back to an order of its own: it waits for a signature, with the unit that had it proposed."""
    last = next((spell for spell in reversed(child.handling.spells) if spell.started), None)
    waiting = wo.AwaitingSignature(
        unit=last.unit if last is not None and rule == "unmerged" else None,
        mode=last.mode if last is not None else AssignmentMode.FORWARD,
        reason=reason,
        rule=rule,
    )
    return (wo.Unmerged(parent=parent, by=by, reason=reason), waiting)


def same_caller(child: View, main: View) -> bool:
    """Whether one person brought both; nobody's name is compared, and anonymous callers are never the same."""
    one, other = child.matter.registered, main.matter.registered
    return one is not None and other is not None and one.caller_ref is not None and one.caller_ref == other.caller_ref


def _told(word: Word, parent: str, merge: int, same: bool) -> wo.MainReplied:
    return wo.MainReplied(
        parent=parent,
        merge=merge,
        round=word.round,
        public_text=word.text,
        given=word.given,
        unit=word.unit,
        interim=word.interim,
        same_caller=same,
    )
