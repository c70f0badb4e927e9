"""A RabbitMQ node of our own: own name, ports, data and cookie, so that tests may restart, freeze and grant."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import httpx

from chassis.testing.ports import free_port

START_SECONDS = 90.0
INSTALL = "install rabbitmq-server (Debian: apt-get install rabbitmq-server), or set AMQP_URL where that is enough"


class NoRabbitmq(Exception):
    """There is no RabbitMQ on this machine and we may not install it; the text says what to do."""


def sbin() -> Path:
    """The folder of ``rabbitmq-server`` and ``rabbitmqctl`` without Debian's wrappers, which would change the user.

    As root on Debian the package is installed when it is missing. Raises ``NoRabbitmq``.
    """
    for attempt in range(2):
        for folder in (Path("/usr/lib/rabbitmq/bin"), Path("/opt/homebrew/sbin"), Path("/usr/local/sbin")):
            if (folder / "rabbitmq-server").exists():
                return folder
        if attempt == 0 and os.geteuid() == 0 and shutil.which("apt-get"):
            print("installing rabbitmq-server for the tests")
            subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "rabbitmq-server"], check=False)
    raise NoRabbitmq(INSTALL)


class RabbitNode:
    """One node in ``folder``. ``start`` after ``stop`` or ``kill`` finds the same data at the same ports.

    ``statistics_ms``: how often the node counts for its management API; RabbitMQ's own default is 5000.
    """

    def __init__(self, folder: Path, statistics_ms: int = 1000) -> None:
        self._folder = folder
        self._statistics_ms = statistics_ms
        self._sbin = sbin()
        self.port = free_port()
        self._management = free_port()
        self._distribution = free_port()
        self._metrics = free_port()
        self._name = f"hotline-{secrets.token_hex(4)}@localhost"
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, user: str = "guest", password: str = "guest", vhost: str = "/") -> str:
        """The AMQP url of a user and virtual host."""
        return f"amqp://{quote(user)}:{quote(password)}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    @property
    def management_url(self) -> str:
        """The management API's root, for user guest."""
        return f"http://guest:guest@127.0.0.1:{self._management}/api"

    @property
    def metrics_url(self) -> str:
        """Where plugin ``rabbitmq_prometheus`` answers."""
        return f"http://127.0.0.1:{self._metrics}/metrics"

    def start(self) -> None:
        """Start and wait until AMQP and management answer."""
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / "plugins").write_text("[rabbitmq_management,rabbitmq_prometheus].\n")
        (self._folder / "node.conf").write_text(
            f"listeners.tcp.local = 127.0.0.1:{self.port}\n"
            f"management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = {self._management}\n"
            f"prometheus.tcp.ip = 127.0.0.1\nprometheus.tcp.port = {self._metrics}\n"
            f"collect_statistics_interval = {self._statistics_ms}\n"
            "disk_free_limit.absolute = 50MB\nloopback_users.guest = false\n"
        )
        with (self._folder / "node.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._sbin / "rabbitmq-server"],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def stop(self) -> None:
        """Shut down in an orderly way; kill after 30 s."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End at once, as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop, then start on the same data."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Stop the whole node from running, its sockets staying open: the worst kind of outage.

        Returns when nothing of it runs any more: the signal reaches a busy thread later than its sender goes on.
        """
        self._signal(signal.SIGSTOP)
        while self._process is not None and _running(self._process.pid):
            time.sleep(0.01)

    def thaw(self) -> None:
        """Let a frozen node go on."""
        self._signal(signal.SIGCONT)

    def rabbitmqctl(self, *arguments: str, typed: str | None = None) -> str:
        """What ``rabbitmqctl`` prints; ``typed`` is its standard input. Raises ``CalledProcessError``.

        Takes seconds; ``api`` is quicker.
        """
        command = [str(self._sbin / "rabbitmqctl"), "-q", "-n", self._name, *arguments]
        done = subprocess.run(
            command, env=self._environment(), check=True, capture_output=True, text=True, input=typed or ""
        )
        return done.stdout

    def api(self, method: str, path: str, json: object = None) -> httpx.Response:
        """One call of the management API as guest, for example ``api("PUT", "/vhosts/one")``. Raises on an error."""
        return httpx.request(method, f"{self.management_url}{path}", json=json, timeout=30).raise_for_status()

    def add_vhost(self) -> str:
        """A new, empty virtual host for one test; its name."""
        name = f"test-{secrets.token_hex(4)}"
        self.api("PUT", f"/vhosts/{name}")
        self.api("PUT", f"/permissions/{name}/guest", {"configure": ".*", "write": ".*", "read": ".*"})
        return name

    def add_user(self, user: str, password: str, vhost: str, *, configure: str, write: str, read: str) -> None:
        """A user with these permission patterns on one virtual host."""
        self.api("PUT", f"/users/{user}", {"password": password, "tags": ""})
        self.api("PUT", f"/permissions/{vhost}/{user}", {"configure": configure, "write": write, "read": read})

    def delete_vhost(self, name: str) -> None:
        """Delete a virtual host with everything in it."""
        self.api("DELETE", f"/vhosts/{name}")

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),  # where Erlang keeps the cookie
            "LANG": "C.UTF-8",
            "RABBITMQ_NODENAME": self._name,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self._distribution),
            "RABBITMQ_MNESIA_BASE": str(self._folder / "data"),
            "RABBITMQ_LOG_BASE": str(self._folder / "log"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self._folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(self._folder / "node.conf"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            # Two schedulers that do not spin: a test node shares its machine.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
        }

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.management_url}/overview", timeout=5).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        self.kill()
        raise NoRabbitmq(f"RabbitMQ did not start; see {self._folder / 'node.log'}")

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, number)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._signal(signal.SIGCONT)
        self._signal(number)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self._process.wait()
        self._process = None


def _running(group: int) -> list[str]:
    """Threads of a process group that still run. Where there is no ``/proc``, none are known."""
    running: list[str] = []
    for stat in Path("/proc").glob("[0-9]*/task/[0-9]*/stat"):
        try:
            # After the name in brackets: state, parent, process group.
            state, _, its_group, *_ = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(its_group) == group and state not in "TZX":
            running.append(str(stat))
    return running
