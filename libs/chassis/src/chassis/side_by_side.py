"""All services behind one port: the embedded platform's door, which hands each request to the service that has it."""

import re
from collections.abc import Sequence
from contextlib import AsyncExitStack

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis import health


class SideBySide:
    """ASGI application over several ``build_app`` results.

    ``/readyz`` is that of all together; ``/livez``, ``/metrics``, ``/login`` and ``/static`` are the first one's,
    so give all of them one ``Collectors``. A path that nobody has is refused by the first.
    """

    def __init__(self, apps: Sequence[FastAPI]) -> None:
        if not apps:
            raise ValueError("at least one application")
        self._apps = tuple(apps)
        self._routes: list[tuple[re.Pattern[str], frozenset[str], FastAPI]] = []
        for app in apps:
            for route in iter_route_contexts(app.routes):
                pattern = getattr(route, "path_regex", None)
                if pattern is not None:
                    self._routes.append((pattern, frozenset(getattr(route, "methods", None) or ()), app))

    def _app_for(self, scope: Scope) -> ASGIApp:
        path, partial = scope["path"], None
        for pattern, methods, app in self._routes:
            if pattern.match(path):
                if not methods or scope["method"] in methods:
                    return app
                partial = partial or app
        return partial or self._apps[0]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the life of the process."""
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
        elif scope["type"] == "http" and scope["path"] == "/readyz" and scope["method"] in ("GET", "HEAD"):
            looks = [await app.state.health.look() for app in self._apps]
            ready, body = health.together(looks)
            await JSONResponse(body, status_code=200 if ready else 503)(scope, receive, send)
        elif scope["type"] == "http":
            await self._app_for(scope)(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            await receive()
            try:
                for app in self._apps:
                    await stack.enter_async_context(app.router.lifespan_context(app))
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": type(error).__name__})
                raise
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})
