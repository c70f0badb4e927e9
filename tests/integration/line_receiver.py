"""Lines as the platform meets them: some read their own queue, one has an HTTP server of its own, which is here.

The server refuses each delivery a few times, then takes it, and keeps what it saw. It knows nothing of our code: the
signature is computed here from the words of the classifier's README.
"""

import hashlib
import hmac
import json
import threading
from collections import Counter
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from running_platform import Platform

from chassis.testing.rabbitmq_node import RabbitNode
from contracts.words import Service

REFUSALS = 2
"""How often each delivery is refused before it is taken."""


@dataclass(frozen=True, slots=True)
class Push:
    """One request as it came: whether its signature holds, the delivery's id, and how it was answered."""

    signed: bool
    delivery: str
    body: dict[str, Any]
    status: int


class LineReceiver:
    """Listens on a free port from ``start`` to ``stop``."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.pushes: list[Push] = []
        self._refused: Counter[str] = Counter()
        self._turn = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(receiver.take(dict(self.headers.items()), body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """A test's output is no place for every request."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where hand-overs are pushed to."""
        return f"http://127.0.0.1:{self._server.server_port}/hotline"

    def start(self) -> None:
        """Listen."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The status of one push: 401 unsigned, 503 while it is refused, 204 taken."""
        named = {name.lower(): value for name, value in headers.items()}
        delivery = named.get("x-hotline-delivery", "")
        told = f"{named.get('x-hotline-timestamp', '')}.".encode() + body
        wanted = "sha256=" + hmac.new(self.secret.encode(), told, hashlib.sha256).hexdigest()
        signed = hmac.compare_digest(wanted, named.get("x-hotline-signature", ""))
        with self._turn:
            status = 401
            if signed:
                status = 503 if self._refused[delivery] < REFUSALS else 204
                self._refused[delivery] += 1
            self.pushes.append(Push(signed, delivery, json.loads(body), status))
        return status


class LinesPlatform(Platform):
    """Intake and classifier alone: 119, 120 and 122 read their own queues, 110 has a webhook."""

    services = (Service.INTAKE, Service.CLASSIFIER)
    each = 1

    def __init__(self, broker: RabbitNode, folder: Path, receiver: LineReceiver) -> None:
        super().__init__(broker, folder)
        self._receiver = receiver

    def environment(self, service: Service) -> dict[str, str]:
        """Also how each line is reached."""
        hook = {"110": {"url": self._receiver.url, "secret": self._receiver.secret}}
        lines = {"AMQP_LINES": json.dumps(["119", "120", "122"]), "LINE_WEBHOOKS": json.dumps(hook)}
        return {**super().environment(service), **lines}
