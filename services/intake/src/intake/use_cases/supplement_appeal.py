"""Add to an appeal: more words, a repeated call, or an element that was missing."""

from dataclasses import dataclass
from typing import Any

from chassis.document import Answer, Change, Command, Document
from chassis.documents import Documents
from contracts.events.appeal import AppealSupplemented, AttachmentRef, Place
from contracts.words import Channel, Lane
from first_look import suspect_lines
from intake.domain.commands import supplement
from intake.domain.refusal import Refusal
from intake.domain.submission import CONTACT, MATTER, PLACE, Caller, normal_phone
from intake.domain.view import fold
from intake.ports import Appeal, Told, Vault
from intake.use_cases.register_appeal import masked, masked_place
from intake.use_cases.seal_contacts import SealContacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What is added."""

    text: str
    channel: Channel
    repeat: bool = False
    caller: Caller | None = None
    place: Place | None = None
    attachments: tuple[AttachmentRef, ...] = ()

    def __repr__(self) -> str:
        return "Addition(…)"

    @property
    def completes(self) -> tuple[str, ...]:
        """Which missing elements this brings."""
        brought = (
            (PLACE, self.place is not None),
            (MATTER, len(self.text.strip()) >= 2),
            (CONTACT, self.caller is not None and normal_phone(self.caller.phone) is not None),
        )
        return tuple(part for part, there in brought if there)


class SupplementAppeal:
    """The use case behind ``POST /appeals/{number}/supplements``."""

    def __init__(self, documents: Documents, vault: Vault, seal: SealContacts) -> None:
        self._documents = documents
        self._vault = vault
        self._seal = seal

    async def __call__(self, appeal: Appeal, addition: Addition, command: Command) -> Answer:
        """Vault first, then the fact, so that no fact tells of words that are lost. Raises ``StoreAway``."""
        kept = appeal.document.answered(command)
        if kept is not None:
            return kept
        known = await self._vault.identity(appeal.subject)
        view = fold(appeal.document.facts)
        anonymous = view.own.registered is not None and view.own.registered.data.anonymous
        told = Told(
            id=f"{appeal.subject}:{command.command_id[:32]}",
            text=addition.text,
            caller=addition.caller,
            at=self._documents.now(),
            by=command.command_id,
            anonymous=anonymous,
            appeal=appeal.subject,
        )
        refs = (await self._vault.keep([told])).refs
        caller = known if addition.caller is None else addition.caller.over(known)
        event = AppealSupplemented(
            text_masked=masked(addition.text, caller),
            channel=addition.channel,
            repeat=addition.repeat,
            completes=addition.completes,
            suspect_lines=suspect_lines(addition.text),
            place=masked_place(addition.place, caller),
            caller_ref=refs[told.id],
            attachments=addition.attachments,
        )

        def step(document: Document) -> Change:
            key = ("command", command.user, command.command_id)
            decided = supplement(fold(document.facts), event, self._documents.now(), key)
            if isinstance(decided, Refusal):
                return Change(answer=Answer(status=409, body=decided.body()))
            missing = [part for part in fold(document.facts).missing if part not in event.completes]
            body: dict[str, Any] = {"incomplete": bool(missing), "missing": missing}
            return Change(decisions=decided, answer=Answer(status=201, body=body))

        lane = Lane.EMERGENCY if event.suspect_lines else Lane.ORDINARY
        answer = await self._documents.answer(appeal.subject, step, command, lane)
        if answer.status != 201:
            await self._vault.discard(told)
        elif CONTACT in event.completes:
            # A line that waits for a call-back number gets it now.
            await self._seal(appeal.subject)
        return answer
