"""The triage desk over HTTP: list, look, claim, decide."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field, StringConstraints

from chassis.auth import Principal, allow
from chassis.document import Command
from chassis.documents import Documents
from classifier.closed import open_to, opened
from classifier.domain.triage import Choice
from classifier.http_api.doors import Body, CommandId, Cursor, Limit, Subject, bad_cursor, given, of_known
from classifier.http_api.shapes import triage_shape
from classifier.ports import Desks, Opinions
from classifier.use_cases.claim_triage import claim_triage
from classifier.use_cases.decide_triage import decide_triage
from contracts.topology import LINE_ID, UNIT_ID
from contracts.words import AppealType, Exclusion, Lane, Role

Officer = Annotated[Principal, allow(Role.TRIAGE_OFFICER)]
Watcher = Annotated[Principal, allow(Role.TRIAGE_OFFICER, Role.DUTY_OFFICER, Role.SUPERVISOR)]
Unit = Annotated[str, StringConstraints(pattern=rf"^{UNIT_ID}$")]
LineId = Annotated[str, StringConstraints(pattern=rf"^{LINE_ID}$")]


class Decision(Body):
    """What the person chose. Parts left out stay as the machine proposed, except the exclusion: none means none."""

    type: AppealType
    topic: Annotated[str, Field(min_length=1, max_length=200, description="a leaf of the taxonomy")]
    unit: Annotated[Unit | None, Field(description="who must act; left out, the machine's proposal")] = None
    co_units: Annotated[tuple[Unit, ...], Field(max_length=5)] = ()
    exclusion: Annotated[Exclusion | None, Field(description="ground on which it is guided elsewhere")] = None
    emergency_lines: Annotated[
        tuple[LineId, ...], Field(max_length=5, description="lines to raise, primary first")
    ] = ()
    hazard: bool | None = None
    urgent: bool | None = None
    work_order_follows: bool | None = None
    subject_unit: Unit | None = None
    accused_unit: Unit | None = None

    def choice(self) -> Choice:
        """The same in the domain's words."""
        return Choice(
            type=self.type,
            topic=self.topic,
            units=((self.unit, *self.co_units) if self.unit is not None else ()),
            exclusion=self.exclusion,
            emergency_lines=self.emergency_lines,
            hazard=self.hazard,
            urgent=self.urgent,
            work_order_follows=self.work_order_follows,
            subject_unit=self.subject_unit,
            accused_unit=self.accused_unit,
        )


def router(documents: Documents, desks: Desks, opinions: Opinions, real_now: Callable[[], datetime]) -> APIRouter:
    """``real_now`` is infrastructure time."""
    routes = APIRouter(tags=["triage"])

    @routes.get("/triage", summary="Unsure appeals: dangerous first, then the oldest")
    async def waiting(principal: Watcher, cursor: Cursor = None, limit: Limit = 20) -> dict[str, Any]:
        try:
            page = await desks.triage(cursor, limit)
        except ValueError:
            raise bad_cursor() from None
        shown = [found for found in page.items if open_to(found, opinions, principal)]
        return {"items": [triage_shape(found, opinions, real_now()) for found in shown], "next": page.next}

    @routes.get("/triage/{subject}", summary="One appeal with suggestion and evidence")
    async def one(subject: Subject, principal: Watcher) -> dict[str, Any]:
        return triage_shape(await opened(documents, opinions, subject, principal, "read"), opinions, real_now())

    @routes.post("/triage/{subject}/claim", summary="Claim for five minutes; claiming again prolongs")
    async def claim(subject: Subject, principal: Officer, command_id: CommandId) -> JSONResponse:
        await opened(documents, opinions, subject, principal, "claim")
        command = Command.of(principal.user, command_id, {"claim": subject})
        step = of_known(claim_triage(command, real_now()))
        return given(await documents.answer(subject, step, command))

    @routes.post("/triage/{subject}/decision", summary="Decide; refused while somebody else has claimed it")
    async def decision(subject: Subject, body: Decision, principal: Officer, command_id: CommandId) -> JSONResponse:
        await opened(documents, opinions, subject, principal, "decision")
        asked = {"decision": subject, **body.model_dump(mode="json")}
        command = Command.of(principal.user, command_id, asked)
        step = of_known(decide_triage(command, body.choice(), opinions, documents.now(), real_now()))
        lane = Lane.EMERGENCY if body.emergency_lines else Lane.ORDINARY
        return given(await documents.answer(subject, step, command, lane))

    return routes
