"""Reveal a caller to who must reach him: for a purpose, recorded for the caller and the auditor before it is shown."""

from dataclasses import dataclass
from typing import Any

from chassis.auth import Principal
from chassis.document import Answer, Change, Command, Document
from chassis.documents import Documents
from chassis.masking import mask
from intake.domain.refusal import Refusal
from intake.domain.reveal import DOOR, may_reveal
from intake.domain.submission import Caller
from intake.domain.view import fold
from intake.ports import Appeal, Vault

REVEALS = "reveals"


@dataclass(frozen=True, slots=True)
class Revealed:
    """The answer that is kept, and beside it the caller, who never is."""

    answer: Answer
    caller: Caller | None = None


class RevealCaller:
    """The use case behind ``POST /appeals/{number}/reveal``."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault

    async def __call__(self, appeal: Appeal, principal: Principal, purpose: str, command: Command) -> Revealed:
        """Refusals are recorded too. A duplicate's right is checked again: it may have ended. Raises ``StoreAway``."""
        entry: dict[str, Any] = {
            "at": self._documents.now().isoformat(),
            "user": principal.user,
            "roles": sorted(str(role) for role in principal.roles.intersection(DOOR)),
            "unit": principal.unit,
            "line": principal.line,
            "purpose": mask(purpose).text[:200],
        }

        def step(document: Document) -> Change:
            refusal = _refusal(document, principal)
            made = [*document.private.get(REVEALS, []), {**entry, "granted": refusal is None}]
            if refusal is not None:
                return Change(private={REVEALS: made}, answer=Answer(status=403, body=refusal.body()))
            return Change(private={REVEALS: made}, answer=Answer(status=200, body={"granted": True}))

        document = await self._documents.change(appeal.subject, step, command)
        answer = document.answered(command)
        if answer is None:
            raise RuntimeError("a command's use case must answer")
        if answer.status != 200:
            return Revealed(answer)
        refusal = _refusal(document, principal)
        if refusal is not None:
            return Revealed(Answer(status=403, body=refusal.body()))
        return Revealed(answer, await self._vault.identity(appeal.subject))


def _refusal(document: Document, principal: Principal) -> Refusal | None:
    view = fold(document.facts)
    return may_reveal(view, principal.roles, principal.user, principal.unit, principal.line)


def reveals_of(document: Document) -> list[dict[str, Any]]:
    """Who asked for the caller's identity, when and why, refused ones included; oldest first."""
    return list(document.private.get(REVEALS, []))
