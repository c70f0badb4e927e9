"""A line acknowledges or declines a hand-over; the duty officer takes or lowers one. One step each, on its document."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chassis.document import Change, Command, Document, Step
from classifier.domain import handover
from classifier.domain.refusal import Refusal
from classifier.domain.view import View, fold
from classifier.use_cases.answering import changed, refused
from contracts.decision import Decision

Rule = Callable[[View, tuple[str, ...]], tuple[Decision, ...] | Refusal]


def acknowledge(command: Command, reference: str, line: str, line_reference: str, now: datetime, told: bool) -> Step:
    """The line takes it under a number of its own. ``told``: answer in the line's queue too."""

    def rule(view: View, key: tuple[str, ...]) -> tuple[Decision, ...] | Refusal:
        return handover.acknowledge(
            view,
            reference=reference,
            line=line,
            line_reference=line_reference,
            by=command.user,
            now=now,
            key=key,
        )

    return _step(command, reference, rule, now, line if told else None)


def decline(command: Command, reference: str, line: str, reason: str, now: datetime, told: bool) -> Step:
    """The line says that it is not its case."""

    def rule(view: View, key: tuple[str, ...]) -> tuple[Decision, ...] | Refusal:
        return handover.decline(view, reference=reference, line=line, reason=reason, by=command.user, now=now, key=key)

    return _step(command, reference, rule, now, line if told else None)


def take(command: Command, reference: str, line_reference: str, now: datetime) -> Step:
    """The duty officer takes it."""

    def rule(view: View, key: tuple[str, ...]) -> tuple[Decision, ...] | Refusal:
        return handover.take(
            view, reference=reference, line_reference=line_reference, by=command.user, now=now, key=key
        )

    return _step(command, reference, rule, now, None)


def lower(command: Command, reference: str, reason: str, now: datetime) -> Step:
    """The duty officer finds that it is no emergency."""

    def rule(view: View, key: tuple[str, ...]) -> tuple[Decision, ...] | Refusal:
        return handover.lower(view, reference=reference, reason=reason, by=command.user, now=now, key=key)

    return _step(command, reference, rule, now, None)


def _step(command: Command, reference: str, rule: Rule, now: datetime, tell: str | None) -> Step:
    key = ("command", command.user, command.command_id)

    def step(document: Document) -> Change:
        view = fold(document.subject, document.facts)
        result = rule(view, key)
        body: dict[str, Any] = {"reference": reference, "subject": document.subject, "number": view.number}
        if tell is None:
            return changed(result, body)
        note: dict[str, Any] = {"command_id": command.command_id, "reference": reference}
        if isinstance(result, Refusal):
            note |= {"type": "command.refused", **refused(result).body, "status": result.status}
            note["type"] = "command.refused"
        else:
            note["type"] = "command.accepted"
        answer = handover.line_message(tell, ("answer", command.user, command.command_id), note, now)
        return changed(result, body, (answer,))

    return step
