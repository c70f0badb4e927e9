"""Puts a service's HTTP side together: doors, refusals, limits, metrics, health and pages, in one function."""

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from chassis import problems
from chassis.activity import Activity
from chassis.auth import assert_every_route_is_guarded, open_mount, public
from chassis.health import Health
from chassis.issuer import DevelopmentIssuer
from chassis.limits import BodyLimit, Capacity, LaneOf, LargerBody, ReservedCapacity
from chassis.metrics import CONTENT_TYPE, Metrics
from chassis.pages.session import router as session_router
from chassis.pages.shell import STATIC, PageShell
from chassis.refusals import Refusals
from chassis.requests import UNCOUNTED, Requests, Templates
from chassis.settings import ServiceSettings
from chassis.tokens import KeyFile, KeySource, KeyUrl, TokenVerifier
from contracts.words import Lane, Service

Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]


def verifier_of(settings: ServiceSettings) -> TokenVerifier:
    """The verifier that ``settings`` describe; without ``AUTH_JWKS_*`` it trusts the development issuer of the data
    folder, whose key is made when absent."""
    keys: KeySource
    if settings.auth_jwks_url is not None:
        keys = KeyUrl(settings.auth_jwks_url)
    elif settings.auth_jwks_file is not None:
        keys = KeyFile(settings.auth_jwks_file)
    else:
        issuer = DevelopmentIssuer(settings.data_dir, settings.auth_issuer, settings.auth_audience)
        keys = KeyFile(issuer.jwks_file)
    return TokenVerifier(keys, settings.auth_issuer, settings.auth_audience)


def _service_doors(metrics: Metrics, health: Health) -> APIRouter:
    router = APIRouter()

    @router.get("/livez", dependencies=[public("asked by the machine that restarts us")], include_in_schema=False)
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz", dependencies=[public("asked by the load balancer")], include_in_schema=False)
    async def readyz() -> Response:
        look = await health.look()
        return JSONResponse(look.body(), status_code=200 if look.ready else 503)

    @router.get("/metrics", dependencies=[public("scraped inside the cluster; holds no ids")], include_in_schema=False)
    async def exposition() -> Response:
        return Response(metrics.collectors.text(), media_type=CONTENT_TYPE)

    return router


def _default_lanes(uncounted: Sequence[str]) -> LaneOf:
    none = re.compile("|".join(f"(?:{path})" for path in (*UNCOUNTED, *uncounted)))

    def lane_of(scope: Scope) -> Lane | None:
        path = scope["path"]
        if none.fullmatch(path):
            return None
        return Lane.EMERGENCY if path.startswith(("/emergencies", "/lines")) else Lane.ORDINARY

    return lane_of


def build_app(
    service: Service,
    routers: Sequence[APIRouter],
    *,
    verifier: TokenVerifier,
    metrics: Metrics | None = None,
    health: Health | None = None,
    activity: Activity | None = None,
    capacity: Capacity | None = None,
    lane_of: LaneOf | None = None,
    larger_bodies: Sequence[LargerBody] = (),
    uncounted: Sequence[str] = (),
    pages: PageShell | None = None,
    lifespan: Lifespan | None = None,
    refusals: Refusals | None = None,
    version: str = "0.1.0",
) -> FastAPI:
    """The service's ASGI application.

    ``uncounted``: paths (regular expressions) of event streams, which take no place and hold no clock back; a long poll
    uses ``chassis.requests.waiting``. ``lane_of``: which places a request takes; by default ``/emergencies`` and
    ``/lines`` ride on the reserved ones. ``refusals`` keeps what was refused at the doors it watches. Raises
    ``UnguardedRoute`` when a route lacks ``allow`` or ``public``.
    """
    metrics = metrics or Metrics(service)
    activity = activity or Activity()
    app = FastAPI(
        title=f"12345 hotline: {service}", version=version, openapi_url=None, redirect_slashes=False, lifespan=lifespan
    )
    app.state.service = service
    app.state.verifier = verifier
    app.state.metrics = metrics
    app.state.health = health or Health(service)
    app.state.activity = activity
    app.state.capacity = capacity or Capacity()
    problems.install(app)
    app.include_router(_service_doors(metrics, app.state.health))
    for router in routers:
        app.include_router(router)
    if pages is not None:
        app.state.pages = pages
        app.state.problem_page = pages.problem
        app.state.problem_words = pages.problem_words
        app.include_router(session_router)
        app.mount("/static", StaticFiles(directory=STATIC), name="static")
        open_mount(app, "/static", "style, scripts and their licences")
    # The last added is the outermost.
    app.add_middleware(ReservedCapacity, capacity=app.state.capacity, lane_of=lane_of or _default_lanes(uncounted))
    app.add_middleware(BodyLimit, larger=larger_bodies)
    app.add_middleware(
        Requests,
        service=service,
        metrics=metrics,
        activity=activity,
        templates=Templates(app),
        uncounted=uncounted,
        refusals=refusals,
    )
    assert_every_route_is_guarded(app)
    return app


def capacity_of(request: Request) -> Capacity:
    """The places of the app that serves ``request``, for a door that learns its lane from the body."""
    capacity: Capacity = request.app.state.capacity
    return capacity
