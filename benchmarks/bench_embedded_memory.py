"""What the embedded platform costs at rest and under appeals: seconds until ready, resident memory.

Run ``python -m benchmarks.bench_embedded_memory [--appeals 100] [--json]``.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.matters import matter
from benchmarks.process_table import children, resident_megabytes
from chassis.issuer import DevelopmentIssuer
from chassis.testing.ports import free_port
from contracts.words import Role

PATIENCE = 120.0
"""Seconds until a start is given up."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--appeals", type=int, default=100, help="how many are sent before the second look")
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        found = measure(Path(folder), asked.appeals)
    if asked.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        print(f"{name:28}{value:10.1f}")


def measure(folder: Path, appeals: int) -> dict[str, float]:
    """Megabytes (10^6 bytes) of the platform and of its database, and the seconds of its start."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "hotline.main", "up", "--embedded", "--data-dir", str(folder)]
    began = time.monotonic()
    with (folder / "platform.log").open("w") as log:
        process = subprocess.Popen([*command, "--port", url.rsplit(":", 1)[1]], stdout=log, stderr=log)
    try:
        _wait_ready(url, process)
        found = {"ready_seconds": time.monotonic() - began, **_memory(process.pid, "at_rest")}
        _send(url, folder, appeals)
        return {**found, **_memory(process.pid, f"after_{appeals}_appeals")}
    finally:
        process.terminate()
        process.wait()


def _wait_ready(url: str, process: subprocess.Popen[Any]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise SystemExit("the embedded platform did not become ready")


def _send(url: str, folder: Path, appeals: int) -> None:
    token = DevelopmentIssuer(folder).issue(Role.AGENT)
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as agent:
        for index in range(appeals):
            key = f"m-{index}"
            body = {"channel": "phone", "message_id": key, "text": matter(index)}
            agent.post("/appeals", json=body, headers={"Idempotency-Key": key}).raise_for_status()


def _memory(pid: int, moment: str) -> dict[str, float]:
    platform, database = resident_megabytes(pid), sum(map(resident_megabytes, children(pid)))
    return {f"platform_mb_{moment}": platform, f"database_mb_{moment}": database}


if __name__ == "__main__":
    main()
