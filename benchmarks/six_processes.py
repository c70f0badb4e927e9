"""The platform as six processes on a real broker and store, for one measurement."""

import contextlib
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pymongo

from benchmarks.exposition import Samples, samples
from benchmarks.process_table import cpu_seconds, listener, resident_megabytes
from chassis.issuer import DevelopmentIssuer
from chassis.testing.ports import free_port
from contracts.words import Service

READY_SECONDS = 120.0
_STARTED = re.compile(r"(?P<service>\S+) at (?P<url>\S+) \(process (?P<pid>\d+)\)")


class DidNotStart(Exception):
    """A process ended or did not become ready; the text is the end of the log."""


class SixProcesses:
    """Started by ``hotline up`` in a folder, a virtual host and databases of their own."""

    def __init__(self, amqp_url: str, mongo_url: str, folder: Path, more: Mapping[str, str] | None = None) -> None:
        self._more = dict(more or {})
        self.amqp_url = amqp_url
        self.mongo_url = mongo_url
        self.prefix = f"bench_{secrets.token_hex(3)}"
        self.data = folder / "data"
        self.issuer = DevelopmentIssuer(self.data)
        self.urls: dict[Service, str] = {}
        self.pids: dict[str, int] = {}
        self._log = folder / "platform.log"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start and wait until every service is ready. Raises ``DidNotStart``."""
        environment = {
            **os.environ,
            "AMQP_URL": self.amqp_url,
            "MONGO_URL": self.mongo_url,
            "DATABASE_PREFIX": self.prefix,
            "LOG_LEVEL": "WARNING",
            **self._more,
        }
        command = [
            sys.executable,
            "-m",
            "hotline.main",
            "up",
            "--data-dir",
            str(self.data),
            "--port",
            str(_six_ports()),
        ]
        self._process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        deadline = time.monotonic() + READY_SECONDS
        while len(self.urls) < len(Service) or not all(map(_ready, self.urls.values())):
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise DidNotStart(self.log())
            time.sleep(0.3)
        for name, url in (("broker", self.amqp_url), ("database", self.mongo_url)):
            parts = urlsplit(url)
            pid = listener(parts.port or 0) if parts.hostname in ("127.0.0.1", "localhost") else None
            if pid is not None:
                self.pids[name] = pid

    def stop(self) -> None:
        """Stop all and drop the databases."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        with pymongo.MongoClient[dict[str, object]](self.mongo_url) as client:
            for service in Service:
                client.drop_database(f"{self.prefix}_{service.replace('-', '_')}")

    def counted(self) -> dict[Service, Samples]:
        """Every service's counters now."""
        return {service: samples(httpx.get(f"{url}/metrics", timeout=30).text) for service, url in self.urls.items()}

    def cpu(self) -> dict[str, float]:
        """Processor seconds used until now, by service, broker and database; those elsewhere are left out."""
        return {name: cpu_seconds(pid) for name, pid in self.pids.items()}

    def memory(self) -> dict[str, float]:
        """Resident MB now."""
        return {name: resident_megabytes(pid) for name, pid in self.pids.items()}

    def log(self) -> str:
        """The end of what the processes wrote."""
        return self._log.read_text(encoding="utf-8")[-3000:] if self._log.exists() else ""

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with self._log.open("w", encoding="utf-8") as log:
            for line in process.stderr:
                log.write(line)
                log.flush()
                if said := _STARTED.search(line):
                    self.pids[said["service"]] = int(said["pid"])
                    self.urls[Service(said["service"])] = said["url"]


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz", timeout=5).is_success
    except httpx.TransportError:
        return False


def _six_ports() -> int:
    """The first of six neighbouring ports that nobody uses right now."""
    for first in range(free_port() % 20_000 + 20_000, 65_000, len(Service)):
        with contextlib.ExitStack() as probes:
            try:
                for port in range(first, first + len(Service)):
                    probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            except OSError:
                continue
        return first
    raise DidNotStart("no six neighbouring ports are free")


@contextlib.contextmanager
def virtual_host(amqp_url: str) -> Iterator[str]:
    """The url with a virtual host of its own where ``rabbitmqctl`` lets us make one, else as it is."""
    parts = urlsplit(amqp_url)
    name = f"bench-{secrets.token_hex(4)}"
    if os.geteuid() != 0 or parts.path not in ("", "/") or not _rabbitmqctl("add_vhost", name):
        print("the broker's given virtual host is used; queues stay there", file=sys.stderr)
        yield amqp_url
        return
    _rabbitmqctl("set_permissions", "-p", name, parts.username or "guest", ".*", ".*", ".*")
    try:
        yield parts._replace(path=f"/{name}").geturl()
    finally:
        _rabbitmqctl("delete_vhost", name)


def _rabbitmqctl(*arguments: str) -> bool:
    """Whether it did. Raises ``TimeoutExpired``: a broker too slow to make a host must not be measured on another's."""
    try:
        return subprocess.run(["rabbitmqctl", "-q", *arguments], capture_output=True, timeout=180).returncode == 0
    except OSError:
        return False


@contextlib.contextmanager
def running(amqp_url: str, mongo_url: str, more: Mapping[str, str] | None = None) -> Iterator[SixProcesses]:
    """The platform, for the block. ``more``: further settings."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        platform = SixProcesses(amqp_url, mongo_url, Path(folder), more)
        try:
            platform.start()
            yield platform
        except BaseException:
            print(platform.log(), file=sys.stderr)
            raise
        finally:
            platform.stop()
