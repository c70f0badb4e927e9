"""Standing sign-offs for guidance over HTTP: named, dated, scoped, revocable."""

from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, Field

from chassis.auth import Principal, allow
from chassis.documents import Documents
from classifier.domain.guidance import RIGHT_CHANNELS, SignOff
from classifier.domain.refusal import Refusal
from classifier.http_api.doors import Body, CommandId, given
from classifier.ports import SignOffs
from classifier.use_cases.answering import refused
from classifier.use_cases.sign_guidance import revoke_guidance, sign_guidance
from contracts.words import Exclusion, Role

Signer = Annotated[Principal, allow(Role.DUTY_OFFICER)]
Reader = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.TRIAGE_OFFICER, Role.SUPERVISOR, Role.AUDITOR)]
SignOffId = Annotated[str, Path(min_length=1, max_length=64)]


class Signing(Body):
    """Which grounds, and how sure the machine must be (0..1); ``until`` ends it by itself."""

    grounds: Annotated[frozenset[Exclusion], Field(min_length=1)]
    least_confidence: Annotated[float, Field(ge=0, le=1)] = 0.8
    until: AwareDatetime | None = None


def router(documents: Documents, sign_offs: SignOffs) -> APIRouter:
    """Nobody is guided elsewhere without a person's name under it."""
    routes = APIRouter(tags=["guidance"])

    @routes.get("/guidance-sign-offs", summary="Every sign-off ever given, oldest first")
    async def listing(_: Reader) -> dict[str, Any]:
        return {"items": [_shape(one) for one in await sign_offs.all()], "next": None}

    @routes.get("/guidance-sign-offs/channels", summary="The right channel for each ground")
    async def channels(_: Reader) -> dict[str, Any]:
        items = [{"exclusion": ground, "zh": one.zh, "en": one.en} for ground, one in RIGHT_CHANNELS.items()]
        return {"items": items, "next": None}

    @routes.post("/guidance-sign-offs", status_code=201, summary="Sign for guidance on these grounds")
    async def signing(body: Signing, principal: Signer, command_id: CommandId) -> JSONResponse:
        signed = await sign_guidance(
            sign_offs,
            user=principal.user,
            command_id=command_id,
            grounds=body.grounds,
            least_confidence=body.least_confidence,
            until=body.until,
            now=documents.now(),
        )
        if isinstance(signed, Refusal):
            return given(refused(signed))
        return JSONResponse(_shape(signed), status_code=201)

    @routes.post("/guidance-sign-offs/{sign_off_id}/revocation", summary="End it from now on")
    async def revocation(sign_off_id: SignOffId, principal: Signer, _: CommandId) -> JSONResponse:
        refusal = await revoke_guidance(sign_offs, sign_off_id, by=principal.user, now=documents.now())
        return given(refused(refusal)) if refusal is not None else JSONResponse({"id": sign_off_id, "revoked": True})

    return routes


def _shape(one: SignOff) -> dict[str, Any]:
    return {
        "id": one.id,
        "signed_by": one.signed_by,
        "signed_at": one.signed_at.isoformat(),
        "grounds": sorted(one.grounds),
        "least_confidence": one.least_confidence,
        "until": one.until.isoformat() if one.until is not None else None,
        "revoked_at": one.revoked_at.isoformat() if one.revoked_at is not None else None,
    }
