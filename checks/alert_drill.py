"""``python -m checks.alert_drill``: a real Prometheus with our rules watches the platform, and alerts are made to fire.

Six service processes on a private RabbitMQ node with its exporter and a MongoDB-protocol server (``MONGO_URL``, else
the embedded one); Prometheus runs our configuration with the addresses of this machine. Appeals and an emergency come
in, nobody acknowledges, and then the platform is stopped. It ends when everything expected was seen: every target up, a
recorded objective, and the alerts. Needs the program ``prometheus`` (Debian's package of that name); five minutes.
"""

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import yaml
from benchmarks.six_processes import SixProcesses, running

from chassis.embedded_mongo import SecantusServer
from chassis.testing.ports import free_port
from chassis.testing.rabbitmq_node import RabbitNode
from contracts.words import Role, Service

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 300.0
BEFORE = {"EmergencyNotAcknowledged"}
AFTER = {"QueueWithoutConsumer", "TargetDown"}
_serial = itertools.count(1)
SAYINGS = (
    "幸福小区3号楼从昨天早上开始停水,到现在一直没有恢复,请尽快派人处理",
    "我家楼下商铺着火了,浓烟很大,楼上还有人被困,快来救火",
)


class NotSeen(Exception):
    """Something expected did not happen in time; the text says what was seen instead."""


def configuration(targets: dict[str, str]) -> dict[str, Any]:
    """Our prometheus.yml with other addresses and a quicker scrape; what has no address here is left out."""
    ours: dict[str, Any] = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text(encoding="utf-8"))
    jobs = []
    for job in ours["scrape_configs"]:
        known = [targets[name] for group in job["static_configs"] for name in group["targets"] if name in targets]
        if known:
            jobs.append({**job, "static_configs": [{"targets": known}]})
    rules = str(ROOT / "deploy/prometheus/rules/*.yml")
    every = {"scrape_interval": "5s", "evaluation_interval": "5s"}
    return {"global": every, "rule_files": [rules], "scrape_configs": jobs}


class Prometheus:
    """The server in a folder of its own. ``url``: where it answers."""

    def __init__(self, folder: Path, targets: dict[str, str]) -> None:
        self._folder = folder
        (folder / "prometheus.yml").write_text(yaml.safe_dump(configuration(targets)), encoding="utf-8")
        self._port = free_port()

    @contextlib.contextmanager
    def watching(self) -> Iterator["Prometheus"]:
        """While the block runs."""
        command = [
            "prometheus",
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'series'}",
            f"--web.listen-address=127.0.0.1:{self._port}",
        ]
        with (self._folder / "prometheus.log").open("wb") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield self
        finally:
            process.terminate()
            process.wait()

    def up(self) -> dict[str, float]:
        """Whether each target is up, by address and path."""
        return {f"{one['metric']['job']} {one['metric']['instance']}": v for one, v in self._query("up")}

    def value(self, query: str) -> dict[str, float]:
        """The values of a query, by labels as text."""
        return {json.dumps(one["metric"], sort_keys=True): value for one, value in self._query(query)}

    def firing(self) -> set[str]:
        """Names of the alerts that fire."""
        found = self._get("/api/v1/alerts")["alerts"]
        return {alert["labels"]["alertname"] for alert in found if alert["state"] == "firing"}

    def details(self) -> list[str]:
        """Every alert that fires, with what it is about."""
        found = self._get("/api/v1/alerts")["alerts"]
        return sorted(
            f"{a['annotations']['summary']} ({a['labels']['alertname']})" for a in found if a["state"] == "firing"
        )

    def _query(self, query: str) -> list[tuple[Any, float]]:
        found = self._get("/api/v1/query", query=query)["result"]
        return [(one, float(one["value"][1])) for one in found]

    def _get(self, path: str, **query: str) -> Any:
        try:
            answer = httpx.get(f"http://127.0.0.1:{self._port}{path}", params=query, timeout=10)
        except httpx.TransportError:
            return {"result": [], "alerts": []}
        return answer.json()["data"] if answer.is_success else {"result": [], "alerts": []}


def eventually(look: Callable[[], Any], what: str) -> Any:
    """The first true answer. Raises ``NotSeen``."""
    deadline = time.monotonic() + PATIENCE
    while not (seen := look()):
        if time.monotonic() > deadline:
            raise NotSeen(f"not within {PATIENCE:.0f} s: {what}")
        time.sleep(1)
    return seen


def register(platform: SixProcesses, texts: Sequence[str]) -> None:
    """One appeal for each text."""
    for text in texts:
        key = f"drill-{next(_serial)}"
        body = {"channel": "phone", "message_id": key, "text": text, "caller": {"phone": "0375-2999999"}}
        headers = {"Authorization": f"Bearer {platform.issuer.issue(Role.AGENT)}", "Idempotency-Key": key}
        url = f"{platform.urls[Service.INTAKE]}/appeals"
        httpx.post(url, json=body, headers=headers, timeout=30).raise_for_status()


def drill(platform: SixProcesses, broker: RabbitNode, folder: Path) -> None:
    """Watch, and see what must be seen. Raises ``NotSeen``."""
    targets = {f"{service}:8080": urlsplit(url).netloc for service, url in platform.urls.items()}
    targets["rabbitmq:15692"] = urlsplit(broker.metrics_url).netloc
    with Prometheus(folder, targets).watching() as prometheus:
        eventually(lambda: len(up := prometheus.up()) == 8 and all(up.values()), "eight targets, all up")
        say(f"targets up: {', '.join(sorted(prometheus.up()))}")
        register(platform, SAYINGS)

        def kept() -> bool:
            # A rate needs a change between two scrapes, and the first request made the series.
            register(platform, SAYINGS[:1])
            return 0.0 in prometheus.value('hotline:slo_errors:ratio_rate5m{slo="acceptance"}').values()

        eventually(kept, "the objective `acceptance`, recorded and kept")
        for labels, value in sorted(prometheus.value("hotline:slo_errors:ratio_rate5m").items()):
            say(f"recorded: {value} {labels}")
        eventually(lambda: prometheus.firing() >= BEFORE, f"{BEFORE}")
        for line in prometheus.details():
            say(f"fires: {line}")
        # `hotline up` ends all when one ends, as its own supervisor would want it.
        os.kill(platform.pids[Service.CLASSIFIER], signal.SIGTERM)
        say("the platform is stopped")
        try:
            eventually(lambda: prometheus.firing() >= AFTER, f"{AFTER}")
        finally:
            for line in prometheus.details():
                say(f"fires: {line}")


def say(text: str) -> None:
    """Progress."""
    print(text, flush=True)


def main() -> int:
    """Exit status."""
    if shutil.which("prometheus") is None:
        print("the program prometheus is missing: install Debian's package of that name", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="hotline-drill-") as name:
        folder = Path(name)
        broker = RabbitNode(folder / "broker")
        store = None if os.environ.get("MONGO_URL") else SecantusServer(folder / "store")
        try:
            broker.start()
            if store is not None:
                store.start()
            with running(broker.url(), store.url if store is not None else os.environ["MONGO_URL"]) as platform:
                drill(platform, broker, folder)
        finally:
            if store is not None:
                store.stop()
            broker.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
