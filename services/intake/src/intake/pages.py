"""The public page: number and query code in, timeline out."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from chassis.auth import public
from chassis.pages.shell import PageShell
from chassis.problems import Problem
from intake.answers import appeal_shown
from intake.doors import CODE_REASON, Doors, open_appeal

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
CATALOGUE = HERE / "i18n"
"""Folders that the page shell reads beside its own."""

PATHS = ("/query", "/public/appeal")
_REFUSALS = {401: "query.unknown", 404: "query.unknown", 422: "query.unknown", 429: "query.too_many"}


def router(doors: Doors) -> APIRouter:
    """The page under its short and its long address. The code travels in the body, never in an address."""
    api = APIRouter(include_in_schema=False)

    async def form(request: Request) -> Response:
        return _shell(request).render(request, "intake_query.html", number="", refused="", shown=None)

    async def look(
        request: Request,
        number: Annotated[str, Form(max_length=64)] = "",
        code: Annotated[str, Form(max_length=64)] = "",
    ) -> Response:
        # A cookie's rights do not count here: everybody looks by code.
        wanted = "".join(number.split())
        try:
            appeal = await open_appeal(doors, wanted, code.strip(), None)
        except Problem as problem:
            refused = _REFUSALS.get(problem.status_code)
            if refused is None:
                raise
            status = problem.status_code if problem.status_code == 429 else 404
            return _shell(request).render(
                request, "intake_query.html", status=status, number=wanted, refused=refused, shown=None
            )
        shown = appeal_shown(appeal)
        return _shell(request).render(request, "intake_query.html", number=wanted, refused="", shown=shown)

    for path in PATHS:
        api.add_api_route(path, form, methods=["GET"], dependencies=[public("a form for everybody")])
        api.add_api_route(path, look, methods=["POST"], dependencies=[public(CODE_REASON)])
    return api


def _shell(request: Request) -> PageShell:
    shell: PageShell = request.app.state.pages
    return shell
