"""Take an appeal back."""

from chassis.document import Answer, Change, Command, Document
from chassis.documents import Documents
from intake.domain.commands import withdraw
from intake.domain.refusal import Refusal
from intake.domain.view import fold
from intake.ports import Appeal, Vault
from intake.use_cases.register_appeal import masked


class WithdrawAppeal:
    """The use case behind ``POST /appeals/{number}/withdrawal``."""

    def __init__(self, documents: Documents, vault: Vault) -> None:
        self._documents = documents
        self._vault = vault

    async def __call__(self, appeal: Appeal, reason: str, command: Command) -> Answer:
        """Record it, or refuse what is withdrawn or closed already. Raises ``StoreAway``."""
        known = await self._vault.identity(appeal.subject) if reason else None
        words = masked(reason, known)[:200]
        key = ("command", command.user, command.command_id)

        def step(document: Document) -> Change:
            decided = withdraw(fold(document.facts), words, self._documents.now(), key)
            if isinstance(decided, Refusal):
                return Change(answer=Answer(status=409, body=decided.body()))
            return Change(decisions=decided, answer=Answer(status=200, body={"status": "withdrawn"}))

        return await self._documents.answer(appeal.subject, step, command)
