"""Accountability over HTTP: referral to the supervisory commission, and the dossier as JSON and PDF."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.auth import Principal, allow
from chassis.document import Command
from contracts.words import Role
from sla_monitor.domain.accountability import Ground, Referral
from sla_monitor.doors import Key, NumberPath, Supervisor, UnitId, case_or_404, given
from sla_monitor.dossier_pdf import dossier_pdf
from sla_monitor.ports import Board, Cases
from sla_monitor.rules import MonitorRules
from sla_monitor.use_cases.make_dossier import digest
from sla_monitor.use_cases.refer import read_dossier, refer

DossierReader = Annotated[Principal, allow(Role.SUPERVISOR, Role.AUDITOR)]
PersonRef = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]


class ReferralBody(BaseModel):
    """问责移送: the unit, the responsible person, or both."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    number: Annotated[str, Field(min_length=1, max_length=40, description="Public number of the appeal.")]
    subject_unit: UnitId | None = None
    subject_person_ref: Annotated[PersonRef | None, Field(description="A staff reference, never a name.")] = None
    ground: Ground
    consequence: Annotated[
        str,
        StringConstraints(strip_whitespace=True, max_length=5_000),
        Field(description="What came of it, if recorded."),
    ] = ""
    one_vote_veto: bool = False


def router(cases: Cases, board: Board, rules: MonitorRules) -> APIRouter:
    """The routes under ``/accountability``."""
    routes = APIRouter(tags=["accountability"])

    @routes.post("/accountability", status_code=201)
    async def referral(body: ReferralBody, key: Key, principal: Supervisor) -> Response:
        """移送问责: after supervision, or with a recorded consequence."""
        subject = await case_or_404(cases, board, body.number, principal, "refer")
        command = Command.of(principal.user, key, {"command": "refer", **body.model_dump(mode="json")})
        asked = Referral(
            subject_unit=body.subject_unit,
            subject_person_ref=body.subject_person_ref,
            ground=body.ground,
            consequence=body.consequence,
            one_vote_veto=body.one_vote_veto,
        )
        return given(await refer(cases, lambda: rules.tables, subject, asked, command))

    @routes.get("/accountability/{number}/dossier", response_class=Response)
    async def dossier(
        number: NumberPath,
        principal: DossierReader,
        form: Annotated[Literal["json", "pdf"], Query(alias="format")] = "json",
    ) -> Response:
        """All facts, deadlines with explanations, and hashes; as kept at the last referral, else as a preview."""
        subject = await case_or_404(cases, board, number, principal, "dossier")
        text = await read_dossier(cases, lambda: rules.tables, subject, principal.user)
        sha256 = digest(text)
        headers = {"X-Dossier-SHA256": sha256, "Content-Disposition": f'inline; filename="dossier-{number}.{form}"'}
        if form == "pdf":
            # Setting some hundred facts takes a while; other requests need not wait for it.
            return Response(await asyncio.to_thread(dossier_pdf, text, sha256), 200, headers, "application/pdf")
        return Response(text, 200, headers, "application/json")

    return routes
