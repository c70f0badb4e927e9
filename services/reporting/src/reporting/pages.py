"""The dashboard, and the page of published figures."""

import hashlib
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse

from chassis.auth import Principal, allow, public
from chassis.pages.shell import PageShell, language_of, local
from chassis.problems import Problem
from contracts.words import Role
from reporting import plots
from reporting.domain.calendar_day import ZONE, BadPeriod, period
from reporting.domain.small_groups import SMALLEST
from reporting.ports import Days, Journal, PublicationList
from reporting.use_cases.draw_figures import draw_figures
from reporting.use_cases.draw_handling import draw_handling
from reporting.use_cases.publish_report import published_text

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
CATALOGUE = HERE / "i18n"
"""Folders that the page shell reads beside its own."""

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
Everybody = Annotated[Principal | None, public("published figures are for everybody")]


def _day(text: str | None, field: str) -> date | None:
    # An emptied date field sends "".
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Problem(422, "Invalid date", "The date must be YYYY-MM-DD.", "invalid-period", field) from None


def router(journal: Journal, days: Days, publications: PublicationList) -> APIRouter:
    """Both pages."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/dashboard")
    async def dashboard(
        request: Request,
        _: Reader,
        from_: Annotated[str | None, Query(alias="from", max_length=10)] = None,
        to: Annotated[str | None, Query(max_length=10)] = None,
    ) -> Response:
        now = publications.now()
        try:
            first, last = period(now, _day(from_, "from"), _day(to, "to"))
        except BadPeriod as error:
            raise Problem(422, "Invalid period", str(error), "invalid-period", error.field) from None
        drawn = await draw_figures(journal, days, first, last)
        for case in drawn["emergencies"]["open"]:
            case["at"] = local(datetime.fromisoformat(case["since"]))
        shell: PageShell = request.app.state.pages
        language = language_of(request)

        def t(key: str) -> str:
            return shell.catalogue.text(language, key)

        today = now.astimezone(ZONE).date()
        ranges = [
            (f"figures.last{length}", f"from={today - timedelta(days=length - 1)}&to={today}") for length in (7, 30, 90)
        ]
        return shell.render(
            request,
            "reporting_dashboard.html",
            drawn=drawn,
            ranges=ranges,
            smallest=SMALLEST,
            plots={
                "by_day": plots.by_day(drawn, t),
                "by_type": plots.ring(drawn["volume"]["by_type"], t, "appeal_type"),
                "satisfaction": plots.satisfaction_by_day(drawn, t),
                "units": plots.units_on_time(drawn, t),
                "topics": plots.topics(drawn["volume"]["by_topic"], t),
                "by_hour": plots.by_hour(drawn, t),
            },
        )

    @pages.get("/desk/handling")
    async def handling(
        request: Request,
        _: Annotated[Principal, allow(Role.SUPERVISOR, Role.DUTY_OFFICER, Role.LEADER)],
        from_: Annotated[str | None, Query(alias="from", max_length=10)] = None,
        to: Annotated[str | None, Query(max_length=10)] = None,
    ) -> Response:
        try:
            first, last = period(publications.now(), _day(from_, "from"), _day(to, "to"))
        except BadPeriod as error:
            raise Problem(422, "Invalid period", str(error), "invalid-period", error.field) from None
        shell: PageShell = request.app.state.pages
        return shell.render(request, "reporting_handling.html", drawn=await draw_handling(days, first, last))

    @pages.get("/desk/dashboard")
    async def also(_: Reader) -> Response:
        return RedirectResponse("/dashboard", status_code=307)

    @pages.get("/public/figures")
    async def public_page(
        request: Request,
        _: Everybody,
        month: Annotated[str | None, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] = None,
    ) -> Response:
        text = await published_text(publications, month)
        months = [row["month"] for row in await publications.listed("report", 24)]
        shell: PageShell = request.app.state.pages
        report = json.loads(text) if text else None
        language = language_of(request)

        def t(key: str) -> str:
            return shell.catalogue.text(language, key)

        volume = report["volume"] if report else {}
        return shell.render(
            request,
            "reporting_public.html",
            status=200 if text or month is None else 404,
            report=report,
            plots={
                "by_type": plots.ring(volume.get("by_type", {}), t, "appeal_type"),
                "topics": plots.topics(volume.get("by_topic", {}), t),
            },
            sha256=hashlib.sha256(text.encode()).hexdigest() if text else "",
            months=months,
        )

    return pages
