"""What a channel hands in, and what of it may leave intake."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from contracts.events.appeal import AppealRegistered, AttachmentRef, Place
from contracts.words import CallerKind, Channel

CONTACT, MATTER, PLACE = "contact", "matter", "place"

_PLACE_WORDS = re.compile(
    r"[省市区县镇乡村屯组路街巷弄里道桥站楼栋幢院园厂店场校港湾岛河湖江渠山坡口城]|小区|单元|门口|公司|医院|学校|广场|工地|号线"
    r"|\b(?:road|street|avenue|lane|district|village|town|square|school|hospital|building|bridge|station|park)\b",
    re.IGNORECASE,
)
_NOTATION = re.compile(r"[\d\s+＋\-－—–()（）.·/#＃*]*(?:(?:转|分机|ext\.?)[\d\s]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who turned to the hotline. Lives in the vault only (rule 10); hidden in every text form."""

    name: str | None = None
    phone: str | None = None
    address: str | None = None
    id_card: str | None = None
    kind: CallerKind = CallerKind.NATURAL_PERSON
    submitted_for: str | None = None

    def __repr__(self) -> str:
        return "Caller(…)"

    def over(self, earlier: "Caller | None") -> "Caller":
        """This caller's details, completed by what was known earlier."""
        if earlier is None:
            return self
        return Caller(
            name=self.name or earlier.name,
            phone=self.phone or earlier.phone,
            address=self.address or earlier.address,
            id_card=self.id_card or earlier.id_card,
            kind=earlier.kind,
            submitted_for=self.submitted_for or earlier.submitted_for,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One channel message, as it came."""

    channel: Channel
    message_id: str
    text: str
    caller: Caller | None = None
    place: Place | None = None
    anonymous: bool = False
    confidential: bool = False
    subject_unit: str | None = None
    accused_unit: str | None = None
    source_number: str | None = None
    attachments: tuple[AttachmentRef, ...] = ()
    objects_to: str | None = None

    def __repr__(self) -> str:
        return "Submission(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An appeal that lacks only its number and its caller reference: nothing in it says who somebody is."""

    channel: Channel
    text_masked: str
    suspect_lines: tuple[str, ...]
    missing: tuple[str, ...]
    caller_kind: CallerKind = CallerKind.NATURAL_PERSON
    anonymous: bool = False
    confidential: bool = False
    place: Place | None = None
    subject_unit: str | None = None
    accused_unit: str | None = None
    source_number: str | None = None
    attachments: tuple[AttachmentRef, ...] = ()
    objects_to: str | None = None

    def registered(self, *, number: str, jurisdiction: str, area: str, caller_ref: str | None) -> AppealRegistered:
        """The event that opens the appeal."""
        return AppealRegistered(
            number=number,
            jurisdiction=jurisdiction,
            area=area,
            channel=self.channel,
            text_masked=self.text_masked,
            caller_ref=caller_ref,
            caller_kind=self.caller_kind,
            anonymous=self.anonymous,
            confidential=self.confidential,
            incomplete=bool(self.missing),
            missing=self.missing,
            place=self.place,
            subject_unit=self.subject_unit,
            accused_unit=self.accused_unit,
            source_number=self.source_number,
            attachments=self.attachments,
            suspect_lines=self.suspect_lines,
            objects_to=self.objects_to,
        )


def normal_phone(phone: str | None) -> str | None:
    """The digits by which one caller's numbers find each other, without the country's code; None for no number."""
    if phone is None:
        return None
    # Full-width digits are digits to int(); anything else between them is decoration.
    digits = "".join(str(int(mark)) for mark in phone if mark.isdecimal())
    digits = digits.removeprefix("00")
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    return digits if len(digits) >= 3 else None


def readable_phone(phone: str) -> bool:
    """Whether a form may take this as a call-back number: 3 to 20 digits in any notation, an extension included."""
    digits = sum(mark.isdecimal() for mark in phone)
    return 3 <= digits <= 20 and _NOTATION.fullmatch(phone) is not None and normal_phone(phone) is not None


def missing_elements(submission: Submission) -> tuple[str, ...]:
    """Which elements of the record (S0) are missing: it is registered all the same, and completed by a call-back.

    An anonymous caller owes no contact. A place named in the text is a place.
    """
    missing: list[str] = []
    if len(submission.text.strip()) < 2:
        missing.append(MATTER)
    elif submission.place is None and submission.subject_unit is None and not _PLACE_WORDS.search(submission.text):
        missing.append(PLACE)
    caller = submission.caller
    if not submission.anonymous and (caller is None or normal_phone(caller.phone) is None):
        missing.append(CONTACT)
    return tuple(missing)


def nothing_said(submission: Submission) -> bool:
    """Neither words nor a caller nor a file: there is no appeal to register."""
    details = submission.caller
    known = details is not None and any(
        (details.name, details.phone, details.address, details.id_card, details.submitted_for)
    )
    return not submission.text.strip() and not known and not submission.attachments


def without_own_details(text: str, caller: Caller | None, placeholders: Mapping[str, str]) -> str:
    """Replace what the caller told about himself where the text repeats it word for word; masks by pattern follow."""
    if caller is None:
        return text
    for kind, value, least in (
        ("id_card", caller.id_card, 6),
        ("phone", caller.phone, 5),
        ("name", caller.name, 2),
        ("name", caller.submitted_for, 2),
        ("address", caller.address, 5),
    ):
        if value is not None and len(value.strip()) >= least:
            text = text.replace(value.strip(), placeholders[kind])
    return text
