"""The doors of the revisit desk and of the audit."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.auth import Principal, allow
from chassis.document import Answer, Command
from chassis.masking import mask
from chassis.problems import MEDIA_TYPE, TYPE
from contracts.words import Role, Satisfaction, VisitMethod
from revisit.domain.audit import Finding
from revisit.domain.record_answer import Said
from revisit.domain.shown import shown
from revisit.domain.view import fold
from revisit.doors import listed, subject_of
from revisit.ports import Appeals, VisitList
from revisit.use_cases.audit_visit import audit_visit
from revisit.use_cases.record_answer import record_answer
from revisit.use_cases.record_attempt import record_attempt

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=128)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=400)]
Reviewer = Annotated[Principal, allow(Role.REVIEWER)]
RevisitAgent = Annotated[Principal, allow(Role.REVISIT_AGENT)]
VisitReader = Annotated[Principal, allow(Role.REVISIT_AGENT, Role.REVIEWER, Role.SUPERVISOR)]
AuditReader = Annotated[Principal, allow(Role.REVIEWER, Role.SUPERVISOR)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class AttemptBody(BaseModel):
    """A try that reached nobody."""

    model_config = ConfigDict(extra="forbid")
    method: VisitMethod = Field(description="phone, internet or on_site")


class AnswerBody(BaseModel):
    """What the caller said, recorded truthfully."""

    model_config = ConfigDict(extra="forbid")
    method: VisitMethod = Field(description="phone, internet or on_site")
    satisfaction: Satisfaction = Field(description="What the caller says")
    solved: bool = Field(description="Whether the matter is solved, as the caller says")
    result_true: bool = Field(description="Whether the unit's result is true")
    remark: str = Field("", max_length=2_000, description="The caller's own words; masked before it is kept")


class AuditBody(BaseModel):
    """The finding of the audit."""

    model_config = ConfigDict(extra="forbid")
    unit_responsible: bool = Field(description="Whether the unit is to blame; then the work is redone")
    reasons: list[Reason] = Field(default_factory=list, max_length=10, description="Why; masked before it is kept")


def router(appeals: Appeals, visits: VisitList) -> APIRouter:
    """The service's routes."""
    routes = APIRouter(tags=["revisit"])

    async def page(principal: Principal, state: str, cursor: str | None, limit: int) -> dict[str, Any]:
        items, after = await listed(visits, principal, state, cursor, limit)
        return {"items": items, "next": after}

    async def opened(visit: str, principal: Principal, attempt: str) -> str:
        return await subject_of(appeals, visits, visit, principal, attempt)

    @routes.get("/visits")
    async def due_visits(
        principal: VisitReader,
        state: Literal["due", "link_sent"] = "due",
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> dict[str, Any]:
        """Visits that wait for the caller, what is due first."""
        return await page(principal, state, cursor, limit)

    @routes.get("/visits/{visit}")
    async def one_visit(visit: str, principal: VisitReader) -> dict[str, Any]:
        """One visit with the matter, the reply, and every try."""
        subject = await opened(visit, principal, "read")
        document = await appeals.load(subject)
        return shown(fold(subject, document.facts), visit)

    @routes.post("/visits/{visit}/attempts")
    async def attempt(visit: str, body: AttemptBody, key: Key, principal: RevisitAgent) -> JSONResponse:
        """Record a try that reached nobody. Three on two days send a link; two days later nobody was reached."""
        command = _command(principal, key, "attempts", visit, body)
        subject = await opened(visit, principal, "attempt")
        return _given(await record_attempt(appeals, subject, visit, body.method, command))

    @routes.post("/visits/{visit}/answer")
    async def answer(visit: str, body: AnswerBody, key: Key, principal: RevisitAgent) -> JSONResponse:
        """Record what the caller said. A good answer closes the appeal, a bad one goes to the audit."""
        command = _command(principal, key, "answer", visit, body)
        said = Said(
            method=body.method,
            satisfaction=body.satisfaction,
            solved=body.solved,
            result_true=body.result_true,
            remark_masked=mask(body.remark).text,
        )
        return _given(await record_answer(appeals, await opened(visit, principal, "answer"), visit, said, command))

    @routes.get("/audits")
    async def audits(principal: AuditReader, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
        """Bad answers that wait for the centre's audit, oldest first."""
        return await page(principal, "audit", cursor, limit)

    @routes.post("/audits/{visit}")
    async def decide(visit: str, body: AuditBody, key: Key, principal: Reviewer) -> JSONResponse:
        """Order a redo by the original unit, or close with an explanation."""
        command = _command(principal, key, "audit", visit, body)
        finding = Finding(
            unit_responsible=body.unit_responsible, reasons=tuple(mask(reason).text for reason in body.reasons)
        )
        return _given(await audit_visit(appeals, await opened(visit, principal, "audit"), visit, finding, command))

    return routes


def _command(principal: Principal, key: str, door: str, visit: str, body: BaseModel) -> Command:
    return Command.of(principal.user, key, {"door": door, "visit": visit, **body.model_dump(mode="json")})


def _given(answer: Answer) -> JSONResponse:
    if answer.status < 400:
        return JSONResponse(dict(answer.body), status_code=answer.status)
    code = answer.body.get("code", "command-id-used")
    body = {"type": f"{TYPE}{code}", "status": answer.status, **answer.body}
    return JSONResponse(body, status_code=answer.status, media_type=MEDIA_TYPE)
