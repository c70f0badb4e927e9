"""Claim an appeal on the triage desk for five minutes, so that two people never work on one."""

from datetime import datetime, timedelta
from typing import Any

from chassis.document import Change, Command, Document, Step
from classifier.domain.refusal import Refusal
from classifier.domain.triage import NOT_WAITING
from classifier.domain.view import fold
from classifier.use_cases.answering import changed

LEASE = timedelta(minutes=5)
"""Infrastructure time a claim lasts (D)."""

CLAIM = "triage_claim"

CLAIMED = Refusal(code="claimed", text_zh="已被他人认领", text_en="Somebody else is working on it")


def claim_triage(command: Command, at: datetime) -> Step:
    """``at`` is infrastructure time. Claiming again prolongs one's own claim."""

    def step(document: Document) -> Change:
        if not fold(document.subject, document.facts).waits_for_triage:
            return changed(NOT_WAITING, {})
        if held_by_other(document.private, command.user, at):
            return changed(CLAIMED, {})
        claim = {"by": command.user, "until": at + LEASE}
        body = {"subject": document.subject, "by": command.user, "until": (at + LEASE).isoformat()}
        return changed((), body, private={CLAIM: claim})

    return step


def held_by_other(private: dict[str, Any], user: str, at: datetime) -> bool:
    """Whether somebody else's claim is still running."""
    claim = private.get(CLAIM)
    return claim is not None and claim["by"] != user and bool(claim["until"] > at)
