"""The doors to the journal, the figures and the publications."""

import csv
import io
import json
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.auth import Principal, allow, public
from chassis.document import Answer, Command
from chassis.masking import mask
from chassis.metrics import Metrics
from chassis.problems import MEDIA_TYPE, TYPE, Problem
from contracts.words import Role
from reporting.domain.calendar_day import BadPeriod, period
from reporting.domain.figures import as_table
from reporting.ports import Days, Journal, PublicationList
from reporting.use_cases.draw_figures import draw_figures
from reporting.use_cases.draw_handling import draw_handling
from reporting.use_cases.issue_bulletin import issue_bulletin
from reporting.use_cases.publish_report import publish_report, published_text
from reporting.use_cases.read_journal import read_journal
from reporting.use_cases.reconcile import reconcile
from reporting.use_cases.verify_journal import verify_journal

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=128)]
Month = Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
Reader = Annotated[
    Principal,
    allow(
        Role.LEADER,
        Role.SUPERVISOR,
        Role.OPERATOR,
        Role.OVERSEER,
        Role.AUDITOR,
        Role.PUBLISHER,
        Role.DUTY_OFFICER,
    ),
]
HandlingReader = Annotated[Principal, allow(Role.SUPERVISOR, Role.DUTY_OFFICER, Role.LEADER)]
Auditor = Annotated[Principal, allow(Role.AUDITOR)]
JournalReader = Annotated[Principal, allow(Role.AUDITOR, Role.SUPERVISOR, Role.OPERATOR)]
Reconciler = Annotated[Principal, allow(Role.OPERATOR, Role.AUDITOR)]
Publisher = Annotated[Principal, allow(Role.PUBLISHER)]
Everybody = Annotated[Principal | None, public("published figures are for everybody")]


class ReportBody(BaseModel):
    """Which month to publish."""

    model_config = ConfigDict(extra="forbid")
    month: Month = Field(description="YYYY-MM; the month must be over")


class BulletinBody(BaseModel):
    """A bulletin among units or to the public."""

    model_config = ConfigDict(extra="forbid")
    audience: Literal["units", "public"] = Field(description="Who it is for")
    title: str = Field(min_length=1, max_length=200, description="Masked before it leaves")
    text: str = Field(min_length=1, max_length=20_000, description="Masked before it leaves")


def router(journal: Journal, days: Days, publications: PublicationList, metrics: Metrics) -> APIRouter:
    """The service's routes."""
    routes = APIRouter(tags=["reporting"])

    @routes.get("/journal/verify")
    async def verify(_: Auditor) -> dict[str, Any]:
        """Compute the chain again; the first wrong batch is named."""
        found = await verify_journal(journal)
        metrics.set("hotline_journal_chain_ok", 1 if found["ok"] else 0)
        return found

    @routes.get("/journal/{number}")
    async def one_appeal(number: str, principal: JournalReader) -> dict[str, Any]:
        """All facts of one appeal in order. ``number`` is the public number, or a subject."""
        found = await read_journal(journal, publications, number, principal.user, principal.unit)
        if found is None:
            raise Problem(404, "Not in the journal", "Nothing is recorded under this number.", "unknown-number")
        return found

    @routes.get("/reconciliation")
    async def reconciliation(_: Reconciler, after: Annotated[str, Query(max_length=128)] = "") -> dict[str, Any]:
        """One page of what the journal holds per appeal; go on with ``after`` = ``next``."""
        return await reconcile(journal, after)

    @routes.get("/figures")
    async def show_figures(
        _: Reader,
        from_: Annotated[date | None, Query(alias="from")] = None,
        to: date | None = None,
    ) -> dict[str, Any]:
        """All figures of a period (days in Asia/Shanghai, both included), with their denominators."""
        try:
            first, last = period(publications.now(), from_, to)
        except BadPeriod as error:
            raise Problem(422, "Invalid period", str(error), "invalid-period", error.field) from None
        return await draw_figures(journal, days, first, last)

    @routes.get("/figures/handling")
    async def show_handling(
        _: HandlingReader,
        from_: Annotated[date | None, Query(alias="from")] = None,
        to: date | None = None,
    ) -> dict[str, Any]:
        """Decisions per reviewer, and who passes what to whom: for the centre and the supervision office alone."""
        try:
            first, last = period(publications.now(), from_, to)
        except BadPeriod as error:
            raise Problem(422, "Invalid period", str(error), "invalid-period", error.field) from None
        return await draw_handling(days, first, last)

    @routes.post("/reports")
    async def publish(body: ReportBody, key: Key, principal: Publisher) -> JSONResponse:
        """Publish a month; once more makes a new edition."""
        command = Command.of(principal.user, key, {"door": "reports", **body.model_dump(mode="json")})
        return _given(await publish_report(publications, journal, days, body.month, command))

    @routes.get("/reports")
    async def reports(_: Reader) -> dict[str, Any]:
        """Published months, newest first."""
        return {"items": await publications.listed("report"), "next": None}

    @routes.post("/bulletins")
    async def issue(body: BulletinBody, key: Key, principal: Publisher) -> JSONResponse:
        """Issue a bulletin."""
        command = Command.of(principal.user, key, {"door": "bulletins", **body.model_dump(mode="json")})
        title, text = mask(body.title).text, mask(body.text).text
        return _given(await issue_bulletin(publications, body.audience, title, text, command))

    @routes.get("/bulletins")
    async def bulletins(_: Reader) -> dict[str, Any]:
        """Bulletins, newest first."""
        return {"items": await publications.listed("bulletin"), "next": None}

    @routes.get("/public/figures.json")
    async def public_json(_: Everybody, month: Month | None = None) -> Response:
        """A published month exactly as it was hashed; the latest when none is named."""
        return Response(await _content(publications, month), media_type="application/json")

    @routes.get("/public/figures.csv")
    async def public_csv(_: Everybody, month: Month | None = None) -> Response:
        """The published rates and groups as a table; UTF-8 with a byte order mark, which spreadsheets want."""
        text = io.StringIO()
        csv.writer(text).writerows(as_table(json.loads(await _content(publications, month))))
        return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8")

    return routes


async def _content(publications: PublicationList, month: str | None) -> str:
    text = await published_text(publications, month)
    if text is None:
        raise Problem(404, "Not published", "No figures are published for this month.", "not-published", "month")
    return text


def _given(answer: Answer) -> JSONResponse:
    if answer.status < 400:
        return JSONResponse(dict(answer.body), status_code=answer.status)
    code = answer.body.get("code", "command-id-used")
    body = {"type": f"{TYPE}{code}", "status": answer.status, **answer.body}
    return JSONResponse(body, status_code=answer.status, media_type=MEDIA_TYPE)
