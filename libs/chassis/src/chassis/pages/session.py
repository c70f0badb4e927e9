"""Login for pages: a token is put into a cookie that scripts cannot read and other sites cannot use."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from chassis.auth import COOKIE, authenticate, came_from_us, public
from chassis.pages.desks import desks_for
from chassis.pages.shell import PageShell
from chassis.problems import Problem

router = APIRouter(include_in_schema=False)
_SECONDS = 12 * 3600


def _shell(request: Request) -> PageShell:
    shell: PageShell = request.app.state.pages
    return shell


@router.get("/", dependencies=[public("the way in for everybody")])
async def home() -> Response:
    """Citizens come to ask how their appeal stands."""
    return RedirectResponse("/query", status_code=303)


@router.get("/login", dependencies=[public("one cannot be logged in before logging in")])
async def login_page(request: Request) -> Response:
    """The form; a link ``/login#<token>`` fills it in, so that no token is ever in an address that is logged."""
    return _shell(request).render(request, "login.html", refused=False)


@router.post("/login", dependencies=[public("one cannot be logged in before logging in")])
async def login(request: Request, token: Annotated[str, Form(max_length=8_192)]) -> Response:
    """Check the token, set the cookie, go to the first desk of the caller's roles."""
    if not came_from_us(request):
        raise Problem(403, "Forbidden", "The request does not come from our own page.", "cross-site")
    try:
        principal = await authenticate(request.app, token.strip())
    except Problem as refusal:
        if refusal.status_code != 401:
            raise
        return _shell(request).render(request, "login.html", status=401, refused=True)
    own = [desk for desk in desks_for(principal.roles) if desk.roles]
    response = RedirectResponse(own[0].path if own else "/query", status_code=303)
    response.set_cookie(
        COOKIE,
        token.strip(),
        max_age=_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https",
    )
    return response


@router.post("/logout", dependencies=[public("whoever has the cookie may drop it")])
async def logout(request: Request) -> Response:
    """Drop the cookie."""
    if not came_from_us(request):
        raise Problem(403, "Forbidden", "The request does not come from our own page.", "cross-site")
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response
