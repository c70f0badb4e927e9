"""Processes of one service alone, on a virtual host and databases of their own."""

import itertools
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import pymongo

from benchmarks.exposition import samples, total
from benchmarks.process_table import cpu_seconds
from chassis.testing.ports import free_port
from contracts.words import Service

READY_SECONDS = 120.0


class NotReady(Exception):
    """A replica ended or says that it cannot work; the text is what it says."""


class InTurn(dict[Service, str]):
    """One address for a service, as a load balancer gives it: each replica in its turn."""

    def __init__(self, service: Service, urls: list[str]) -> None:
        super().__init__({service: urls[0]})
        self._turn = itertools.cycle(urls)

    def __getitem__(self, service: Service) -> str:
        return next(self._turn)


class Replicas:
    """``count`` processes of ``service``, started together."""

    def __init__(self, service: Service, count: int, settings: Mapping[str, str], folder: Path) -> None:
        self.service = service
        self.prefix = f"bench_{secrets.token_hex(3)}"
        self.log = folder / "replicas.log"
        self._mongo_url = settings["MONGO_URL"]
        self._running: list[subprocess.Popen[bytes]] = []
        self.urls: list[str] = []
        for _ in range(count):
            port = free_port()
            environment = {
                **os.environ,
                **settings,
                "DATABASE_PREFIX": self.prefix,
                "HTTP_PORT": str(port),
                "LOG_LEVEL": "WARNING",
            }
            command = [sys.executable, "-m", f"{service.replace('-', '_')}.main"]
            with self.log.open("ab") as log:
                self._running.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
            self.urls.append(f"http://127.0.0.1:{port}")

    def wait(self) -> None:
        """Until every replica can do its own next step. Raises ``NotReady``."""
        deadline = time.monotonic() + READY_SECONDS
        for url, process in zip(self.urls, self._running, strict=True):
            while (said := _look(url)) is not None:
                if process.poll() is not None or time.monotonic() > deadline:
                    tail = self.log.read_text(encoding="utf-8", errors="replace")[-1500:]
                    raise NotReady(f"{self.service} is not ready ({said}); its log ends:\n{tail}")
                time.sleep(0.1)

    def handled(self) -> list[float]:
        """Messages that each has handled until now."""
        return [self._total(url, "hotline_handled_total") for url in self.urls]

    def stale(self) -> float:
        """Saves of all that were refused because another replica's or handler's was first."""
        return sum(self._total(url, "hotline_stale_saves_total") for url in self.urls)

    def cpu(self) -> list[float]:
        """Processor seconds that each has used until now."""
        return [cpu_seconds(process.pid) for process in self._running]

    def stop(self) -> None:
        """SIGTERM to all, SIGKILL to who stays longer than 20 s, and away with their database."""
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        with pymongo.MongoClient[dict[str, object]](self._mongo_url) as client:
            client.drop_database(f"{self.prefix}_{self.service.replace('-', '_')}")

    @staticmethod
    def _total(url: str, name: str) -> float:
        return total(samples(httpx.get(f"{url}/metrics", timeout=30).text), name)


def _look(url: str) -> str | None:
    """None when it is ready, else what it says."""
    try:
        answer = httpx.get(f"{url}/readyz", timeout=5)
    except httpx.TransportError as error:
        return type(error).__name__
    return None if answer.is_success else answer.text[:300]
