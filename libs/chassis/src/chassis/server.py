"""The HTTP server of a process, set so that it writes nothing of a request anywhere."""

import uvicorn
from starlette.types import ASGIApp

GRACE_S = 10
"""Seconds that open requests get to end when the process is told to stop."""
KEEP_ALIVE_S = 75
"""Longer than clients and proxies keep an idle connection (httpx 5 s, nginx 60 s): they hang up first,
and no request is sent into a connection that we are just closing."""


def server(app: ASGIApp, host: str, port: int) -> uvicorn.Server:
    """A server to ``await server.serve()``. Its access log is off: addresses hold query strings (we log templates)."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        backlog=2_048,
    )
    return uvicorn.Server(config)
