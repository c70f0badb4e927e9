"""Register an appeal from any channel: nothing that is said is refused for being incomplete."""

from collections.abc import Mapping
from contextvars import copy_context
from typing import Any
from uuid import UUID

from chassis.clock import BusinessClock
from chassis.crypto import MasterKey
from chassis.masking import mask
from contracts.events.appeal import Place
from contracts.words import CallerKind
from first_look import suspect_lines
from intake.domain.submission import Caller, Draft, Submission, missing_elements, without_own_details
from intake.ports import Allocator, Receipt, Registration, Told
from intake.use_cases.blind_command import blind_command

MAX_TEXT = 20_000
"""Characters of an appeal's text."""
PLACEHOLDERS = {"name": "[姓名]", "phone": "[电话号码]", "id_card": "[身份证号]", "address": "[地址]"}


def masked(text: str, caller: Caller | None) -> str:
    """What of ``text`` may leave intake: no own details of the caller, numbers, cards, plates or self-given names."""
    # A placeholder may be longer than what it replaces; the original stays whole in the vault.
    return mask(without_own_details(text, caller, PLACEHOLDERS)).text[:MAX_TEXT]


class RegisterAppeal:
    """The use case behind ``POST /appeals``."""

    def __init__(self, allocator: Allocator, keys: MasterKey, clock: BusinessClock, area: str) -> None:
        self._allocator = allocator
        self._keys = keys
        self._clock = clock
        self._area = area

    async def __call__(
        self, submission: Submission, *, user: str, staff: bool, key: str, request: Mapping[str, Any]
    ) -> Receipt:
        """Give the number and query code: new ones, or the first ones for a key or message that came before.

        One appeal per channel message; a citizen's own messages are told apart from everybody else's, so that nobody
        gets another's query code by guessing a message id. Raises ``KeyReused``, ``MessageKnown``, ``StoreAway``.
        """
        command = blind_command(self._keys, user, key, request)
        owner = "" if staff else user
        message = "\x1f".join((self._area, submission.channel, owner, submission.message_id))
        subject = str(UUID(self._keys.blind_index(message, "channel-message")[:32]))
        registration = Registration(
            subject=subject,
            key=command.command_id,
            fingerprint=command.fingerprint,
            draft=draft(submission),
            told=Told(
                id=subject,
                text=submission.text,
                caller=submission.caller,
                at=self._clock.now(),
                by=command.command_id,
                anonymous=submission.anonymous,
            ),
            shared=staff,
            context=copy_context(),
        )
        return await self._allocator.register(registration)


def draft(submission: Submission) -> Draft:
    """What of the submission travels."""
    caller = submission.caller
    return Draft(
        channel=submission.channel,
        text_masked=masked(submission.text, caller),
        suspect_lines=suspect_lines(submission.text),
        missing=missing_elements(submission),
        caller_kind=CallerKind.NATURAL_PERSON if caller is None else caller.kind,
        anonymous=submission.anonymous,
        confidential=submission.confidential,
        place=masked_place(submission.place, caller),
        subject_unit=_short(submission.subject_unit),
        accused_unit=_short(submission.accused_unit),
        source_number=_short(submission.source_number),
        attachments=submission.attachments,
        objects_to=submission.objects_to,
    )


def masked_place(place: Place | None, caller: Caller | None) -> Place | None:
    """The place's words are free text too; the caller's own address may well be the place, so it stays."""
    if place is None:
        return None
    known = None if caller is None else Caller(name=caller.name, phone=caller.phone, id_card=caller.id_card)
    return Place(
        text=masked(place.text, known)[:200],
        area_code=place.area_code,
        latitude=place.latitude,
        longitude=place.longitude,
    )


def _short(text: str | None) -> str | None:
    return None if text is None else mask(text).text[:200] or None
