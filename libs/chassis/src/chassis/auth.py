"""Doors are closed unless a route says for whom they open: ``allow(Role...)`` or ``public(reason)``, exactly one."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.requests import HTTPConnection

from chassis.problems import Problem
from chassis.tokens import KeysUnavailable, NotAuthenticated, Principal, TokenVerifier
from contracts.words import Role

__all__ = ["COOKIE", "Door", "Principal", "allow", "assert_every_route_is_guarded", "doors", "open_mount", "public"]

COOKIE = "hotline_session"
"""Holds the same token for pages: HttpOnly, SameSite=Strict."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class UnguardedRoute(AssertionError):
    """A route opens to nobody knows whom. The text names the routes."""


def _refuse(detail: str) -> Problem:
    return Problem(401, "Not authenticated", detail, "not-authenticated", headers={"WWW-Authenticate": "Bearer"})


def came_from_us(request: HTTPConnection) -> bool:
    """Whether a browser sent this from a page of ours: by ``Origin``, else by ``Sec-Fetch-Site``; no proof is a no."""
    origin = request.headers.get("origin")
    if origin is not None:
        return urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower() != ""
    return request.headers.get("sec-fetch-site") == "same-origin"


def _check_forgery(request: Request) -> None:
    """A browser sends the cookie by itself, so an unsafe request must also show that our own page made it."""
    if request.method in _SAFE:
        return
    marked = request.headers.get("hx-request") == "true" or "x-requested-with" in request.headers
    if not marked or not came_from_us(request):
        raise Problem(403, "Forbidden", "The request does not come from our own page.", "cross-site")


async def identify(request: Request) -> Principal | None:
    """Who calls, or None without a credential. Raises ``Problem`` 401 for a bad one, 403 for a forged page request."""
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _refuse("Only bearer tokens are accepted.")
        return await authenticate(request.app, token.strip())
    cookie = request.cookies.get(COOKIE)
    if cookie is None:
        return None
    principal = await authenticate(request.app, cookie)
    _check_forgery(request)
    return principal


async def authenticate(app: FastAPI, token: str) -> Principal:
    """The holder of ``token``. Raises ``Problem`` 401 when it proves nothing, 503 without the issuer's keys."""
    verifier: TokenVerifier = app.state.verifier
    try:
        return await verifier.verify(token)
    except NotAuthenticated as error:
        raise _refuse(f"{str(error).capitalize()}.") from None
    except KeysUnavailable:
        raise Problem(
            503, "Keys unavailable", "Tokens cannot be checked now.", "keys-unavailable", headers={"Retry-After": "5"}
        ) from None


@dataclass(frozen=True)
class Guard:
    """The dependency behind ``allow``."""

    roles: frozenset[Role]

    async def __call__(self, request: Request) -> Principal:
        """The caller, when one of the roles is held."""
        principal = await identify(request)
        if principal is None:
            raise _refuse("A token is needed.")
        request.state.principal = principal  # before the refusal, so that its page still offers the caller's own desks
        held = principal.roles & self.roles
        if principal.unit is None:
            held -= {Role.UNIT_HANDLER, Role.UNIT_HEAD}  # a unit's person without a unit is nobody's
        if principal.line is None:
            held -= {Role.LINE_OPERATOR}
        if not held:
            raise Problem(403, "Forbidden", "Your roles do not open this door.", "wrong-role")
        return principal


@dataclass(frozen=True)
class Open:
    """The dependency behind ``public``."""

    reason: str

    async def __call__(self, request: Request) -> Principal | None:
        """Who calls where a good credential came along; a bad one counts as none here."""
        try:
            principal = await identify(request)
        except Problem:
            return None
        request.state.principal = principal
        return principal


def allow(*roles: Role) -> params.Depends:
    """``principal: Annotated[Principal, allow(Role.AGENT)]`` in a route, or ``dependencies=[allow(...)]`` on it.

    Gives FastAPI's marker. Raises ``ValueError`` without a role.
    """
    if not roles:
        raise ValueError("a door opens to at least one role")
    return params.Depends(Guard(frozenset(roles)))


def public(reason: str) -> params.Depends:
    """A door for everybody, with the reason why. Gives the caller where a good token came along."""
    if not reason:
        raise ValueError("a public door needs a reason")
    return params.Depends(Open(reason))


@dataclass(frozen=True, slots=True)
class Door:
    """One endpoint. ``roles`` empty and ``reason`` set: public."""

    method: str
    path: str
    roles: frozenset[Role]
    reason: str = ""


def open_mount(app: FastAPI, path: str, reason: str) -> None:
    """Declare a mounted sub-application (static files) as public."""
    _mounts(app)[path] = reason


def _mounts(app: FastAPI) -> dict[str, str]:
    mounts: dict[str, str] | None = getattr(app.state, "open_mounts", None)
    if mounts is None:
        mounts = app.state.open_mounts = {}
    return mounts


def _guards(dependant: Dependant) -> Iterator[Guard | Open]:
    if isinstance(dependant.call, (Guard, Open)):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _guards(inner)


def doors(app: FastAPI) -> tuple[Door, ...]:
    """Every endpoint with the roles it opens to, so that a test can try each with every wrong role.

    Raises ``UnguardedRoute`` naming every route that carries neither, or both, of ``allow`` and ``public``.
    """
    found: list[Door] = []
    wrong: list[str] = []
    for route in iter_route_contexts(app.routes):
        path = str(getattr(route, "path", ""))
        dependant = getattr(route, "dependant", None)
        if dependant is None:
            if path in _mounts(app):
                found.append(Door("*", path, frozenset(), _mounts(app)[path]))
            else:
                wrong.append(path or type(route).__name__)
            continue
        guards = tuple(_guards(dependant))
        kinds = {type(guard) for guard in guards}
        if len(kinds) != 1 or (Open in kinds and len(guards) > 1):
            wrong.append(path)
            continue
        # Several guards must all agree, so the door opens to what they have in common.
        roles = frozenset.intersection(*(g.roles if isinstance(g, Guard) else frozenset() for g in guards))
        reason = next((guard.reason for guard in guards if isinstance(guard, Open)), "")
        found += (Door(method, path, roles, reason) for method in sorted(getattr(route, "methods", None) or {"GET"}))
    if wrong:
        raise UnguardedRoute("routes without exactly one of allow() and public(): " + ", ".join(sorted(wrong)))
    return tuple(found)


def assert_every_route_is_guarded(app: FastAPI) -> None:
    """Raises ``UnguardedRoute``; ``build_app`` calls it, so an unguarded service does not start."""
    doors(app)
