"""Attachments over HTTP: uploaded raw, kept encrypted, read by who holds the appeal."""

from datetime import UTC
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response

from chassis.auth import Principal, allow
from chassis.clock import BusinessClock
from chassis.crypto import MasterKey
from chassis.limits import ATTACHMENT_LIMIT, LargerBody
from chassis.problems import Problem
from contracts.events.appeal import AttachmentRef
from contracts.recusal import recusals
from contracts.words import Role
from intake.domain.media_type import ALLOWED, matches
from intake.domain.reveal import UNIT_ROLES
from intake.domain.view import fold
from intake.doors import Key, or_busy
from intake.ports import Appeals, Files
from intake.use_cases.tell_unit_file import TellUnitFile

LARGER = LargerBody(r"/attachments")
DOORS = ("/attachments", "/attachments/{attachment_id}")
"""Refused requests of units are kept."""
CENTRE = (Role.AGENT, Role.DUTY_OFFICER, Role.TRIAGE_OFFICER, Role.REVIEWER, Role.REVISIT_AGENT)


def router(files: Files, appeals: Appeals, keys: MasterKey, clock: BusinessClock, tell: TellUnitFile) -> APIRouter:
    """The doors of attachments."""
    api = APIRouter(tags=["intake"])

    @api.post("/attachments", status_code=201, summary="Upload a file, raw, at most 10 MiB")
    async def upload(
        request: Request, key: Key, principal: Annotated[Principal, allow(Role.AGENT, Role.CITIZEN, *UNIT_ROLES)]
    ) -> dict[str, Any]:
        """The file is the body and its kind the Content-Type; the same key again gives the same id."""
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in ALLOWED:
            known = ", ".join(sorted(ALLOWED))
            raise Problem(415, "Unsupported kind", f"Send one of {known}.", "media-type", "content-type")
        content = await request.body()
        if not content:
            raise Problem(422, "Empty file", "The body is empty.", "empty-file", "body")
        if len(content) > ATTACHMENT_LIMIT:
            raise Problem(413, "Too large", f"A file may have at most {ATTACHMENT_LIMIT} bytes.", "too-large")
        if not matches(media_type, content[:32]):
            raise Problem(422, "Another kind", "The file is not what Content-Type says.", "media-type", "content-type")
        blind = keys.blind_index(f"{principal.user}\x1f{key}", "attachment-id")
        attachment_id = str(UUID(blind[:32]))
        now = clock.now().astimezone(UTC)
        if not await or_busy(files.add(attachment_id, _owner(principal), media_type, content, now)):
            raise Problem(422, "Key reused", "This key was used for another file.", "key-reused", "idempotency-key")
        if principal.unit is not None and principal.is_any(*UNIT_ROLES):
            kept = AttachmentRef(attachment_id=attachment_id, media_type=media_type, size=len(content))
            await or_busy(tell(kept, principal.unit))
        return {"attachment_id": attachment_id, "media_type": media_type, "size": len(content)}

    @api.get("/attachments/{attachment_id}", summary="Read a file")
    async def read(
        attachment_id: Annotated[str, Path(max_length=64)],
        principal: Annotated[Principal, allow(Role.CITIZEN, *CENTRE, *UNIT_ROLES)],
    ) -> Response:
        """For the centre, for who uploaded it (a unit as a whole), and for the unit that holds the appeal.

        What the caller added later is open to that unit once it is known to accuse nobody.
        """
        file = await or_busy(files.read(attachment_id))
        if (
            file is None
            or await or_busy(_closed(appeals, attachment_id, principal))
            or not (
                principal.is_any(*CENTRE)
                or file.owner == _owner(principal)
                or await or_busy(_holds(appeals, attachment_id, principal))
            )
        ):
            raise Problem(404, "Not found", "No file of this id is open to you.", "no-such-attachment")
        return Response(
            file.content,
            media_type=file.reference.media_type,
            headers={"Content-Disposition": "attachment", "Cache-Control": "private, no-store"},
        )

    return api


def _owner(principal: Principal) -> str:
    """What a unit's people upload is the unit's: a colleague answers in their place."""
    if principal.unit is not None and principal.is_any(*UNIT_ROLES):
        return f"unit.{principal.unit}"
    return principal.user


async def _closed(appeals: Appeals, attachment_id: str, principal: Principal) -> bool:
    """Whether the reader must recuse from the appeal that has this file."""
    document = await appeals.by_attachment(attachment_id)
    return document is not None and recusals(document.facts).bar(principal.user, principal.unit)


async def _holds(appeals: Appeals, attachment_id: str, principal: Principal) -> bool:
    if principal.unit is None or not principal.is_any(*UNIT_ROLES):
        return False
    document = await appeals.by_attachment(attachment_id)
    if document is None:
        return False
    view = fold(document.facts)
    return principal.unit in view.orders.holders and attachment_id in view.files_for_units
