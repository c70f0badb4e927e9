"""Containers for tests, where a Docker engine answers."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager


def engine_answers() -> bool:
    """Whether a Docker engine can be used from here."""
    if shutil.which("docker") is None:
        return False
    try:
        return subprocess.run(["docker", "info"], capture_output=True, timeout=10, check=False).returncode == 0
    except (subprocess.TimeoutExpired, OSError):
        return False


@contextmanager
def container(image: str, port: int, ready: str) -> Iterator[tuple[str, int]]:
    """Host and port of a fresh container, once its log says ``ready``."""
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.wait_strategies import LogMessageWaitStrategy

    made = DockerContainer(image).with_exposed_ports(port).waiting_for(LogMessageWaitStrategy(ready))
    with made as running:
        yield running.get_container_host_ip(), int(running.get_exposed_port(port))
