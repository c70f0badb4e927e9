"""Who must recuse and tried to read an appeal is recorded with it: once a day per person."""

from chassis.auth import Principal
from chassis.document import Change, Document
from chassis.documents import Documents
from contracts.events.appeal import AppealBarred
from contracts.recusal import recusals


class RecordAttempt:
    """The use case behind every door of the centre's people."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def __call__(self, subject: str, principal: Principal) -> None:
        """Raises ``StoreAway``."""

        def step(document: Document) -> Change:
            now = self._documents.now()
            told = recusals(document.facts).recorded(AppealBarred, "read", principal.user, principal.unit, now)
            return Change(decisions=(told,))

        await self._documents.change(subject, step)
