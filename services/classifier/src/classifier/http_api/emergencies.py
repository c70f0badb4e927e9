"""The emergency board over HTTP: red until somebody takes it; the duty officer takes or lowers."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field

from chassis.auth import Principal, allow
from chassis.document import Command
from chassis.documents import Documents
from classifier.http_api.doors import Body, CommandId, Cursor, Limit, Reference, bad_cursor, given, subject_of
from classifier.http_api.shapes import emergency_shape
from classifier.ports import Desks
from classifier.use_cases.answer_handover import lower, take
from contracts.words import Lane, Role

Watcher = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR)]
DutyOfficer = Annotated[Principal, allow(Role.DUTY_OFFICER)]


class Taking(Body):
    """Under which number the case goes on, for example that of the line that was reached by telephone."""

    line_reference: Annotated[str | None, Field(min_length=1, max_length=200)] = None


class Lowering(Body):
    """Why it is no emergency: recorded with the name (domain rule: only a person lowers)."""

    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


def router(documents: Documents, desks: Desks) -> APIRouter:
    """Everything here rides on the emergency lane."""
    routes = APIRouter(tags=["emergencies"])

    @routes.get("/emergencies", summary="The board: open ones, oldest first; or all, newest first")
    async def board(
        _: Watcher,
        only_open: Annotated[bool, Query(alias="open")] = True,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> dict[str, Any]:
        try:
            page = await desks.emergencies(only_open=only_open, cursor=cursor, limit=limit)
        except ValueError:
            raise bad_cursor() from None
        return {"items": [emergency_shape(found) for found in page.items], "next": page.next}

    @routes.post("/emergencies/{reference}/take", summary="The duty officer takes what no line has taken")
    async def taking(reference: Reference, body: Taking, principal: DutyOfficer, command_id: CommandId) -> JSONResponse:
        line_reference = body.line_reference or f"duty-{reference}"
        command = Command.of(principal.user, command_id, {"take": reference, "line_reference": line_reference})
        step = take(command, reference, line_reference, documents.now())
        return given(await documents.answer(await subject_of(desks, reference), step, command, Lane.EMERGENCY))

    @routes.post("/emergencies/{reference}/lowering", summary="A person finds that it is no emergency")
    async def lowering(
        reference: Reference, body: Lowering, principal: DutyOfficer, command_id: CommandId
    ) -> JSONResponse:
        command = Command.of(principal.user, command_id, {"lower": reference, "reason": body.reason})
        step = lower(command, reference, body.reason, documents.now())
        return given(await documents.answer(await subject_of(desks, reference), step, command, Lane.EMERGENCY))

    return routes
