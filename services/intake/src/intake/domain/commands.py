"""What a caller or an agent may still do with an appeal: pure decisions."""

from datetime import datetime

from contracts.decision import Decision
from contracts.events.appeal import AppealSupplemented, AppealWithdrawn
from contracts.words import Lane
from intake.domain.refusal import Refusal
from intake.domain.view import View

_UNKNOWN = Refusal("not-registered", "诉求尚未登记", "The appeal is not registered yet")
_WITHDRAWN = Refusal("withdrawn", "诉求已撤回", "The appeal was withdrawn")
_CLOSED = Refusal("closed", "诉求已办结", "The appeal is closed")
_NOT_GUIDED = Refusal("not-guided", "此件没有引导至其他渠道，无须提出异议", "The appeal was not guided elsewhere")
_NOTHING = Refusal("nothing-added", "没有补充任何内容", "Nothing was added", "text")


def supplement(
    view: View, event: AppealSupplemented, now: datetime, key: tuple[str, ...]
) -> tuple[Decision, ...] | Refusal:
    """Record what was added. After closing only a repeat is heard: it is counted, and others decide what it means.

    A suspect of an emergency travels on the emergency lane whatever became of the appeal.
    """
    refusal = over(view, repeat=event.repeat)
    if refusal is not None and not event.suspect_lines:
        return refusal
    if not (event.text_masked.strip() or event.completes or event.repeat or event.attachments):
        return _NOTHING
    lane = Lane.EMERGENCY if event.suspect_lines else None
    return (Decision(event=event, time=now, key=key, lane=lane),)


def withdraw(view: View, reason: str, now: datetime, key: tuple[str, ...]) -> tuple[Decision, ...] | Refusal:
    """The caller takes the appeal back; an emergency that was raised goes on all the same."""
    return over(view, repeat=False) or (Decision(event=AppealWithdrawn(reason=reason), time=now, key=key),)


def object_to_guidance(view: View) -> Refusal | None:
    """Whether the caller may object: to guidance elsewhere only, and closing does not take the right away (S2)."""
    if view.own.registered is None:
        return _UNKNOWN
    if view.own.withdrawn:
        return _WITHDRAWN
    return None if view.classified.guided else _NOT_GUIDED


def over(view: View, *, repeat: bool) -> Refusal | None:
    """Why nothing is added any more; None while something may be."""
    if view.own.registered is None:
        return _UNKNOWN
    if view.own.withdrawn:
        return _WITHDRAWN
    if view.revisited.closed is not None and not repeat:
        return _CLOSED
    return None
