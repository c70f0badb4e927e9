"""The outermost layer around every request: trace, activity, metrics, log, and the answer when our own code fails."""

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext

from fastapi import FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import spans, tracing
from chassis.activity import Activity
from chassis.logging import logger
from chassis.metrics import Metrics
from chassis.problems import Problem, told
from chassis.refusals import Refusals
from contracts.words import Service

UNCOUNTED = (r"/livez", r"/readyz", r"/metrics", r"/static/.*")
"""Paths that keep no virtual clock waiting and take no place among the concurrent requests."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}


class Templates:
    """Route templates (``/appeals/{number}``) by endpoint: the only form of a path that metrics and logs may show."""

    def __init__(self, app: FastAPI) -> None:
        self._by_endpoint: dict[object, list[tuple[re.Pattern[str], str]]] = {}
        for route in iter_route_contexts(app.routes):
            pattern, path = getattr(route, "path_regex", None), getattr(route, "path", None)
            if pattern is not None and path is not None:
                self._by_endpoint.setdefault(getattr(route, "endpoint", None), []).append((pattern, path))

    def of(self, scope: Scope) -> str:
        """The template that served ``scope``, or ``unmatched``."""
        path = scope["path"]
        endpoint = scope.get("endpoint")
        candidates = self._by_endpoint.get(endpoint, [])
        if endpoint is None:
            # Refused before a route was chosen (no place free): it still counts against the door it was meant for.
            candidates = [known for routes in self._by_endpoint.values() for known in routes]
        found = next((template for pattern, template in candidates if pattern.match(path)), None)
        return found or ("/static" if path.startswith("/static/") else "unmatched")


class Requests:
    """ASGI middleware; see the module. ``uncounted``: regular expressions over whole paths, such as event streams."""

    def __init__(
        self,
        app: ASGIApp,
        service: Service,
        metrics: Metrics,
        activity: Activity,
        templates: Templates,
        uncounted: Sequence[str] = (),
        refusals: Refusals | None = None,
    ) -> None:
        self._app = app
        self._refusals = refusals
        self._service = service
        self._metrics = metrics
        self._activity = activity
        self._templates = templates
        self._uncounted = re.compile("|".join(f"(?:{path})" for path in (*UNCOUNTED, *uncounted)))
        self._log = logger(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        correlation, parent = tracing.parse_correlation_id(headers.get("x-correlation-id")), headers.get("traceparent")
        counted = self._uncounted.fullmatch(scope["path"]) is None
        if spans.on() and counted:
            method = _method(scope)
            attributes = {"http.request.method": method}
            with spans.span(self._service, method, "server", parent, attributes, correlation) as opened:
                with self._activity.busy():
                    status = await self._serve(scope, receive, send, opened.trace)
                route = self._templates.of(scope)
                failed = str(status) if status >= 500 else None
                opened.say(f"{method} {route}", failed, http__route=route, http__response__status_code=status)
            return
        trace = tracing.start(correlation, parent)
        with tracing.within(trace), self._activity.busy() if counted else nullcontext():
            await self._serve(scope, receive, send, trace)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, trace: tracing.Trace) -> int:
        """The status that was answered."""
        status = 0
        began = time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Correlation-ID"] = trace.correlation_id
                for name, value in _SECURITY.items():
                    headers.setdefault(name, value)
                static = scope["path"].startswith("/static/") and status == 200
                headers.setdefault("Cache-Control", "public, max-age=86400" if static else "no-store")
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Problem as problem:
            if status == 0:
                refusal = told(
                    Request(scope),
                    problem.status_code,
                    problem.title,
                    problem.detail,
                    problem.slug,
                    problem.field,
                    headers=problem.headers,
                )
                await refusal(scope, receive, noted)
        except Exception as error:
            self._log.error("request failed", route=self._templates.of(scope), exc_info=error)
            if status == 0:
                detail = "Our own code failed; it has been recorded."
                failed = told(Request(scope), 500, "Internal error", detail, "internal")
                await failed(scope, receive, noted)
        finally:
            self._record(scope, status or 499, time.perf_counter() - began)
        if status >= 400 and self._refusals is not None:
            await self._refusals.note(scope["app"], scope, self._templates.of(scope), status)
        return status or 499

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = self._templates.of(scope)
        method = _method(scope)
        self._metrics.count("hotline_http_requests_total", route=route, method=method, status=str(status))
        self._metrics.observe("hotline_http_seconds", seconds, route=route, method=method)
        if status >= 400:
            self._log.info("request refused", route=route, method=method, status=status)
        else:
            self._log.debug("request served", route=route, method=method, status=status)


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "OTHER"


@contextmanager
def waiting(request: Request) -> Iterator[None]:
    """For long polls: while the block waits, the request does not hold a virtual clock back (rule 7)."""
    activity: Activity = request.app.state.activity
    activity.end()
    try:
        yield
    finally:
        activity.begin()
