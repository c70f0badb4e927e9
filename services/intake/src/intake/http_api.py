"""Intake over HTTP: appeals, what callers and units may do with them, and line keys."""

import re
from datetime import UTC
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request, Response
from fastapi.responses import JSONResponse
from starlette.types import Scope

from chassis.auth import Principal, allow, public
from chassis.crypto import public_part
from chassis.problems import Problem
from chassis.requests import UNCOUNTED
from chassis.web import capacity_of
from contracts.topology import LINE_ID
from contracts.words import Lane, Role
from first_look import suspect_lines
from intake.answers import appeal_body, receipt_body
from intake.domain.reveal import DOOR
from intake.domain.submission import nothing_said
from intake.doors import CODE_REASON, STAFF, Doors, Key, open_appeal, or_busy, request_of, unknown
from intake.ports import Appeal, KeyReused, MessageKnown
from intake.requests import AppealBody, LineKeyBody, RevealBody, SupplementBody, WithdrawalBody
from intake.use_cases.blind_command import blind_command
from intake.use_cases.reveal_caller import reveals_of

Code = Annotated[str | None, Header(alias="X-Query-Code", max_length=32, description="Given with the number")]
Number = Annotated[str, Path(min_length=1, max_length=32, description="The appeal's public number")]

Visitor = Annotated[Principal | None, public(CODE_REASON)]

REGISTERING = ("/appeals", "/desk/intake", "/file")
_UNCOUNTED = re.compile("|".join(f"(?:{path})" for path in UNCOUNTED))


def lane_of(scope: Scope) -> Lane | None:
    """What registers takes its place itself, once the text has told the lane; what is not counted takes none."""
    if (scope["method"] == "POST" and scope["path"] in REGISTERING) or _UNCOUNTED.fullmatch(scope["path"]):
        return None
    return Lane.ORDINARY


def _user(principal: Principal | None, appeal: Appeal) -> str:
    """Who commands: a person of the centre, or the appeal's caller, who needs no account."""
    if principal is not None and principal.is_any(*STAFF):
        return principal.user
    return f"caller:{appeal.subject}"


def router(doors: Doors) -> APIRouter:
    """The doors of appeals and lines."""
    api = APIRouter(tags=["intake"])

    @api.post("/appeals", status_code=201, summary="Register an appeal")
    async def register(
        request: Request,
        body: AppealBody,
        key: Key,
        principal: Annotated[Principal, allow(Role.AGENT, Role.CITIZEN, Role.OPERATOR)],
    ) -> Response:
        """The same key or channel message again gets the very same answer; the same key with another body is a 422."""
        staff = principal.is_any(Role.AGENT, Role.OPERATOR)
        lane = Lane.EMERGENCY if suspect_lines(body.text) else Lane.ORDINARY
        with capacity_of(request).place(lane):
            wanted = list(dict.fromkeys(body.attachments))
            found = await or_busy(doors.files.references(wanted, None if staff else principal.user))
            if len(found) < len(wanted):
                raise Problem(422, "Unknown attachment", "Upload it first.", "no-such-attachment", "body.attachments")
            submission = body.submission(tuple(found[name] for name in wanted))
            if nothing_said(submission):
                raise Problem(422, "Empty appeal", "Say something, or say who you are.", "empty-appeal", "body.text")
            work = doors.register(
                submission, user=principal.user, staff=staff, key=key, request=body.model_dump(mode="json")
            )
            try:
                receipt = await or_busy(work)
            except KeyReused:
                raise Problem(
                    422, "Key reused", "This key was used for another request.", "key-reused", "idempotency-key"
                ) from None
            except MessageKnown:
                raise Problem(
                    409, "Message known", "This message was registered already.", "message-known", "body.message_id"
                ) from None
        return JSONResponse(receipt_body(receipt), status_code=201)

    @api.get("/appeals/{number}", summary="The caller's timeline")
    async def show(number: Number, principal: Visitor, code: Code = None) -> dict[str, Any]:
        """By query code (ten wrong ones per number and hour), or by a token of the centre."""
        return appeal_body(await open_appeal(doors, number, code, principal))

    @api.post("/appeals/{number}/supplements", status_code=201, summary="Add to an appeal")
    async def supplement(
        number: Number,
        body: SupplementBody,
        key: Key,
        principal: Visitor,
        code: Code = None,
    ) -> Response:
        """More words, a repeated call, or an element that was missing."""
        appeal = await open_appeal(doors, number, code, principal)
        command = blind_command(
            doors.keys, _user(principal, appeal), key, request_of("supplement", number, body.model_dump(mode="json"))
        )
        answer = await or_busy(doors.supplement(appeal, body.addition(), command))
        return JSONResponse(dict(answer.body), status_code=answer.status)

    @api.post("/appeals/{number}/withdrawal", summary="Take an appeal back")
    async def withdraw(
        number: Number,
        body: WithdrawalBody,
        key: Key,
        principal: Visitor,
        code: Code = None,
    ) -> Response:
        """Refused with 409 once it is withdrawn or closed."""
        appeal = await open_appeal(doors, number, code, principal)
        command = blind_command(
            doors.keys, _user(principal, appeal), key, request_of("withdrawal", number, body.model_dump(mode="json"))
        )
        answer = await or_busy(doors.withdraw(appeal, body.reason, command))
        return JSONResponse(dict(answer.body), status_code=answer.status)

    @api.post("/appeals/{number}/reveal", summary="Learn who the caller is")
    async def reveal(
        number: Number, body: RevealBody, key: Key, principal: Annotated[Principal, allow(*DOOR)]
    ) -> Response:
        """For who holds the case; recorded with its purpose for the caller and the auditor, refusals too."""
        appeal = await or_busy(doors.show.by_token(number))
        if appeal is None:
            raise unknown()
        command = blind_command(
            doors.keys, principal.user, key, request_of("reveal", number, body.model_dump(mode="json"))
        )
        revealed = await or_busy(doors.reveal(appeal, principal, body.purpose, command))
        if revealed.answer.status != 200:
            return JSONResponse(dict(revealed.answer.body), status_code=revealed.answer.status)
        caller = revealed.caller
        known = {"name": caller and caller.name, "phone": caller and caller.phone}
        return JSONResponse({"number": number, **known})

    @api.get("/appeals/{number}/reveals", summary="Who asked for the caller's identity")
    async def reveals(number: Number, principal: Annotated[Principal, allow(Role.AUDITOR)]) -> dict[str, Any]:
        """Every request for the identity, refused ones included."""
        appeal = await or_busy(doors.show.by_token(number))
        if appeal is None:
            raise unknown()
        return {"items": reveals_of(appeal.document), "next": None}

    @api.put("/lines/{line}/key", summary="Set an emergency line's public key")
    async def put_key(
        line: Annotated[str, Path(pattern=f"^{LINE_ID}$")],
        body: LineKeyBody,
        principal: Annotated[Principal, allow(Role.OPERATOR)],
    ) -> dict[str, Any]:
        """Call-back numbers are sealed to it from now on. Putting the same key again changes nothing."""
        if body.d is not None:
            raise Problem(422, "Private key", "Send the public half only.", "private-key", "body.d")
        given = {"kty": body.kty, "crv": body.crv, "x": body.x, "y": body.y, **({"kid": body.kid} if body.kid else {})}
        try:
            jwk = public_part(given)
        except ValueError:
            raise Problem(422, "Not a key", "This is no point of P-256.", "not-a-key", "body") from None
        await or_busy(doors.line_keys.put(line, jwk, principal.user, doors.clock.now().astimezone(UTC)))
        return {"line": line, "kid": body.kid}

    return api
