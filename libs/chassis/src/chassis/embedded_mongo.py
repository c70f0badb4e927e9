"""A MongoDB-protocol server as a child process: SecantusDB on a folder, for the embedded platform and for tests.

The distribution ``secantusdb`` comes with the CLI's extra ``embedded``; services that reach MongoDB by ``MONGO_URL`` do
not need it.
"""

import importlib.util
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

from pymongo import MongoClient
from pymongo.errors import PyMongoError

STOP_SECONDS = 20.0
"""How long ``stop`` waits for an orderly end before it kills."""


NOT_INSTALLED = (
    "the embedded database is not installed; install hotline12345-cli[embedded] (it brings SecantusDB, GPL-2.0, which "
    "runs as a separate process), or set AMQP_URL and MONGO_URL"
)


class EmbeddedMongoFailed(Exception):
    """The server did not answer; the text names its log file."""


class SecantusServer:
    """One server on one folder. ``start`` after ``stop`` or ``kill`` serves the same data at the same ``url``.

    Every commit is synced to disk: without that, SIGKILL loses acknowledged writes. ``cache`` is WiredTiger's, as
    ``256M``; ``patience`` is how many seconds ``start`` waits for an answer. The methods block for seconds; where a
    loop runs, call them through ``asyncio.to_thread``.
    """

    def __init__(self, folder: Path, *, port: int | None = None, cache: str = "256M", patience: float = 60.0) -> None:
        self._folder = folder.absolute()
        self._port = port
        self._cache = cache
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers; its port is chosen at the first start and kept."""
        if self._port is None:
            raise EmbeddedMongoFailed("the database was not started yet")
        return f"mongodb://127.0.0.1:{self._port}/?directConnection=true"

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process is not None and self.alive() else None

    def alive(self) -> bool:
        """Whether the child process runs."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> str:
        """Start, wait until it answers, and return ``url``. Raises ``EmbeddedMongoFailed``."""
        if importlib.util.find_spec("secantus") is None:
            raise EmbeddedMongoFailed(NOT_INSTALLED)
        self._folder.mkdir(parents=True, exist_ok=True)
        deadline = time.monotonic() + self._patience
        while time.monotonic() < deadline:
            self._port = self._port or _free_port()
            self._process = self._spawn()
            if self._answers(deadline):
                return self.url
            # It ended by itself: its predecessor still lets go of the folder, or another took the port.
            self.kill()
            time.sleep(0.2)
        raise EmbeddedMongoFailed(f"the embedded database does not answer; see {self._log}")

    def stop(self) -> None:
        """End in an orderly way; kill when that takes too long."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._reap()

    def kill(self) -> None:
        """End at once, as a crash would."""
        if self._process is None:
            return
        self._process.kill()
        self._reap()

    def __enter__(self) -> "SecantusServer":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def _log(self) -> Path:
        return self._folder / "server.log"

    def _spawn(self) -> subprocess.Popen[bytes]:
        # A configuration file of our own keeps it from picking up one that lies about on the machine.
        settings = self._folder / "server.toml"
        settings.touch()
        command = [sys.executable, "-m", "chassis.secantus_child", "--config", str(settings), "--host", "127.0.0.1"]
        command += ["--port", str(self._port), "--storage-path", str(self._folder / "data")]
        command += ["--cache-size", self._cache, "--log-level", "ERROR", "--sync-on-commit"]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=self._folder, start_new_session=True
            )

    def _answers(self, deadline: float) -> bool:
        """Whether it answered before ``deadline`` and before ending."""
        with MongoClient[dict[str, object]](self.url, serverSelectionTimeoutMS=250) as client:
            while self.alive() and time.monotonic() < deadline:
                try:
                    client.admin.command("ping")
                    # Somebody else's server on our port would answer too.
                    return self.alive()
                except PyMongoError:
                    time.sleep(0.05)
        return False

    def _reap(self) -> None:
        if self._process is not None:
            self._process.wait()
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
