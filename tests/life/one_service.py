"""One service as a process of its own, started in whatever world a test has made."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from chassis.testing.ports import free_port
from contracts.words import Service

PATIENCE = 60.0


class OneService:
    """A running process. ``lines`` is what it has written."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, port: int) -> None:
        self._process = process
        self._log = log
        self._port = port

    @property
    def lines(self) -> list[str]:
        """Everything written until now."""
        return self._log.read_text(encoding="utf-8", errors="replace").splitlines()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def ended(self) -> int:
        """Its status, once it has ended by itself."""
        return self._process.wait(PATIENCE)

    def says(self, words: str) -> str:
        """The line with these words, once it is there."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for line in self.lines:
                if words in line:
                    return line
            time.sleep(0.1)
        raise AssertionError(f"nothing said {words!r}: {self.lines[-5:]}")

    def ready(self) -> bool:
        """Whether it says that it can do its own next step."""
        try:
            return httpx.get(f"http://127.0.0.1:{self._port}/readyz", timeout=5).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def wait_ready(self) -> None:
        """Until it is ready."""
        deadline = time.monotonic() + PATIENCE
        while not self.ready():
            if not self.alive or time.monotonic() > deadline:
                raise AssertionError(f"it does not become ready: {self.lines[-5:]}")
            time.sleep(0.2)

    def stop(self) -> None:
        """SIGTERM, and SIGKILL where that takes too long."""
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


@contextmanager
def started(
    folder: Path, environment: Mapping[str, str], service: Service = Service.REVISIT, *, largest_file: int | None = None
) -> Iterator[OneService]:
    """``service`` in ``environment`` alone. ``largest_file``: bytes it may write to one file, as on a full disk."""
    port = free_port()
    log = folder / f"{service}-{port}.log"
    shared = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder / "data"), "HTTP_PORT": str(port)}

    def limit() -> None:
        if largest_file is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    command = [sys.executable, "-m", f"{service.replace('-', '_')}.main"]
    with log.open("wb") as file, subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=file) as writer:
        # Through a pipe: the limit on files is not to touch the log.
        process = subprocess.Popen(
            command, env={**shared, **environment}, stdout=writer.stdin, stderr=writer.stdin, preexec_fn=limit
        )
        one = OneService(process, log, port)
        try:
            yield one
        finally:
            one.stop()
            assert writer.stdin is not None
            writer.stdin.close()
