"""One service process: started, killed, frozen and started again, as an orchestrator or a bad day would."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from chassis.testing.ports import free_port
from contracts.words import Service

READY_SECONDS = 90.0


class DidNotStart(Exception):
    """The process ended or did not become ready; the text ends with the tail of its log."""


class Replica:
    """One of a service's processes. Its port stays the same over restarts, its log is one file."""

    def __init__(self, service: Service, name: str, environment: Mapping[str, str], folder: Path) -> None:
        self.service = service
        self.port = free_port()
        self.log = folder / f"{name}.log"
        self._environment = {**environment, "HTTP_PORT": str(self.port)}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers HTTP."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the process; ``wait`` tells when it is ready."""
        package = self.service.replace("-", "_")
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", f"from {package}.main import main; main()"],
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        """Until it says that it is ready. Raises ``DidNotStart``."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.alive:
            if self.ready():
                return
            time.sleep(0.1)
        raise DidNotStart(f"{self.service} is not ready; its log ends:\n{self.tail()}")

    def ready(self) -> bool:
        """Whether it says that it can do its own next step."""
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """End at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End in an orderly way; kill after 30 s."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """Stop it from running, its sockets staying open."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def tail(self, characters: int = 4_000) -> str:
        """The end of its log."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-characters:] if self.log.exists() else ""

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self.alive:
            self._process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._signal(signal.SIGCONT)
        self._signal(number)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
