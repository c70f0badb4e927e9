"""One service process: started, killed, frozen and started again, as an orchestrator or a bad day would."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

import httpx

from chassis.testing.ports import free_port
from contracts.words import Service

READY_SECONDS = 90.0
STOP_SECONDS = 30.0


class DidNotStart(Exception):
    """The process ended or did not become ready; the text ends with the tail of its log."""


class Nursery:
    """Where replicas are born: ``nursery.py`` as a child process."""

    def __init__(self) -> None:
        script = Path(__file__).with_name("nursery.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._turn = threading.Lock()
        self._ready = False

    def start(self, service: Service, environment: Mapping[str, str], log: Path) -> int:
        """The id of a new process of ``service``."""
        asked = {"package": service.replace("-", "_"), "environment": dict(environment), "log": str(log)}
        with self._turn:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            if not self._ready and self._process.stdout.readline() != "ready\n":
                raise DidNotStart("a service cannot be imported")
            self._ready = True
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Replica:
    """One of a service's processes. Its port stays the same over restarts, its log is one file."""

    def __init__(self, service: Service, number: int, nursery: Nursery, environment: Mapping[str, str], folder: Path):
        self.service = service
        self.port = free_port()
        self.log = folder / f"{service}-{number}.log"
        self._nursery = nursery
        self._environment = {**environment, "HTTP_PORT": str(self.port)}
        self._pid: int | None = None
        self._look = "never asked"

    @property
    def url(self) -> str:
        """Where it answers HTTP."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        if self._pid is None:
            return False
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            self._pid = None
        return self._pid is not None

    def start(self) -> None:
        """Start the process; ``wait`` tells when it is ready."""
        self._pid = self._nursery.start(self.service, self._environment, self.log)

    def wait(self) -> None:
        """Until it says that it is ready. Raises ``DidNotStart``."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self.alive:
            if self.ready():
                return
            time.sleep(0.3)
        raise DidNotStart(f"{self.service} is not ready ({self._look}); its log ends:\n{self.tail()}")

    def ready(self) -> bool:
        """Whether it says that it can do its own next step."""
        try:
            look = httpx.get(f"{self.url}/readyz", timeout=5)
        except httpx.HTTPError as error:
            self._look = type(error).__name__
            return False
        self._look = look.text
        return look.status_code == httpx.codes.OK

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
        if self._pid is not None and self.alive:
            os.kill(self._pid, number)

    def _end(self, number: signal.Signals) -> None:
        self._signal(signal.SIGCONT)
        self._signal(number)
        deadline = time.monotonic() + STOP_SECONDS
        while self.alive:
            if time.monotonic() > deadline:
                self._signal(signal.SIGKILL)
            time.sleep(0.02)
