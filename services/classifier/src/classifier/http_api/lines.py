"""An emergency line's list over HTTP, for lines without a queue of their own: wait, acknowledge, decline."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from chassis.auth import Principal, allow
from chassis.document import Command
from chassis.documents import Documents
from chassis.problems import Problem
from chassis.requests import waiting
from classifier.http_api.doors import Body, CommandId, Limit, Line, Reference, given, subject_of
from classifier.ports import Desks, LineFeed
from classifier.use_cases.answer_handover import acknowledge, decline
from contracts.words import Lane, Role

Operator = Annotated[Principal, allow(Role.LINE_OPERATOR)]
MAX_WAIT = 30.0
"""Real seconds a long poll may take."""


class Acknowledgement(Body):
    """The number under which the line handles it."""

    line_reference: Annotated[str, Field(min_length=1, max_length=200)]


class Declining(Body):
    """Why it is not the line's case."""

    reason: Annotated[str, Field(min_length=1, max_length=2_000)]


def router(documents: Documents, desks: Desks, feed: LineFeed) -> APIRouter:
    """Each line sees its own list only."""
    routes = APIRouter(tags=["lines"])

    @routes.get("/lines/{line}/handovers", summary="Messages after a place in the list, waiting for news if asked")
    async def handovers(
        line: Line,
        principal: Operator,
        request: Request,
        after: Annotated[int, Query(ge=0, description="`next` of the answer before")] = 0,
        wait: Annotated[float, Query(ge=0, le=MAX_WAIT, description="seconds to wait for news")] = 0,
        limit: Limit = 100,
    ) -> dict[str, Any]:
        _own(line, principal)
        items = await feed.after(line, after, limit)
        if not items and wait:
            until = asyncio.get_running_loop().time() + wait
            with waiting(request):
                while not items and (left := until - asyncio.get_running_loop().time()) > 0:
                    await feed.news(line, left)
                    items = await feed.after(line, after, limit)
        shown = [{**item.body, "seq": item.seq, "id": item.id} for item in items]
        return {"items": shown, "next": items[-1].seq if items else after}

    @routes.post("/lines/{line}/handovers/{reference}/acknowledgement", summary="The line takes the case")
    async def acknowledgement(
        line: Line, reference: Reference, body: Acknowledgement, principal: Operator, command_id: CommandId
    ) -> JSONResponse:
        _own(line, principal)
        asked = {"acknowledge": reference, "line": line, "line_reference": body.line_reference}
        command = Command.of(principal.user, command_id, asked)
        step = acknowledge(command, reference, line, body.line_reference, documents.now(), told=False)
        return given(await documents.answer(await subject_of(desks, reference), step, command, Lane.EMERGENCY))

    @routes.post("/lines/{line}/handovers/{reference}/decline", summary="The line says that it is not its case")
    async def declining(
        line: Line, reference: Reference, body: Declining, principal: Operator, command_id: CommandId
    ) -> JSONResponse:
        _own(line, principal)
        command = Command.of(principal.user, command_id, {"decline": reference, "line": line, "reason": body.reason})
        step = decline(command, reference, line, body.reason, documents.now(), told=False)
        return given(await documents.answer(await subject_of(desks, reference), step, command, Lane.EMERGENCY))

    return routes


def _own(line: str, principal: Principal) -> None:
    if principal.line != line:
        raise Problem(403, "Forbidden", "This is another line's list.", "wrong-line", "path.line")
