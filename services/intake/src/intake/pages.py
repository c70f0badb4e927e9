"""The public page: number and query code in, timeline out."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from chassis.auth import public
from chassis.ids import Ids
from chassis.problems import Problem
from intake.appeal_page import appeal_page, query_page
from intake.doors import CODE_REASON, Doors, open_appeal

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"
CATALOGUE = HERE / "i18n"
"""Folders that the page shell reads beside its own."""

PATHS = ("/query", "/public/appeal")
_REFUSALS = {401: "query.unknown", 404: "query.unknown", 422: "query.unknown", 429: "query.too_many", 503: "query.busy"}


def router(doors: Doors, ids: Ids) -> APIRouter:
    """The page under its short and its long address. The code travels in the body, never in an address."""
    api = APIRouter(include_in_schema=False)

    async def form(request: Request) -> Response:
        return query_page(request)

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
            status = problem.status_code if problem.status_code in (429, 503) else 404
            return query_page(request, status=status, number=wanted, refused=refused)
        return appeal_page(request, doors, ids, appeal)

    for path in PATHS:
        api.add_api_route(path, form, methods=["GET"], dependencies=[public("a form for everybody")])
        api.add_api_route(path, look, methods=["POST"], dependencies=[public(CODE_REASON)])
    return api
