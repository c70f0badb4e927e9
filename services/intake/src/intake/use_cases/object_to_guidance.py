"""The caller does not accept that the appeal was guided elsewhere: an appeal of its own, which a person decides."""

from collections.abc import Mapping
from typing import Any

from chassis.document import Change, Document
from chassis.documents import Documents
from contracts.words import Channel
from intake.domain.commands import object_to_guidance
from intake.domain.refusal import Refusal
from intake.domain.submission import Submission
from intake.domain.view import fold
from intake.ports import Appeal, MessageKnown, Receipt, Vault
from intake.use_cases.file_appeal import FileAppeal

OBJECTION = "objection"
_BEFORE = Refusal("objected-before", "您已对此件提出过异议", "You have objected to this one already")


class ObjectToGuidance:
    """The use case behind ``POST /query/objection``."""

    def __init__(self, documents: Documents, vault: Vault, file: FileAppeal) -> None:
        self._documents = documents
        self._vault = vault
        self._file = file

    async def __call__(
        self, appeal: Appeal, reason: str, *, address: str, key: str, request: Mapping[str, Any]
    ) -> Receipt | Refusal:
        """Register the objection once per appeal, with the words and the caller of the first.

        Number and query code are the objection's own. Raises what ``FileAppeal`` raises, ``MessageKnown`` apart.
        """
        view = fold(appeal.document.facts)
        refusal = object_to_guidance(view)
        if refusal is not None or view.own.registered is None:
            return refusal or _BEFORE
        first = view.own.registered.data
        submission = Submission(
            channel=Channel.MAYOR_MAILBOX,
            message_id=f"{OBJECTION}:{first.number}",
            text=f"对引导处理有异议：{reason}\n原诉求：{first.text_masked}",
            caller=await self._vault.identity(appeal.subject),
            place=first.place,
            anonymous=first.anonymous,
            confidential=first.confidential,
            subject_unit=first.subject_unit,
            accused_unit=first.accused_unit,
            attachments=first.attachments,
            objects_to=first.number,
        )
        try:
            receipt = await self._file(submission, address=address, key=key, request=request)
        except MessageKnown:
            return _BEFORE

        def noted(document: Document) -> Change:
            return Change(private={OBJECTION: receipt.number})

        await self._documents.change(appeal.subject, noted)
        return receipt


def objection_of(document: Document) -> str | None:
    """The number under which the caller's objection was registered."""
    number: str | None = document.private.get(OBJECTION)
    return number
