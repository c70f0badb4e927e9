"""The dispatch catalogue as people keep it: who is responsible and why; a new version is tried, then put into force."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from chassis.auth import Principal, allow
from chassis.pages.shell import PageShell
from chassis.problems import Problem
from contracts.words import Role
from dispatcher.catalogue_texts import text_in_force, versions_used
from dispatcher.domain.assignment import SHANGHAI
from dispatcher.domain.catalogue_draft import changes_of
from dispatcher.domain.freshness import span_of, uncovered
from dispatcher.ports import OrderNumbers, Orders, Standing
from dispatcher.tables_api import LONGEST, catalogue_of, trial_shown
from dispatcher.use_cases.edit_tables import CATALOGUE, Stale, draft_now, load_catalogue
from dispatcher.use_cases.try_catalogue import try_catalogue

Keeper = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.OPERATOR)]
Reader = Annotated[Principal, allow(Role.DUTY_OFFICER, Role.SUPERVISOR, Role.AUDITOR, Role.OPERATOR)]
Topic = Annotated[str, Query(pattern=r"^[a-z0-9._-]{0,80}$")]
Area = Annotated[str, Query(pattern=r"^\d{0,6}$")]


def router(orders: Orders, numbers: OrderNumbers, standing: Standing) -> APIRouter:
    """The pages under ``/desk/catalogue``."""
    api = APIRouter(include_in_schema=False)

    @api.get("/desk/catalogue")
    async def listing(principal: Reader, request: Request, topic: Topic = "", area: Area = "") -> Response:
        return show(request, principal, topic, area)

    @api.post("/desk/catalogue/trial")
    async def trial(principal: Reader, request: Request) -> Response:
        text = _table(await request.form())
        try:
            fresh = catalogue_of(text, standing)
        except Problem as problem:
            return _shell(request).render(
                request, "dispatcher_trial.html", status=422, wrong=problem.detail, trial=None, table=text, keeper=False
            )
        found = trial_shown(await try_catalogue(orders, numbers, standing, fresh), fresh, standing)
        taken = fresh.version in versions_used(standing)
        return _shell(request).render(
            request,
            "dispatcher_trial.html",
            wrong=None,
            trial=found,
            table=text,
            directory=standing.tables().directory,
            changes=changes_of(standing.tables().catalogue.rows, fresh.rows),
            taken=taken,
            keeper=principal.is_any(Role.DUTY_OFFICER, Role.OPERATOR),
        )

    @api.post("/desk/catalogue")
    async def load(principal: Keeper, request: Request) -> Response:
        text = _table(await request.form())
        fresh = catalogue_of(text, standing)
        try:
            await load_catalogue(standing, fresh, text, principal.user, orders.now())
        except Stale:
            return show(request, principal, table=text, wrong=fresh.version)
        return show(request, principal, done=fresh.version)

    def show(
        request: Request, principal: Principal, topic: str = "", area: str = "", *, table: str | None = None,
        wrong: str | None = None, done: str | None = None,
    ) -> Response:  # fmt: skip
        tables, day = standing.tables(), orders.now().astimezone(SHANGHAI).date()
        catalogue, soon = tables.catalogue, tables.limits.ending_days
        rows = [row for row in catalogue.rows if not topic or row.matches(topic, row.area, row.valid_from)]
        chosen = catalogue.choose(topic, area, day) if topic else None
        return _shell(request).render(
            request,
            "dispatcher_catalogue.html",
            status=409 if wrong is not None else 200,
            version=catalogue.version,
            rows=[(row, span_of(row, day, soon)) for row in rows],
            chosen=chosen,
            uncovered=uncovered(catalogue, day, soon),
            ending_days=soon,
            topic=topic,
            area=area,
            directory=tables.directory,
            loaded=standing.versions(CATALOGUE)[::-1],
            table=table if table is not None else text_in_force(standing),
            draft_changed=draft_now(standing).changed,
            keeper=principal.is_any(Role.DUTY_OFFICER, Role.OPERATOR),
            wrong=wrong,
            done=done,
        )

    return api


def _table(form: Any) -> str:
    text = form.get("table")
    if not isinstance(text, str) or not 1 <= len(text) <= LONGEST:
        raise Problem(422, "Invalid input", "The catalogue is empty or too long.", "invalid-input", "table")
    # Browsers send lines with CRLF; the file has LF.
    return text.replace("\r\n", "\n")


def _shell(request: Request) -> PageShell:
    shell: PageShell = request.app.state.pages
    return shell
