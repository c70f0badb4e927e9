"""A file that a member unit uploaded is told to whoever takes that unit's commands."""

from chassis.document import Change, Document
from chassis.documents import Documents
from contracts.decision import Decision
from contracts.events.appeal import AttachmentRef
from contracts.events.unit_file import UnitFileStored


class TellUnitFile:
    """One small document per file with the fact and its outbox. Told after the file is stored: a crash between the two
    leaves an upload without an answer, and the same upload again tells it."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def __call__(self, file: AttachmentRef, unit: str) -> None:
        """Tell it once, however often it is uploaded. Raises ``StoreAway``."""
        stored = UnitFileStored(attachment_id=file.attachment_id, unit=unit, media_type=file.media_type, size=file.size)

        def step(_: Document) -> Change:
            return Change(decisions=(Decision(event=stored, time=self._documents.now(), key=("stored",)),))

        await self._documents.change(f"file:{file.attachment_id}", step)
